"""One line to type: a date, a number."""

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input

from tutor.tui import signs
from tutor.tui.dialogs.dialog import Dialog
from tutor.tui.widgets.drawing import Drawing


class AskDialog(Dialog[str]):
    """Returns what was typed, without blanks around it; ``note`` says above the line what is wanted."""

    AUTO_FOCUS = "#answer"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "keep", "keep it")]

    def __init__(self, title: str, note: str, text: str) -> None:
        super().__init__(title)
        self.note = note
        self.text = text

    def content(self) -> Iterable[Widget]:
        """The note and the line."""
        yield Drawing(lambda width: [*Content.styled(self.note, signs.QUIET).wrap(width), Content("")])
        yield Input(self.text, id="answer", max_length=400)

    def on_input_submitted(self) -> None:
        """Enter in the line keeps it."""
        self.action_keep()

    def action_keep(self) -> None:
        """Keep it."""
        self.dismiss(self.query_one(Input).value.strip())
