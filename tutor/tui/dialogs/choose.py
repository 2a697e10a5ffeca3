"""One of several things, chosen by the arrows."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from tutor.tui import signs
from tutor.tui.dialogs.dialog import Dialog
from tutor.tui.widgets.drawing import Drawing, Lines, hanging
from tutor.tui.widgets.inline import inline


class ChooseDialog(Dialog[int]):
    """Returns the number of the chosen row, from 0. ``note`` stands above the rows."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "choose"),
        Binding("down,j,n", "move(1)", "down", show=False),
        Binding("up,k,p", "move(-1)", "up", show=False),
    ]

    def __init__(self, title: str, note: str, rows: Sequence[str]) -> None:
        super().__init__(title)
        self.note = note
        self.rows = tuple(rows)
        self.here = 0

    def content(self) -> Iterable[Widget]:
        """The note and the rows."""
        yield Drawing(lambda width: [*inline(self.note, signs.QUIET).wrap(width), Content("")])
        yield Drawing(self._lines, id="rows")

    def _lines(self, width: int) -> Lines:
        lines: list[Content] = []
        for index, row in enumerate(self.rows):
            here = index == self.here
            pointer = Content.styled(f"{signs.HERE} " if here else "  ", signs.ACT)
            lines += hanging(pointer, Content.styled(row, signs.STRONG if here else ""), width)
        return lines

    def action_move(self, by: int) -> None:
        """Up or down; the row stays in sight."""
        self.here = (self.here + by) % len(self.rows)
        rows = self.query_one("#rows", Drawing)
        rows.refresh()
        body = self.query_one("#dialog-body")
        body.scroll_to(y=self.here + 2 - body.size.height // 2, animate=False)

    def action_choose(self) -> None:
        """This one."""
        self.dismiss(self.here)
