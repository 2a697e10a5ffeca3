"""A question that is answered with yes or no, before something that is not done lightly."""

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from tutor.tui.dialogs.dialog import Dialog
from tutor.tui.widgets.drawing import Drawing
from tutor.tui.widgets.inline import inline


class ConfirmDialog(Dialog[bool]):
    """Returns True for yes; Esc and ``n`` are no."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,enter", "yes", "yes"),
        Binding("n", "close", "no", show=False),
    ]

    def __init__(self, title: str, sentence: str) -> None:
        super().__init__(title)
        self.sentence = sentence

    def content(self) -> Iterable[Widget]:
        """The sentence."""
        yield Drawing(lambda width: inline(self.sentence).wrap(width))

    def action_yes(self) -> None:
        """Yes."""
        self.dismiss(True)
