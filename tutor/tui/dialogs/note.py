"""A note beside a question."""

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input

from tutor.tui.dialogs.dialog import Dialog


class NoteDialog(Dialog[str]):
    """Returns the note; an empty one takes it away, Esc changes nothing."""

    AUTO_FOCUS = "#note"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "keep", "keep it")]

    def __init__(self, note: str) -> None:
        super().__init__("Note")
        self.note = note

    def content(self) -> Iterable[Widget]:
        """One line to write in."""
        yield Input(self.note, id="note", max_length=1000)

    def on_input_submitted(self) -> None:
        """Enter in the line keeps it."""
        self.action_keep()

    def action_keep(self) -> None:
        """Keep it."""
        self.dismiss(self.query_one(Input).value.strip())
