"""Walking the map of a paper, and jumping to a question."""

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from tutor.tui import signs
from tutor.tui.dialogs.dialog import Dialog
from tutor.tui.widgets.drawing import Drawing, Lines
from tutor.tui.widgets.question_map import LEGEND, map_lines, state_told

if TYPE_CHECKING:
    from tutor.study.sitting import QuestionState


class QuestionMapDialog(Dialog[int]):
    """Returns the number (from 0) of the question to go to."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go", "go there"),
        Binding("right", "move(1)", "walk", key_display="←→"),
        Binding("left", "move(-1)", "walk", show=False),
        Binding("down", "move(10)", "ten on", show=False),
        Binding("up", "move(-10)", "ten back", show=False),
        Binding("f", "find('flagged')", "next flagged"),
        Binding("b", "find('blank')", "next blank"),
        Binding("m", "close", "close", show=False),
        *(Binding(str(digit), f"digit({digit})", show=False) for digit in range(10)),
    ]

    def __init__(self, questions: "Sequence[QuestionState]", partly: "Collection[int]", here: int) -> None:
        super().__init__("Questions")
        self.partly = partly
        self.questions = tuple(questions)
        self.here = here
        self.typed = ""

    def content(self) -> Iterable[Widget]:
        """The map, and what is known of the question at hand."""
        yield Drawing(self._lines, id="map")

    def _lines(self, width: int) -> Lines:
        at = self.questions[self.here]
        said = Content.styled(f" Question {self.here + 1}", signs.STRONG) + Content(
            f" · {state_told(at, self.here in self.partly)}"
        )
        lines = [*map_lines(self.questions, self.partly, self.here, width), Content(""), said]
        if at.note:
            lines += Content.styled(f" note: {at.note}", signs.QUIET).wrap(width)
        help_line = Content.styled(f" {LEGEND}; type a number to jump", signs.QUIET)
        return [*lines, Content(""), *help_line.wrap(width)]

    def _look(self, number: int) -> None:
        self.here = max(0, min(len(self.questions) - 1, number))
        self.query_one("#map", Drawing).refresh(layout=True)

    def action_move(self, by: int) -> None:
        """Walk."""
        self.typed = ""
        self._look(self.here + by)

    def action_digit(self, digit: int) -> None:
        """A question's number, digit by digit."""
        longer = f"{self.typed}{digit}".lstrip("0")
        self.typed = longer if longer and int(longer) <= len(self.questions) else str(digit)
        if self.typed != "0":
            self._look(int(self.typed) - 1)

    def action_find(self, what: str) -> None:
        """The next question that is flagged, or blank."""
        self.typed = ""
        count = len(self.questions)
        for number in ((self.here + step) % count for step in range(1, count + 1)):
            question = self.questions[number]
            open_end = not question.chosen or number in self.partly
            if question.flagged if what == "flagged" else open_end:
                self._look(number)
                return

    def action_go(self) -> None:
        """Go there."""
        self.dismiss(self.here)
