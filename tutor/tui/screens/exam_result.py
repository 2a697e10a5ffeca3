"""The result of a sitting: the score, what it may be worth, and what to look at first."""

from collections import Counter
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
from tutor.tui.widgets.drawing import Drawing, Lines, hanging, spread
from tutor.tui.widgets.score_bar import bar
from tutor.tui.widgets.timer import clock

if TYPE_CHECKING:
    from tutor.study.result import Marked, Result
    from tutor.usecases.exam_room import Room

BAR_CELLS = 18


class ExamResultScreen(Page):
    """What a sitting came to. Enter walks through what went wrong, sure but wrong first."""

    CSS_PATH = "exam_result.tcss"
    HELP_NOTE = (
        "A question counts when exactly its key was chosen; a wrong answer costs no more than a blank. The scaled "
        "score is an estimate, a straight line over the scale: AWS does not publish its formula."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "walk", "walk through what was wrong", id="go_on", tooltip="Question by question, explained"),
        Binding("r", "all", "look at all", id="all", tooltip="Walk through all questions"),
        Binding("l", "lesson", "next lesson", id="lesson", tooltip="Go to the lesson whose claims were missed most"),
        Binding("o", "claim", "claims", id="open", tooltip="Open a claim of what was wrong"),
        Binding("a", "again", "ask again", id="again", tooltip="Ask what was wrong or blank again, now"),
        Binding("down,j", "move(1)", "down", show=False, tooltip="Scroll"),
        Binding("up,k", "move(-1)", "up", show=False, tooltip="Scroll"),
        Binding("pagedown", "move(15)", "page down", show=False, tooltip="Scroll by a page"),
        Binding("pageup", "move(-15)", "page up", show=False, tooltip="Scroll by a page"),
    ]

    def __init__(self, room: "Room") -> None:
        super().__init__()
        self.room = room
        self.result: Result | None = None
        self.wrong: tuple[int, ...] = ()

    def body(self) -> Iterable[Widget]:
        """One sheet."""
        yield VerticalScroll(Drawing(self._lines, id="result"), id="sheet", can_focus=False)

    def on_mount(self) -> None:
        """Work it out beside the screen: whether a question was changed is read from its file."""
        sitting = self.room.sitting
        when = f"{sitting.begun.astimezone():%d %b %Y}"
        self.query_one(TopLine).say(f"Result · {sitting.paper.name} · {sitting.mode} · {when}")
        self.work(self._find, self._found)

    def _find(self) -> "tuple[Result, tuple[int, ...]]":
        from tutor.study.result import walk

        result = self.room.result()
        return result, walk(result)

    def _found(self, found: "tuple[Result, tuple[int, ...]]") -> None:
        self.result, self.wrong = found
        self.query_one("#result", Drawing).refresh(layout=True)
        self.refresh_keys()

    # What is shown

    def _lines(self, width: int) -> Lines:
        result = self.result
        if result is None:
            return (Content.styled(" …", signs.QUIET),)
        return [
            *self._score_lines(result, width),
            Content(""),
            *self._domain_lines(result, width),
            *self._look_lines(result, width),
            Content(""),
            *_question_lines(result, width),
        ]

    def _score_lines(self, result: "Result", width: int) -> Lines:
        right, asked = result.raw.right, result.raw.asked
        share = f"  {round(100 * right / asked)} %" if asked else ""
        scored = "scored questions" if any(not one.scored for one in result.marked) else "questions"
        lines = [Content.styled(f" {right} of {asked} {scored} right{share}", signs.STRONG)]
        if result.scaled is not None and self.room.blueprint is not None:
            passed = result.scaled >= self.room.blueprint.pass_mark
            sign = Content.styled(" ✓ " if passed else " ✗ ", f"bold {signs.HOLDS if passed else signs.FAILED}")
            told = f"estimated scaled score {result.scaled}, pass mark {self.room.blueprint.pass_mark}; "
            lines += hanging(sign, Content(told + "an estimate: AWS does not publish its formula"), width)
        short = self.room.sitting.paper.shortages
        if short and self.room.blueprint is not None:
            missing = sum(one.wanted - one.there for one in short)
            sentence = f"The bank lacked {missing} of the exam's questions: this paper weighs its domains otherwise."
            lines += hanging(Content("   "), Content.styled(sentence, signs.QUIET), width)
        return lines

    def _domain_lines(self, result: "Result", width: int) -> Lines:
        blueprint = self.room.blueprint
        titles = {domain.number: domain.title for domain in blueprint.domains} if blueprint else {}
        lines = []
        for number, score in result.by_domain.items():
            share = score.right / score.asked if score.asked else 0.0
            told = Content(f" {round(share * 100):>3} %  {score.right} of {score.asked} ".ljust(18))
            lines.append(spread(Content(f"   {titles.get(number, number)}"), bar(share, BAR_CELLS) + told, width))
        return [*lines, Content("")] if lines else []

    def _look_lines(self, result: "Result", width: int) -> Lines:
        pointer = Content.styled(f" {signs.HERE} ", signs.ACT)
        sure = Content.styled(f"Sure but wrong: {len(result.sure_but_wrong)}", signs.STRONG)
        walks = f"   Enter walks through {_questions(len(self.wrong))} that went wrong" if self.wrong else ""
        lines = hanging(pointer, sure + Content(walks), width)
        told = [f"Slow: {len(result.slow)}", f"Blank: {len(result.blank)}"]
        told += [f"Changed since, not counted: {len(result.void)}"] if result.void else []
        lines += hanging(Content("   "), Content("     ".join(told)), width)
        lesson = self._lesson
        if lesson is not None:
            entry = next(one for one in self.tutor.course.lessons if one.id == lesson)
            number = number_of(self.tutor.course, lesson)
            said = f"Next: lesson {number}  {entry.title}, about {entry.minutes} min" + "   l"
            lines += hanging(Content("   "), Content(said), width)
        return lines

    # What to do next

    @property
    def _missed(self) -> Counter[str]:
        """The claims of what went wrong, with how often."""
        marked = self.result.marked if self.result is not None else ()
        return Counter(claim for number in self.wrong for claim in marked[number].claims)

    @property
    def _lesson(self) -> str | None:
        """The lesson whose claims were missed most."""
        missed = self._missed
        taught = {lesson.id: sum(missed[claim] for claim in lesson.claims) for lesson in self.tutor.course.lessons}
        best = max(taught, key=lambda lesson: taught[lesson], default=None)
        return best if best is not None and taught[best] else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What went wrong has keys where something did."""
        if action in ("claim", "again"):
            return bool(self.wrong)
        return self._lesson is not None if action == "lesson" else True

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

        if self._lesson is not None:
            self.app.push_screen(LessonScreen(self._lesson))

    def action_claim(self) -> None:
        """Open a claim of what went wrong, the one missed most first."""
        self.tutor.open_claims(tuple(claim for claim, _ in self._missed.most_common()))

    def action_again(self) -> None:
        """Ask what went wrong again."""
        from tutor.tui.screens.question import QuestionScreen

        if self.result is not None and self.wrong:
            again = dict.fromkeys(self.result.marked[number].question_id for number in self.wrong)
            self.app.push_screen(QuestionScreen(None, tuple(again)))

    def action_move(self, by: int) -> None:
        """Scroll."""
        self.query_one("#sheet").scroll_relative(y=by, animate=False)


def _questions(count: int) -> str:
    return "the 1 question" if count == 1 else f"the {count} questions"


def _question_lines(result: "Result", width: int) -> Lines:
    """Each question: its sign, its time, how sure, and what else there is to say."""
    slow = set(result.slow)
    return [_question_line(one, one.number in slow, width) for one in result.marked]


def _question_line(one: "Marked", slow: bool, width: int) -> Content:
    sign, style = ("✓", signs.HOLDS) if one.right else ("✗", signs.FAILED)
    if one.void or one.blank:
        sign, style = "–", signs.QUIET
    words = (
        ("changed since", one.void),
        ("blank", one.blank and not one.void),
        (f"{one.sure}", one.sure is not None),
        ("slow", slow),
        ("flagged", one.flagged),
        ("not scored", not one.scored),
    )
    told = ", ".join(word for word, holds in words if holds)
    name = Content.styled(f"{one.number + 1:>3}  ", signs.QUIET) + Content(one.question_id)
    beside = Content.styled(f"{told}  {clock(one.seconds):>5} ", signs.QUIET)
    return spread(Content.styled(f" {sign} ", f"bold {style}") + name, beside, width)
