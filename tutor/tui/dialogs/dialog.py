"""A dialog: one box over the page, closed with Esc; it returns a value to whoever opened it."""

from collections.abc import Iterable
from typing import ClassVar, Generic, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget

from tutor.tui import signs
from tutor.tui.widgets.bands import KeyLine, key_name
from tutor.tui.widgets.drawing import Lines

Value = TypeVar("Value")
LEAST_ROWS, AROUND = 4, 14
"""How many rows of a list are shown in any case, and how many lines are needed for everything else."""


class Dialog(ModalScreen[Value | None], Generic[Value]):
    """A titled box: ``content`` gives the widgets, the last line its keys."""

    CSS_PATH = "dialog.tcss"
    AUTO_FOCUS = "#dialog-body"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "close", "back")]

    def __init__(self, title: str) -> None:
        super().__init__()
        self.dialog_title = title

    def compose(self) -> ComposeResult:
        """The box."""
        box = Vertical(id="dialog")
        box.border_title = self.dialog_title
        with box:
            with VerticalScroll(id="dialog-body"):
                yield from self.content()
            yield KeyLine(id="dialog-keys")

    def content(self) -> Iterable[Widget]:
        """What stands in the box."""
        raise NotImplementedError

    def in_sight(self, lines: Lines, here: int) -> Lines:
        """As many of these lines around the one at ``here`` as the terminal has room for."""
        most = max(LEAST_ROWS, self.app.size.height - AROUND)
        start = min(max(0, here - most // 2), max(0, len(lines) - most))
        left_out = len(lines) - most
        more = [Content.styled(f"  … {left_out} more", signs.QUIET)] if left_out > 0 else []
        return [*lines[start : start + most], *more]

    def on_mount(self) -> None:
        """Say the keys: the dialog's own in the order of their listing, then the way back."""
        seen: dict[str, tuple[str, str]] = {}
        for binding in self._listed():
            if binding.show and binding.description and self.check_action(binding.action, ()) is not False:
                name = binding.key_display or key_name(binding.key.partition(",")[0])
                seen.setdefault(binding.action, (name, binding.description))
        self.query_one(KeyLine).say(list(seen.values()))

    def _listed(self) -> Iterable[Binding]:
        """What this class and its bases list; a widget in the box may have the same keys for scrolling."""
        for base in type(self).__mro__:
            if issubclass(base, Dialog):
                yield from (one for one in base.__dict__.get("BINDINGS", ()) if isinstance(one, Binding))

    def action_close(self) -> None:
        """Back, without a value."""
        self.dismiss(None)
