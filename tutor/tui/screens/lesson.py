"""A lesson: its text, its complete example, and what running it shows."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Markdown

from tutor.tui import signs
from tutor.tui.screens.page import Sheets
from tutor.tui.screens.paned import PanedPage
from tutor.tui.steps import entry_of, number_of
from tutor.tui.widgets.bands import TopLine
from tutor.tui.widgets.code import code_drawing
from tutor.tui.widgets.drawing import Drawing
from tutor.tui.widgets.run_report import report_lines

if TYPE_CHECKING:
    from tutor.awslambda.invocation import Invocation
    from tutor.awslambda.prices import Prices
    from tutor.study.course import Lesson
    from tutor.study.progress import LessonMarks, NextStep
    from tutor.tui.background import Failure


class LessonScreen(PanedPage):
    """One lesson. With ``look`` it was opened from somewhere else, and Enter goes back there."""

    CSS_PATH: ClassVar[Sheets] = ["paned.tcss", "lesson.tcss"]
    TABS: ClassVar[tuple[str, ...]] = ("lesson", "code", "run")
    HELP_NOTE = "The example is complete and correct: run it first, then go on with Enter."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,n", "next", "go on", id="go_on", tooltip="On to the next step; the text counts as read"),
        Binding("r,f5", "run", "run", id="run", tooltip="Run the example in the sandbox"),
        Binding("o", "claim", "claims", id="open", tooltip="Open a claim that this lesson teaches"),
    ]

    def __init__(self, lesson_id: str, look: bool = False) -> None:
        super().__init__()
        self.lesson_id = lesson_id
        self.look = look
        self.lesson: Lesson | None = None
        self.running = False
        self.run_wanted = False
        self.unreadable = False
        self._loading = True
        self._seen_end = False

    def body(self) -> Iterable[Widget]:
        """Text, code and run."""
        yield VerticalScroll(Markdown(id="text"), id="lesson", classes="pane")
        yield VerticalScroll(Drawing(id="code-text"), id="code", classes="pane")
        yield VerticalScroll(Drawing(id="report"), id="run", classes="pane")

    def on_mount(self) -> None:
        """Read the lesson in the background."""
        super().on_mount()
        self.query_one(TopLine).say(self._title())
        self._say_run("Press r: the example runs in the sandbox.")
        self.work(self._read, self._show, self._not_read)
        self.watch(self.pane("lesson"), "scroll_y", self._scrolled, init=False)
        self.watch(self.pane("lesson"), "virtual_size", self.refresh_keys, init=False)
        self._read_marks()

    def _read_marks(self) -> None:
        self.work(lambda: self.parts.see_progress.overview().marks.get(self.lesson_id), self._show_marks)

    def _title(self) -> str:
        entry = entry_of(self.tutor.course, self.lesson_id)
        return f"{number_of(self.tutor.course, self.lesson_id)}  {entry.title if entry else self.lesson_id}"

    def _read(self) -> "tuple[Lesson, Mapping[str, str]]":
        lesson = self.parts.study_lesson.open(self.lesson_id)
        folder = lesson.example.folder
        files = sorted(path for path in folder.rglob("*") if path.suffix in (".py", ".yaml", ".json"))
        return lesson, {str(path.relative_to(folder)): path.read_text(encoding="utf-8") for path in files}

    def _show(self, read: "tuple[Lesson, Mapping[str, str]]") -> None:
        self.lesson, files = read
        self.call_later(self._show_text, self.lesson.text)
        self.query_one("#code-text", Drawing).show(code_drawing(files))
        self.refresh_keys()
        if self.run_wanted:
            self.action_run()

    async def _show_text(self, text: str) -> None:
        await self.query_one("#text", Markdown).update(text)
        self._loading = False
        self.call_after_refresh(self.refresh_keys)

    def _not_read(self, failure: "Failure") -> None:
        """A lesson that cannot be read holds nobody up: Enter goes on, and it does not count as read."""
        self.unreadable = True
        self.refresh_keys()

    def _show_marks(self, marks: "LessonMarks | None") -> None:
        if marks is None:
            return
        labs = "".join(signs.MARKS[mark] for mark in marks.labs.values())
        told = f"lesson {signs.MARKS[marks.text]}  labs {labs or '–'}  questions {signs.MARKS[marks.quiz]}"
        self.query_one(TopLine).say(self._title(), Content.styled(told, signs.QUIET))

    def pane_title(self, tab: str) -> str:
        """The run's pane says that it runs."""
        return {"code": "example", "run": "run · running" if self.running else "run"}.get(tab, tab)

    def word_for(self, action: str) -> str | None:
        """Enter reads on to the end; it goes back where the lesson was only looked up."""
        if action != "next":
            return None
        if not self._at_end:
            return "read on"
        return "back" if self.look else "go on"

    @property
    def _at_end(self) -> bool:
        """Whether the last line of the text has been on the screen."""
        return self._seen_end or self._end_in_sight()

    def _scrolled(self) -> None:
        self._seen_end = self._seen_end or self._end_in_sight()
        self.refresh_keys()

    def _end_in_sight(self) -> bool:
        pane = self.pane("lesson")
        return self.unreadable or (not self._loading and pane.display and pane.scroll_y >= pane.max_scroll_y - 1)

    def _say_run(self, sentence: str) -> None:
        self.query_one("#report", Drawing).show(lambda width: Content.styled(sentence, signs.QUIET).wrap(width))

    def action_run(self) -> None:
        """Run the example and show what it did."""
        if self.lesson is None:
            self.run_wanted = True
            return
        if self.running:
            return
        self.running = True
        self.tell("")
        self._say_run("Running…")
        self.show_tab("run")
        self.work(self._run, self._show_run, self._not_run)

    def _run(self) -> "tuple[tuple[Invocation, ...], Prices]":
        return self.parts.study_lesson.run_example(self.lesson_id), self.parts.prices

    def _show_run(self, ran: "tuple[tuple[Invocation, ...], Prices]") -> None:
        assert self.lesson is not None
        invocations, prices = ran
        names = [run.name for run in self.lesson.example.runs]
        self.running = False
        self.query_one("#report", Drawing).show(lambda width: report_lines(names, invocations, prices, width))
        self.query_one("#run").scroll_home(animate=False)
        self._read_marks()
        self.title_panes()
        self.refresh_keys()

    def _not_run(self, failure: "Failure") -> None:
        self.running = False
        self._say_run("It did not run.")
        self.title_panes()

    def action_next(self) -> None:
        """Read on; at the end the text counts as read, and what comes next opens."""
        if not self._at_end:
            self._read_on()
        elif self.look:
            self.tutor.back()
        else:
            self.work(self._finish, self.go)

    def _read_on(self) -> None:
        """The next page of the text; from another pane first back to it."""
        pane = self.pane("lesson")
        if self.lesson is None:
            return
        if not pane.display:
            self.show_tab("lesson")
        elif not self._loading:
            pane.scroll_relative(y=max(1, pane.size.height - 3), animate=False)
        self.call_after_refresh(self.refresh_keys)

    def _finish(self) -> "NextStep":
        if not self.unreadable:
            self.parts.study_lesson.finish(self.lesson_id)
        return self.parts.see_progress.after("lesson", self.lesson_id)

    def action_claim(self) -> None:
        """Open one of the lesson's claims."""
        if self.lesson is not None:
            self.tutor.open_claims(self.lesson.claims)
