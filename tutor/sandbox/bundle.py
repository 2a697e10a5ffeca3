"""A tree of files as it comes from a folder, a single file or a mapping; zips are told in ``archive``.

A bundle is a snapshot that was checked and is read later, piece by piece: nothing of it is held in memory as a whole.
"""

import os
import posixpath
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tutor.errors import UsageError

STRETCH = 1 << 20
"""How much of a file is read at a time, in bytes."""

_LONGEST_NAME, _LONGEST_PATH = 255, 3072


@dataclass(frozen=True)
class Piece:
    """A file, or the next stretch of the one before (``follows``), or a link to ``content`` (``link``)."""

    path: str
    content: bytes
    executable: bool = False
    follows: bool = False
    link: bool = False

    @property
    def header(self) -> dict[str, object]:
        """All but the content, as ``packing`` reads it."""
        return {"path": self.path, "executable": self.executable, "follows": self.follows, "link": self.link}


class Bundle(Protocol):
    """Files on their way into an environment. ``size`` is the sum of their apparent sizes in bytes."""

    @property
    def size(self) -> int: ...

    def pieces(self) -> Iterator[Piece]:
        """Every file, read now; links come last."""
        ...


@dataclass(frozen=True)
class Texts:
    """Files given as texts. One that begins with ``#!`` is a program and executable."""

    texts: tuple[tuple[str, str], ...]

    @property
    def size(self) -> int:
        return sum(len(text.encode("utf-8", "surrogatepass")) for _, text in self.texts)

    def pieces(self) -> Iterator[Piece]:
        for name, text in self.texts:
            yield Piece(name, text.encode("utf-8", "surrogatepass"), executable=text.startswith("#!"))


@dataclass(frozen=True)
class Source:
    """One file of a folder: its path inside, where it lies on the host, its size when it was looked at."""

    path: str
    place: str
    size: int
    executable: bool
    link: bool = False  # ``place`` is then where the link leads, relative to its folder


@dataclass(frozen=True)
class Files:
    """Files of the host."""

    sources: tuple[Source, ...]

    @property
    def size(self) -> int:
        return sum(source.size for source in self.sources)

    def pieces(self) -> Iterator[Piece]:
        for source in sorted(self.sources, key=lambda source: source.link):
            if source.link:
                yield Piece(source.path, os.fsencode(source.place), link=True)
            else:
                yield from _stretches(source)


def _stretches(source: Source) -> Iterator[Piece]:
    """A file that has changed since it was looked at is read no further than it was long then."""
    left, follows = source.size, False
    try:
        with open(source.place, "rb") as file:
            while not follows or left:
                content = file.read(min(left, STRETCH))
                yield Piece(source.path, content, source.executable, follows)
                left, follows = left - len(content) if content else 0, True
    except OSError as error:
        raise UsageError(f"{source.place!r} cannot be read: {error.strerror}. Try again.") from None


def texts(files: Mapping[str, str]) -> Texts:
    """A bundle of a mapping of file names to texts. Raises ``UsageError`` for a name that leads out of it."""
    for name in files:
        if not usable(name):
            raise UsageError(f"{name!r} is no name for a file of a package. Use a relative path such as 'app.py'.")
    return Texts(tuple(files.items()))


def single(path: Path) -> Files:
    """A bundle of one file."""
    check_readable(path)
    state = path.stat()
    return Files((Source(path.name, str(path.absolute()), state.st_size, bool(state.st_mode & stat.S_IXUSR)),))


def folder(path: Path) -> Files:
    """A bundle of everything in a folder. Raises ``UsageError`` for what cannot be taken."""
    return Files(tuple(_walk(path)))


def usable(name: str) -> bool:
    """Whether a path names a file below its root, and Linux can hold it."""
    if not name or name.startswith("/") or "\0" in name or (".." in name and ".." in re.split(r"[/\\]", name)):
        return False
    if len(name) > _LONGEST_NAME // 4 and not _short(name):
        return False
    return posixpath.normpath(name) != "."


def _short(name: str) -> bool:
    """Whether Linux can hold a path of these bytes."""
    encoded = name.encode("utf-8", "surrogatepass")
    return len(encoded) <= _LONGEST_PATH and all(len(part) <= _LONGEST_NAME for part in encoded.split(b"/"))


def check_readable(path: Path) -> None:
    """Raise ``UsageError`` where a file cannot be read."""
    if not os.access(path, os.R_OK):
        raise UsageError(f"{str(path)!r} cannot be read. Change its permissions, or give another one.")


def _walk(folder: Path) -> Iterator[Source]:
    root = folder.resolve()
    for place, folders, names in os.walk(root, onerror=_unreadable):
        folders.sort()
        for name in sorted(names) + [name for name in folders if os.path.islink(os.path.join(place, name))]:
            path = Path(place, name)
            inside = os.path.relpath(path, root)
            yield _link(path, inside, root) if path.is_symlink() else _file(path, inside)


def _unreadable(error: OSError) -> None:
    raise UsageError(f"{error.filename!r} cannot be read. Change its permissions, or give another folder.")


def _file(path: Path, inside: str) -> Source:
    state = path.stat()
    if not stat.S_ISREG(state.st_mode):
        raise UsageError(f"{str(path)!r} is no ordinary file, and a package holds ordinary files. Remove it.")
    check_readable(path)
    return Source(inside, str(path), state.st_size, bool(state.st_mode & stat.S_IXUSR))


def _link(path: Path, inside: str, root: Path) -> Source:
    """A link may only lead to something inside the package."""
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError):
        target = Path("/")
    if not target.is_relative_to(root) or not (target.is_file() or target.is_dir()):
        reason = "is a link that does not lead to a file of the package"
        raise UsageError(f"{str(path)!r} {reason}. Copy the file instead.")
    leads = os.path.relpath(target, path.parent)
    return Source(inside, leads, len(os.fsencode(leads)), executable=False, link=True)
