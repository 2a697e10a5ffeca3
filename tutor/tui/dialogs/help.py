"""Help: every key of one screen, and what it does."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from tutor.tui import signs
from tutor.tui.dialogs.dialog import Dialog
from tutor.tui.widgets.drawing import Drawing, Lines, hanging
from tutor.tui.widgets.inline import inline

Row = tuple[str, str, str, str]


class HelpDialog(Dialog[None]):
    """The keys of the screen below, all of them."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("question_mark,f1,enter", "close", "close", show=False)]

    def __init__(self, screen: str, rows: Sequence[Row], note: str) -> None:
        super().__init__(f"{screen} · all keys")
        self.rows = [*rows, ("Ctrl+P", "palette", "Every action by name", ""), ("Ctrl+Q", "leave", "From anywhere", "")]
        self.note = note

    def content(self) -> Iterable[Widget]:
        """One row for each key, then the note."""
        yield Drawing(self._lines)

    def _lines(self, width: int) -> Lines:
        column = max(len(keys) for keys, *_ in self.rows) + 2
        lines: list[Content] = []
        for keys, word, told, _ in self.rows:
            sign = Content.styled(f"{keys:<{column}}", f"bold {signs.ACT}")
            lines += hanging(sign, Content(f"{word}") + Content.styled(f"  {told}", signs.QUIET), width)
        for part in self.note.splitlines():
            lines += [Content(""), *inline(part, signs.QUIET).wrap(width)]
        return lines
