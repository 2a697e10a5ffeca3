"""Looking back at a sitting: one question after the other, each option explained."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from tutor.tui import signs
from tutor.tui.screens.asked import AskedPage
from tutor.tui.widgets.bands import TopLine
from tutor.tui.widgets.timer import clock

if TYPE_CHECKING:
    from tutor.usecases.answer_question import Feedback, Question
    from tutor.usecases.exam_room import Room


class ReviewSittingScreen(AskedPage):
    """Walks through the questions of ``order`` (numbers from 0)."""

    HELP_NOTE = "What was sure but wrong comes first: an error made with confidence is the one best mended now."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,n", "turn(1)", "next", id="next", tooltip="The next question of this walk"),
        Binding("p", "turn(-1)", "previous", id="previous", tooltip="The question before"),
        Binding("l", "lesson", "lesson", id="lesson", tooltip="Go to the lesson that teaches this"),
        Binding("a", "again", "ask again", id="again", tooltip="Ask this question again, with other numbers"),
    ]

    def __init__(self, room: "Room", order: Sequence[int], at: int = 0) -> None:
        super().__init__(room, order[at])
        self.order = tuple(order)
        self.at = at

    def on_mount(self) -> None:
        """Open the first."""
        self._open()

    def _open(self) -> None:
        number = self.order[self.at]
        self._say_where(number)
        self.work(lambda: self._read(number), lambda read: self.turn_to(number, *read))

    def _read(self, number: int) -> "tuple[Question | None, Feedback | None]":
        return self.room.question(number), self.room.feedback(number)

    def _say_where(self, number: int) -> None:
        where = f"{self.room.sitting.paper.name} · question {number + 1} · {self.at + 1} of {len(self.order)}"
        state = self.room.sitting.questions[number]
        told = [f"⚑ {clock(state.milliseconds / 1000)}" if state.flagged else clock(state.milliseconds / 1000)]
        told += [state.confidence] if state.confidence else []
        told += [] if state.chosen else ["blank"]
        self.query_one(TopLine).say(where, Content.styled(" · ".join(told), signs.QUIET))

    def action_turn(self, by: int) -> None:
        """Along the walk; after its end, back to the result."""
        following = self.at + by
        if following == len(self.order):
            self.action_back()
        elif following >= 0:
            self.at = following
            self._open()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A lesson where one teaches it; what was changed since is not asked again."""
        if action == "lesson":
            return self._lesson is not None
        if action == "again":
            return self.question is not None
        return super().check_action(action, parameters)

    @property
    def _lesson(self) -> str | None:
        claims = set(self.question.scenario.claims) if self.question is not None else set()
        lessons = self.tutor.course.lessons
        return next((lesson.id for lesson in lessons if claims & set(lesson.claims)), None)

    def action_lesson(self) -> None:
        """Read what teaches it; Esc there comes back."""
        from tutor.tui.screens.lesson import LessonScreen

        if self._lesson is not None:
            self.app.push_screen(LessonScreen(self._lesson))

    def action_again(self) -> None:
        """Ask it again; Esc there comes back."""
        from tutor.tui.screens.question import QuestionScreen

        if self.question is not None:
            self.app.push_screen(QuestionScreen(None, (self.question.scenario.id,)))
