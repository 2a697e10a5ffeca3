"""Which claim to open, where there are several."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget

from tutor.tui import signs
from tutor.tui.dialogs.dialog import Dialog
from tutor.tui.widgets.drawing import Drawing, Lines


class ChooseClaimDialog(Dialog[str]):
    """Returns the chosen claim's id."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "open"),
        Binding("down,j", "move(1)", "down", show=False),
        Binding("up,k", "move(-1)", "up", show=False),
    ]

    def __init__(self, claims: Sequence[str]) -> None:
        super().__init__("Open a claim")
        self.claims = tuple(claims)
        self.here = 0

    def content(self) -> Iterable[Widget]:
        """One line for each claim."""
        yield Drawing(self._lines, id="claims")

    def _lines(self, width: int) -> Lines:
        return [
            Content.styled(f"{signs.HERE} " if index == self.here else "  ", signs.ACT)
            + Content.styled(claim, signs.STRONG if index == self.here else "")
            for index, claim in enumerate(self.claims)
        ]

    def action_move(self, by: int) -> None:
        """Up or down."""
        self.here = (self.here + by) % len(self.claims)
        self.query_one("#claims", Drawing).refresh()

    def action_choose(self) -> None:
        """Open it."""
        self.dismiss(self.claims[self.here])
