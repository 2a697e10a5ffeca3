"""The terminal program: one app, its home screen, and the way from step to step."""

import gc
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, Literal

from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.screen import Screen

from tutor.errors import TutorError, UsageError
from tutor.tui.background import Background
from tutor.tui.hangup import Hangup
from tutor.tui.screens.home import HomeScreen
from tutor.tui.screens.page import Page, Sheets

if TYPE_CHECKING:
    from tutor.study.course import CourseMap
    from tutor.study.progress import NextStep
    from tutor.study.sitting import SittingMode
    from tutor.tui.parts import Parts

LEAST_WIDTH = 60
LEAST_HEIGHT = 20
THEME = "tokyo-night"
Opening = Literal["home", "exam"]
"""Which screen is the first to be worked in."""


def run_app(parts: "Parts", opening: Opening = "home", paper: str = "", mode: "SittingMode | None" = None) -> int:
    """Open the terminal program, at home or in the exam room (at ``paper``), and return its exit code.

    Raises ``UsageError`` where there is no terminal, what reading the course map raises, and, once the terminal is
    given back, what made the app leave: a database that cannot be used, or a fault of its own.
    """
    if not (_terminal(sys.__stdin__) and _terminal(sys.__stderr__)):
        raise UsageError("The tutor needs a terminal to draw on; `tutor --help` lists the commands that do without.")
    gc.disable()  # start-up makes many objects and drops few; ``started`` turns it on again
    app = TutorApp(parts, opening, paper, mode)
    Hangup(app.exit).start()
    try:
        app.run()
        app.background.settle(1.0)
    finally:
        app.close_down()
    if app.ended_by is not None:
        raise app.ended_by
    return app.return_code or 0


def _terminal(stream: object) -> bool:
    isatty = getattr(stream, "isatty", None)
    return bool(isatty is not None and isatty())


class TutorApp(App[None]):
    """Holds the parts and the stack of pages: home below, at most one step above it, dialogs on top."""

    CSS_PATH: ClassVar[Sheets] = ["app.tcss", "screens/home.tcss"]
    TITLE = "tutor"
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "leave", show=False, priority=True, id="quit"),
    ]

    def __init__(
        self, parts: "Parts", opening: Opening = "home", paper: str = "", mode: "SittingMode | None" = None
    ) -> None:
        super().__init__()
        self.parts = parts
        self.opening = opening
        self.paper, self.mode = paper, mode
        self.course: CourseMap = parts.library.course_map()
        self.background = Background()
        self.ended_by: Exception | None = None
        self._at_end: list[Callable[[], None]] = []
        self.theme = THEME

    def get_default_screen(self) -> Screen[None]:
        """Home is the lowest screen of the stack."""
        return HomeScreen(self.course)

    def on_mount(self) -> None:
        """Where it opens in the exam room, that is the first thing to be painted; home waits below."""
        if self.opening == "exam":
            from tutor.tui.screens.exam_room import ExamRoomScreen

            self.push_screen(ExamRoomScreen(self.paper, self.mode))

    def started(self) -> None:
        """The first screen has been painted: start-up is over."""
        gc.enable()
        if self.opening == "exam":
            self.opening = "home"
            if isinstance(self.screen, HomeScreen):
                self.screen.read_marks()

    def at_end(self, close: Callable[[], None]) -> None:
        """From any thread: have ``close`` called, once, when the app has ended."""
        if close not in self._at_end:
            self._at_end.append(close)

    def close_down(self) -> None:
        """Close what was opened meanwhile. The terminal is given back already."""
        while self._at_end:
            self._at_end.pop()()

    def refuse(self, error: TutorError) -> None:
        """Leave, because the tutor cannot be used as things are; ``run_app`` raises why."""
        self.ended_by = error
        self.exit(return_code=error.exit_code)

    def _handle_exception(self, error: Exception) -> None:
        self.ended_by = self.ended_by or error
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """Give the terminal back without a traceback: the command line's boundary logs it and says a sentence."""
        self._close_messages_no_wait()

    def open_step(self, step: "NextStep") -> None:
        """Open what a next step names, in place of the page that is open now; home is never replaced."""
        from tutor.tui.steps import page_for

        page = page_for(step, self.course)
        if page is None:
            self.back()
        elif isinstance(self.screen, HomeScreen):
            self.push_screen(page)
        else:
            self.switch_screen(page)

    def open_claims(self, claims: Sequence[str], says: Mapping[str, str] | None = None) -> None:
        """Open the only claim, or ask which one; ``says`` are their sentences, where they are known."""
        from tutor.tui.dialogs.choose_claim import ChooseClaimDialog

        if len(claims) == 1:
            self._open_claim(claims[0])
        elif claims:
            self.push_screen(ChooseClaimDialog(claims, says or {}), self._open_claim)

    def _open_claim(self, claim_id: str | None) -> None:
        from tutor.tui.screens.claim import ClaimScreen

        if claim_id is not None:
            self.push_screen(ClaimScreen(claim_id))

    def back(self) -> None:
        """One page down; home stays."""
        if len(self.screen_stack) > 1:
            self.pop_screen()

    def on_resize(self, event: Resize) -> None:
        """Ask for more room where there is too little, and go on when there is enough."""
        from tutor.tui.dialogs.room import RoomDialog

        small = event.size.width < LEAST_WIDTH or event.size.height < LEAST_HEIGHT
        asked = isinstance(self.screen, RoomDialog)
        if small and not asked:
            self.push_screen(RoomDialog(LEAST_WIDTH, LEAST_HEIGHT))
        elif asked and not small:
            self.pop_screen()

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The command palette: every action of the screen by name, then what is the program's own."""
        if isinstance(screen, Page):
            for keys, word, told, action in screen.named_actions():
                yield SystemCommand(f"{word}  ({keys})", told, lambda action=action: screen.run_named(action))
        yield SystemCommand("Colours: light or dark theme", "Choose among them", self.action_change_theme)
        yield SystemCommand("Leave", "Leave the tutor; everything is saved already", self.action_quit)
