"""A zip on its way into an environment: read through once before anything of it is used.

What it says about itself is not believed: a file is read no further than its declared size, and one that does not
agree with its checksum is refused. AWS's text is recorded from the service; which zips it refuses for what is told
by no source, so all of these get that text.
"""

import os
import posixpath
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tutor.errors import ServiceError
from tutor.sandbox.bundle import STRETCH, Piece, check_readable, usable

_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # what every unzip knows
_LONGEST_DIRECTORY = 32 << 20  # bytes of a zip's table of contents: some 300,000 files
_LONGEST_LINK = 4096
_UTF8, _ENCRYPTED = 0x800, 0x1
_UNIX = 3
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError)


@dataclass(frozen=True)
class Archive:
    """A zip that was checked; ``size`` is the sum of its files' unzipped sizes in bytes."""

    path: str
    size: int

    def pieces(self) -> Iterator[Piece]:
        """Every file, unzipped now; links come last."""
        try:
            with zipfile.ZipFile(self.path) as archive:
                entries = [entry for entry in archive.infolist() if not _is_folder(entry)]
                for entry in entries:
                    if not _is_link(entry):
                        yield from _stretches(archive, entry)
                for entry in entries:
                    if _is_link(entry):
                        yield Piece(_name(entry), archive.read(entry), link=True)
        except _BROKEN:
            raise _refused() from None


def archive(path: Path, largest: int) -> Archive:
    """Check a zip. One of more than ``largest`` bytes unzipped is measured and not read: its size tells.

    Raises ``ServiceError`` with AWS's text for a zip that cannot be unzipped, or not without harm.
    """
    check_readable(path)
    try:
        if _directory_size(path) > _LONGEST_DIRECTORY:
            raise _refused()
        with zipfile.ZipFile(path) as opened:
            entries = opened.infolist()
            size = sum(entry.file_size for entry in entries)
            if not all(_harmless(entry) for entry in entries) or not _can_lie_together(entries):
                raise _refused()
            if size <= largest:
                _read_through(opened, entries)
    except _BROKEN as error:
        if isinstance(error, ServiceError):
            raise
        raise _refused() from None
    return Archive(str(path.absolute()), size)


def _refused() -> ServiceError:
    """AWS's refusal of a zip that it cannot use."""
    text = "Could not unzip uploaded file. Please check your file, then try to upload again."
    return ServiceError("InvalidParameterValueException", text)


def _directory_size(path: Path) -> int:
    """Bytes of the table of contents, from the record at the zip's end; 0 where there is no such record."""
    with path.open("rb") as file:
        end = file.seek(0, os.SEEK_END)
        file.seek(max(0, end - (1 << 16) - 22))
        tail = file.read()
    found = tail.rfind(b"PK\5\6")
    return int.from_bytes(tail[found + 12 : found + 16], "little") if found >= 0 else 0


def _name(entry: zipfile.ZipInfo) -> str:
    """The path inside. Programs that write UTF-8 without saying so are understood, as unzip on Linux does."""
    if not entry.flag_bits & _UTF8:
        try:
            return entry.orig_filename.encode("cp437").decode()
        except UnicodeError:
            pass
    return entry.orig_filename


def _is_folder(entry: zipfile.ZipInfo) -> bool:
    return _name(entry).endswith("/")


def _is_link(entry: zipfile.ZipInfo) -> bool:
    return entry.create_system == _UNIX and stat.S_ISLNK(entry.external_attr >> 16)


def _harmless(entry: zipfile.ZipInfo) -> bool:
    """No way out of the folder, no devices, nothing encrypted, no compression that not every unzip knows."""
    kind = stat.S_IFMT(entry.external_attr >> 16) if entry.create_system == _UNIX else 0
    plain = kind in (0, stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK)
    readable = not entry.flag_bits & _ENCRYPTED and entry.compress_type in _METHODS
    name = _name(entry)
    return plain and readable and (usable(name) or name == "./")


def _can_lie_together(entries: list[zipfile.ZipInfo]) -> bool:
    """Whether no path is both a file and a folder of others; a path that comes twice is written twice."""
    files = {posixpath.normpath(_name(entry)) for entry in entries if not _is_folder(entry)}
    folders: set[str] = set()
    for entry in entries:
        path = posixpath.normpath(_name(entry))
        above = path if _is_folder(entry) else posixpath.dirname(path)
        while above and above not in folders:
            folders.add(above)
            above = posixpath.dirname(above)
    return not files & folders


def _read_through(opened: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    """Unzip everything once, for nothing but the errors that it finds."""
    for entry in entries:
        if _is_link(entry):
            if entry.file_size > _LONGEST_LINK or not _stays_inside(entry, opened.read(entry)):
                raise _refused()
        elif not _is_folder(entry):
            for _ in _stretches(opened, entry):
                pass


def _stays_inside(entry: zipfile.ZipInfo, target: bytes) -> bool:
    """Whether a link leads to a place inside the package."""
    leads = os.fsdecode(target)
    end = posixpath.normpath(posixpath.join(posixpath.dirname(_name(entry)), leads))
    return bool(leads) and not leads.startswith("/") and "\0" not in leads and end.split("/")[0] != ".."


def _stretches(opened: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[Piece]:
    name, follows = _name(entry), False
    executable = entry.create_system == _UNIX and bool(entry.external_attr >> 16 & stat.S_IXUSR)
    with opened.open(entry) as file:
        while (content := file.read(STRETCH)) or not follows:
            yield Piece(name, content, executable, follows)
            follows = True
