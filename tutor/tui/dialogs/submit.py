"""Handing in: what is blank and what is flagged is said first."""

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar, Literal

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from tutor.tui import signs
from tutor.tui.dialogs.dialog import Dialog
from tutor.tui.widgets.drawing import Drawing, Lines, hanging

if TYPE_CHECKING:
    from tutor.study.sitting import QuestionState

NAMED = 12
"""So many blanks are named; of more only their number is said."""


class SubmitDialog(Dialog[Literal["submit", "blank"]]):
    """Returns what to do: hand in, or go to the first that is blank or not complete.

    Enter never hands those in; ``y`` does.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "usual", "go on"),
        Binding("y", "hand_in", "hand in"),
        Binding("n", "close", "back", show=False),
    ]

    def __init__(self, questions: "Sequence[QuestionState]", partly: "Collection[int]") -> None:
        super().__init__("Hand in")
        self.partly = [number + 1 for number in sorted(partly)]
        self.blank = [number + 1 for number, question in enumerate(questions) if not question.chosen]
        self.flagged = [number + 1 for number, question in enumerate(questions) if question.flagged]
        self.count = len(questions)

    def content(self) -> Iterable[Widget]:
        """The warning."""
        yield Drawing(self._lines)

    def _lines(self, width: int) -> Lines:
        lines = list(
            Content(f"{self.count - len(self.blank) - len(self.partly)} of {self.count} questions are answered.").wrap(
                width
            )
        )
        if self.blank:
            sign = Content.styled("✗ ", signs.FAILED)
            told = f"{_counted(self.blank)} blank. A blank counts as wrong; a guess costs nothing."
            lines += hanging(sign, Content(told), width)
        if self.partly:
            told = f"{_counted(self.partly)} not complete, which counts as wrong."
            lines += hanging(Content.styled("✗ ", signs.FAILED), Content(told), width)
        if self.flagged:
            lines += hanging(Content.styled("⚑ ", signs.ACT), Content(f"{_counted(self.flagged)} flagged."), width)
        ways = "Enter goes to the first of them, y hands in." if self.blank or self.partly else "Enter or y hands in."
        lines += Content(f"After handing in nothing can be changed. {ways}").wrap(width)
        return lines

    def action_usual(self) -> None:
        """The first blank, or handing in where there is none."""
        self.dismiss("blank" if self.blank or self.partly else "submit")

    def action_hand_in(self) -> None:
        """Hand in."""
        self.dismiss("submit")


def _counted(numbers: list[int]) -> str:
    word = "is" if len(numbers) == 1 else "are"
    named = f" ({', '.join(map(str, numbers))})" if len(numbers) <= NAMED else ""
    return f"{len(numbers)}{named} {word}"
