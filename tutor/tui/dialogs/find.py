"""A few letters to look for."""

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input

from tutor.tui.dialogs.dialog import Dialog


class FindDialog(Dialog[str]):
    """Returns what was typed; empty means everything again."""

    AUTO_FOCUS = "#wanted"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "find", "find", priority=True)]

    def __init__(self, title: str, wanted: str) -> None:
        super().__init__(title)
        self.wanted = wanted

    def content(self) -> Iterable[Widget]:
        """One field."""
        yield Input(self.wanted, id="wanted", compact=True)

    def action_find(self) -> None:
        """These letters."""
        self.dismiss(self.query_one("#wanted", Input).value.strip())
