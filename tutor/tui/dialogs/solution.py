"""A solution to read, beside nothing: the code alone."""

from collections.abc import Iterable, Mapping

from textual.widget import Widget

from tutor.tui.dialogs.dialog import Dialog
from tutor.tui.widgets.code import code_drawing
from tutor.tui.widgets.drawing import Drawing


class SolutionDialog(Dialog[None]):
    """Shows the files of one accepted solution."""

    def __init__(self, files: Mapping[str, str]) -> None:
        super().__init__("One solution of several")
        self.files = dict(files)

    def content(self) -> Iterable[Widget]:
        """The code."""
        yield Drawing(code_drawing(self.files))
