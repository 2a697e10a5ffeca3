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
        rows = [self._row(index, row).truncate(width, ellipsis=True) for index, row in enumerate(self.rows)]
        return self.in_sight(rows, self.here)

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
