"""The bench: the learner's files of a lab, one of them in the editor."""

from collections.abc import Sequence
from pathlib import Path

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from tutor.tui import signs
from tutor.tui.widgets.drawing import Drawing, Lines
from tutor.tui.widgets.editor import Editor


class Bench(Vertical):
    """Knows which files there are, which one is open, and whether what was typed has been saved.

    Every method that touches a file may raise ``OSError``.
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.folder: Path | None = None
        self.files: tuple[Path, ...] = ()
        self.open_file: Path | None = None
        self._on_disk = ""
        self.editor = Editor(id="editor")

    def compose(self) -> ComposeResult:
        """The names where there are several, and the editor."""
        yield Drawing(self._names, id="files")
        yield self.editor

    @property
    def path(self) -> Path | None:
        """The open file's absolute path."""
        return self.folder / self.open_file if self.folder and self.open_file else None

    @property
    def dirty(self) -> bool:
        """Whether something was typed that is not in the file yet."""
        return self.path is not None and self.editor.text != self._on_disk

    def open_folder(self, folder: Path, files: Sequence[Path]) -> None:
        """Show a folder's files, the first one open."""
        self.folder = folder
        self.files = tuple(file for file in files if _is_text(folder / file))
        if self.files:
            still = self.open_file if self.open_file in self.files else self.files[0]
            self._open(still)

    def next_file(self) -> None:
        """Save, and open the next file."""
        if len(self.files) > 1 and self.open_file is not None:
            self.save()
            self._open(self.files[(self.files.index(self.open_file) + 1) % len(self.files)])

    def save(self) -> bool:
        """Write what was typed; returns whether there was anything to write."""
        if not self.dirty or self.path is None:
            return False
        self.path.write_text(self.editor.text, encoding="utf-8")
        self._on_disk = self.editor.text
        return True

    def look_again(self) -> None:
        """Show what the file says now; what is being typed here goes first and stays."""
        if self.path is None or self.dirty:
            return
        text = self.path.read_text(encoding="utf-8") if self.path.exists() else ""
        if text != self._on_disk:
            self._on_disk = text
            self.editor.take_text(text)
            self._on_disk = self.editor.text

    def _open(self, file: Path) -> None:
        assert self.folder is not None
        self.open_file = file
        self.editor.open_text(file.name, (self.folder / file).read_text(encoding="utf-8"))
        self._on_disk = self.editor.text
        self.query_one("#files", Drawing).refresh(layout=True)

    def _names(self, width: int) -> Lines:
        if len(self.files) < 2:
            return ()
        names = [
            Content.styled(str(file), signs.STRONG if file == self.open_file else signs.QUIET) for file in self.files
        ]
        return (Content("  ").join([*names, Content.styled("F3 next file", signs.QUIET)]).truncate(width),)


def _is_text(path: Path) -> bool:
    try:
        path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return False
    return True
