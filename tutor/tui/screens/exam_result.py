"""The result of a sitting: the score, what it may be worth, and what to look at first."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget

from tutor.tui import signs
from tutor.tui.screens.page import Page
from tutor.tui.steps import number_of
from tutor.tui.widgets.bands import TopLine
from tutor.tui.widgets.drawing import Drawing, Lines

if TYPE_CHECKING:
    from tutor.study.result import Result
    from tutor.tui.widgets.result_sheet import ResultSheet
    from tutor.usecases.exam_room import Room


class ExamResultScreen(Page):
    """What a sitting came to. Enter walks through what went wrong, sure but wrong first."""

    CSS_PATH = "exam_result.tcss"
    HELP_NOTE = (
        "A question counts when exactly its key was chosen; a wrong answer costs no more than a blank. The scaled "
        "score is an estimate, a straight line over the scale: AWS does not publish its formula."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "walk", "what went wrong", id="go_on", tooltip="Question by question, explained"),
        Binding("l", "lesson", "lesson", id="lesson", tooltip="Go to the lesson whose claims were missed most"),
        Binding("b", "lab", "lab", id="lab", tooltip="Go to a lab that practises what was missed"),
        Binding("o", "claim", "claims", id="open", tooltip="Open a claim of what was wrong, the one missed most first"),
        Binding("a", "again", "ask again", id="again", tooltip="Ask what was wrong or blank again, now"),
        Binding("m", "all", "all", id="all", tooltip="Walk through all questions"),
        Binding("down,j", "move(1)", "down", show=False, tooltip="Scroll"),
        Binding("up,k", "move(-1)", "up", show=False, tooltip="Scroll"),
        Binding("pagedown", "move(15)", "page down", show=False, tooltip="Scroll by a page"),
        Binding("pageup", "move(-15)", "page up", show=False, tooltip="Scroll by a page"),
    ]

    def __init__(self, room: "Room") -> None:
        super().__init__()
        self.room = room
        self.sheet: ResultSheet | None = None

    @property
    def result(self) -> "Result | None":
        """What it came to; None until that is worked out."""
        return self.sheet.result if self.sheet is not None else None

    @property
    def wrong(self) -> tuple[int, ...]:
        """The numbers of what went wrong, in the order in which to look at it."""
        return self.sheet.wrong if self.sheet is not None else ()

    def body(self) -> Iterable[Widget]:
        """One sheet."""
        yield VerticalScroll(Drawing(self._lines, id="result"), id="sheet", can_focus=False)

    def on_mount(self) -> None:
        """Work it out beside the screen: whether a question was changed is read from its file."""
        sitting = self.room.sitting
        when = f"{sitting.begun.astimezone():%d %b %Y}"
        self.query_one(TopLine).say(f"Result · {sitting.paper.name} · {sitting.mode} · {when}")
        self.work(self._find, self._found)

    def _find(self) -> "ResultSheet":
        from tutor.study.advice import advice_after
        from tutor.study.result import walk
        from tutor.tui.widgets.result_sheet import ResultSheet

        room, course = self.room, self.tutor.course
        result, blueprint = room.result(), room.blueprint
        advice = advice_after(result, course)
        return ResultSheet(
            result,
            walk(result),
            blueprint,
            sum(one.wanted - one.there for one in room.sitting.paper.shortages) if blueprint else 0,
            self.parts.plan_reviews.readiness(blueprint.name if blueprint else ""),
            advice,
            number_of(course, advice.lesson.id) if advice.lesson is not None else "",
            {claim: self._said(claim) for claim in result.by_claim},
        )

    def _said(self, claim: str) -> str:
        """A claim's sentence; nothing where there is none of that name any more."""
        from tutor.errors import ContentError, UsageError

        try:
            return self.parts.library.claim(claim).says
        except (ContentError, UsageError):
            return ""

    def _found(self, sheet: "ResultSheet") -> None:
        self.sheet = sheet
        self.query_one("#result", Drawing).refresh(layout=True)
        self.refresh_keys()

    def _lines(self, width: int) -> Lines:
        return self.sheet.lines(width) if self.sheet is not None else (Content.styled(" …", signs.QUIET),)

    # What to do next

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What went wrong has keys where something did."""
        advice = self.sheet.advice if self.sheet is not None else None
        if action in ("claim", "again"):
            return bool(self.wrong)
        if action == "lab":
            return advice is not None and advice.lab is not None
        return advice is not None and advice.lesson is not None if action == "lesson" else True

    def word_for(self, action: str) -> str | None:
        """Enter goes back where nothing went wrong."""
        return "back" if action == "walk" and not self.wrong else None

    def action_walk(self) -> None:
        """Walk through what went wrong."""
        if self.result is not None and not self.wrong:
            self.action_back()
        elif self.result is not None:
            self._review(self.wrong)

    def action_all(self) -> None:
        """Walk through all."""
        if self.result is not None:
            self._review(tuple(one.number for one in self.result.marked))

    def _review(self, order: tuple[int, ...]) -> None:
        from tutor.tui.screens.review_sitting import ReviewSittingScreen

        self.app.push_screen(ReviewSittingScreen(self.room, order))

    def action_lesson(self) -> None:
        """Read the lesson; Esc there comes back."""
        from tutor.tui.screens.lesson import LessonScreen

        if self.sheet is not None and self.sheet.advice.lesson is not None:
            self.app.push_screen(LessonScreen(self.sheet.advice.lesson.id))

    def action_lab(self) -> None:
        """Do the lab; Esc there comes back."""
        from tutor.tui.screens.lab import LabScreen

        if self.sheet is not None and self.sheet.advice.lab is not None:
            self.app.push_screen(LabScreen(self.sheet.advice.lab[0]))

    def action_claim(self) -> None:
        """Open a claim of what went wrong, the one missed most first."""
        if self.sheet is not None:
            self.tutor.open_claims(self.sheet.advice.claims, self.sheet.says)

    def action_again(self) -> None:
        """Ask what went wrong again."""
        from tutor.tui.screens.question import QuestionScreen

        if self.result is not None and self.wrong:
            again = dict.fromkeys(self.result.marked[number].question_id for number in self.wrong)
            self.app.push_screen(QuestionScreen(None, tuple(again)))

    def action_move(self, by: int) -> None:
        """Scroll."""
        self.query_one("#sheet").scroll_relative(y=by, animate=False)
