"""One of several things, chosen by the arrows."""

from collections.abc import Iterable, Sequence
from typing import ClassVar, Generic, TypeVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from tutor.tui import signs
from tutor.tui.dialogs.dialog import Dialog
from tutor.tui.widgets.drawing import Drawing, Lines
from tutor.tui.widgets.inline import inline

LEAST_ROWS, AROUND = 4, 14
"""How many rows are shown in any case, and how many lines of the terminal are needed for everything else."""


Chosen = TypeVar("Chosen")


class ChooseRow(Dialog[Chosen], Generic[Chosen]):
    """One row is chosen. ``note``, where there is one, stands above the rows; marks in them are drawn as such."""

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
        if self.note:
            yield Drawing(lambda width: [*inline(self.note, signs.QUIET).wrap(width), Content("")])
        yield Drawing(self._lines, id="rows")

    def _lines(self, width: int) -> Lines:
        most = max(LEAST_ROWS, self.app.size.height - AROUND)
        start = min(max(0, self.here - most // 2), max(0, len(self.rows) - most))
        shown = list(enumerate(self.rows))[start : start + most]
        lines = [self._row(index, row).truncate(width, ellipsis=True) for index, row in shown]
        left_out = len(self.rows) - len(shown)
        return [*lines, Content.styled(f"  … {left_out} more", signs.QUIET)] if left_out else lines

    def _row(self, index: int, row: str) -> Content:
        here = index == self.here
        pointer = Content.styled(f"{signs.HERE} " if here else "  ", signs.ACT)
        return pointer + inline(row, signs.STRONG if here else "")

    def action_move(self, by: int) -> None:
        """Up or down."""
        self.here = (self.here + by) % len(self.rows)
        self.query_one("#rows", Drawing).refresh()

    def action_choose(self) -> None:
        """This one."""
        raise NotImplementedError


class ChooseDialog(ChooseRow[int]):
    """Returns the number of the chosen row, from 0."""

    def action_choose(self) -> None:
        """This one."""
        self.dismiss(self.here)
