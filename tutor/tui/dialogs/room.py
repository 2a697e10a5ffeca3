"""Too little room: the app says so and waits; what lies below stays as it was."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen

from tutor.tui.widgets.drawing import Drawing, Lines


class RoomDialog(ModalScreen[None]):
    """Says how much room there is and how much is needed; goes away by itself."""

    DEFAULT_CSS = "RoomDialog { background: $background; align: center middle; }"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("q", "app.quit", "leave")]

    def __init__(self, width: int, height: int) -> None:
        super().__init__()
        self.least = (width, height)

    def compose(self) -> ComposeResult:
        """One sentence."""
        yield Drawing(self._sentence)

    def _sentence(self, width: int) -> Lines:
        have = f"{self.app.size.width}x{self.app.size.height}"
        need = f"{self.least[0]}x{self.least[1]}"
        return Content(f"The tutor needs {need} cells and has {have}. Make the terminal larger: it waits.").wrap(width)

    def on_resize(self) -> None:
        """Say the new size."""
        self.query_one(Drawing).refresh(layout=True)
