"""A few sentences and one thing to do: begin a paper, go on after a pause."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from tutor.tui.dialogs.dialog import Dialog
from tutor.tui.widgets.drawing import Drawing, Lines
from tutor.tui.widgets.inline import inline


class TellingDialog(Dialog[bool]):
    """Returns True for Enter; Esc is no."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "yes", "go on")]

    def __init__(self, title: str, sentences: Sequence[str]) -> None:
        super().__init__(title)
        self.sentences = tuple(sentences)

    def content(self) -> Iterable[Widget]:
        """The sentences, a line's end after each."""
        yield Drawing(self._lines)

    def _lines(self, width: int) -> Lines:
        return [line for sentence in self.sentences for line in inline(sentence).wrap(width) or [Content("")]]

    def action_yes(self) -> None:
        """Go on."""
        self.dismiss(True)
