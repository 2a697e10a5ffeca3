"""The learner's own copies of the labs: plain files in ``<unit>/<lesson>/<lab>/``.

Nothing here is ever overwritten or deleted that the learner may have written. A new copy is made aside, in
``.new/``, and renamed into its place; what a reset replaces is renamed to ``.aside/<lab id>/<number>``. So a kill
at any moment leaves the old state or the new one. A lock keeps two tutors apart.
"""

import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tutor.errors import StoreError, UsageError

_NOT_THE_LEARNERS = ("__pycache__",)
_RETURNING = "returning"


@dataclass(frozen=True)
class Workspace:
    """The folder of all copies. Nothing is created before it is needed.

    Every method that writes raises ``StoreError``, one sentence, where the folder cannot be written.
    """

    root: Path

    def folder(self, lab_id: str) -> Path:
        """Where the copy of a lab lies, whether it is there or not.

        Raises ``UsageError`` where a symbolic link would lead out of the workspace.
        """
        parts = Path(lab_id).parts
        if len(parts) != 3 or any(part.startswith(".") for part in parts):
            raise UsageError(f"{lab_id!r} is no lab: a lab's id is <unit>/<lesson>/<lab>.")
        folder = self.root / lab_id
        if not folder.resolve().is_relative_to(self.root.resolve()):
            raise UsageError(f"{folder} leads out of the workspace through a symbolic link: remove the link.")
        return folder

    def begun(self, lab_id: str) -> bool:
        """Whether there is a copy."""
        return self.folder(lab_id).is_dir()

    def open(self, lab_id: str, starter: Path) -> bool:
        """Make the copy from the starter if there is none. Returns whether it was made now."""
        folder = self.folder(lab_id)
        if folder.is_dir() and not self._on_its_way(lab_id).exists():
            return False
        with self._changing():
            self._recover(lab_id)
            return self._place(folder, starter)

    def files(self, lab_id: str, first: tuple[str, ...]) -> tuple[Path, ...]:
        """The copy's files, relative to its folder: those of ``first`` that are there, then the others by name."""
        folder = self.folder(lab_id)
        found = {path.relative_to(folder) for path in _walk(folder) if not path.is_symlink()}
        wanted = [Path(name) for name in first if Path(name) in found]
        return (*wanted, *sorted(found.difference(wanted)))

    def check(self, lab_id: str) -> Path:
        """The folder, ready to be run. Raises ``UsageError`` where it is empty or a link leads out of it."""
        folder = self.folder(lab_id)
        links = [path for path in _walk(folder) if path.is_symlink()]
        astray = [link for link in links if not link.resolve().is_relative_to(folder.resolve())]
        if astray:
            name = astray[0].relative_to(folder)
            raise UsageError(f"{name} is a symbolic link that leads out of the lab: put the file itself there.")
        if next(_walk(folder), None) is None:
            raise UsageError(f"There is no file in {folder}: reset the lab to get the starter again.")
        return folder

    def can_undo(self, lab_id: str) -> bool:
        """Whether something lies aside."""
        return bool(self._numbers(lab_id))

    def reset(self, lab_id: str, starter: Path) -> None:
        """Put the starter in the copy's place; a copy that differs from it is kept aside."""
        folder = self.folder(lab_id)
        with self._changing():
            self._recover(lab_id)
            if folder.is_dir() and not _same(folder, starter):
                self._put_aside(folder, lab_id)
            self._place(folder, starter)

    def undo_reset(self, lab_id: str) -> bool:
        """Bring back what was put aside last, and put aside what is there now. Returns whether there was something."""
        folder, returning = self.folder(lab_id), self._on_its_way(lab_id)
        with self._changing():
            self._recover(lab_id)
            numbers = self._numbers(lab_id)
            if not numbers:
                return False
            (self._aside(lab_id) / str(numbers[-1])).rename(returning)
            if folder.is_dir():
                self._put_aside(folder, lab_id)
            returning.rename(folder)
            return True

    def _recover(self, lab_id: str) -> None:
        """End an undo that a kill interrupted: go on where the place is free, else go back."""
        returning, folder = self._on_its_way(lab_id), self.folder(lab_id)
        if returning.is_dir():
            returning.rename(self._free_aside(lab_id) if folder.is_dir() else folder)

    def _place(self, folder: Path, starter: Path) -> bool:
        if folder.is_dir():
            return False
        new = self.root / ".new"
        new.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=new) as made:
            copy = Path(made) / folder.name
            _copy(starter, copy)
            folder.parent.mkdir(parents=True, exist_ok=True)
            copy.rename(folder)
        return True

    def _put_aside(self, folder: Path, lab_id: str) -> None:
        folder.rename(self._free_aside(lab_id))

    def _free_aside(self, lab_id: str) -> Path:
        aside = self._aside(lab_id)
        aside.mkdir(parents=True, exist_ok=True)
        return aside / str(max(self._numbers(lab_id), default=0) + 1)

    def _numbers(self, lab_id: str) -> list[int]:
        aside = self._aside(lab_id)
        if not aside.is_dir():
            return []
        return sorted(int(path.name) for path in aside.iterdir() if path.name.isdecimal())

    def _aside(self, lab_id: str) -> Path:
        return self.root / ".aside" / lab_id

    def _on_its_way(self, lab_id: str) -> Path:
        return self._aside(lab_id) / _RETURNING

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Only one process changes the workspace at a time; the kernel frees the lock of a killed one."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            with (self.root / ".lock").open("a") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                self._sweep()
                yield
        except OSError as error:
            where = error.filename2 or error.filename or self.root
            raise StoreError(
                f"The workspace {self.root} cannot be changed ({error.strerror}: {where}): "
                "make it writable, or set TUTOR_HOME to a folder that is."
            ) from error

    def _sweep(self) -> None:
        """Remove half-made copies of killed processes; under the lock nobody else is making one."""
        for left in (self.root / ".new").glob("*"):
            shutil.rmtree(left, ignore_errors=True)


def _walk(folder: Path) -> Iterator[Path]:
    """All files below, links included but not followed, in order; without Python's caches and hidden files."""
    for above, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _NOT_THE_LEARNERS and not name.startswith("."))
        linked = [name for name in folders if Path(above, name).is_symlink()]
        for name in sorted([*files, *linked]):
            if not name.startswith(".") and not name.endswith(".pyc"):
                yield Path(above, name)


def _copy(starter: Path, copy: Path) -> None:
    copy.mkdir()
    for path in _walk(starter):
        target = copy / path.relative_to(starter)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
        if path.stat().st_mode & stat.S_IXUSR:
            target.chmod(target.stat().st_mode | stat.S_IXUSR)


def _same(one: Path, other: Path) -> bool:
    """Whether two folders hold the same files with the same bytes."""
    theirs = [{path.relative_to(folder): path.read_bytes() for path in _walk(folder)} for folder in (one, other)]
    return theirs[0] == theirs[1]


def texts(folder: Path) -> dict[str, str]:
    """The folder's files as texts, by their path relative to it."""
    return {str(path.relative_to(folder)): path.read_text(encoding="utf-8", errors="replace") for path in _walk(folder)}
