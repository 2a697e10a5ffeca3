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
from typing import NamedTuple

from tutor.errors import ServiceError
from tutor.sandbox.bundle import STRETCH, Piece, check_readable, usable

_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # what every unzip knows
_LONGEST_DIRECTORY = 16 << 20  # bytes of a zip's table of contents: some 200,000 files
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
                members = [_member(entry) for entry in archive.infolist()]
                for member in members:
                    if not member.folder and not member.link:
                        yield from _stretches(archive, member)
                for member in members:
                    if member.link:
                        yield Piece(member.name, archive.read(member.entry), link=True)
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
            members = [_member(entry) for entry in opened.infolist()]
            size = sum(member.entry.file_size for member in members)
            if not all(_harmless(member) for member in members) or not _can_lie_together(members):
                raise _refused()
            if size <= largest:
                _read_through(opened, members)
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


def _member(entry: zipfile.ZipInfo) -> "_Member":
    """What an entry says of itself. Permissions and kinds count where the zip was made on Unix."""
    name = entry.orig_filename
    if not entry.flag_bits & _UTF8 and not name.isascii():
        try:
            name = name.encode("cp437").decode()  # UTF-8 that does not say so, as unzip on Linux takes it
        except UnicodeError:
            pass
    mode = entry.external_attr >> 16 if entry.create_system == _UNIX else 0
    folder = name.endswith("/")
    return _Member(entry, name, mode, folder, not folder and stat.S_ISLNK(mode))


class _Member(NamedTuple):
    entry: zipfile.ZipInfo
    name: str
    mode: int
    folder: bool
    link: bool


def _harmless(member: _Member) -> bool:
    """No way out of the folder, no devices, nothing encrypted, no compression that not every unzip knows.

    A name that ends in a slash is a folder, whatever else is said of it; packers of jars say odd things.
    """
    plain = member.folder or stat.S_IFMT(member.mode) in (0, stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK)
    readable = not member.entry.flag_bits & _ENCRYPTED and member.entry.compress_type in _METHODS
    return plain and readable and (usable(member.name) or member.name == "./")


def _can_lie_together(members: list[_Member]) -> bool:
    """Whether no path is both a file and a folder of others; a path that comes twice is written twice."""
    files = {posixpath.normpath(member.name) for member in members if not member.folder}
    folders: set[str] = set()
    for member in members:
        path = posixpath.normpath(member.name)
        above = path if member.folder else posixpath.dirname(path)
        while above and above not in folders:
            folders.add(above)
            above = posixpath.dirname(above)
    return not files & folders


def _read_through(opened: zipfile.ZipFile, members: list[_Member]) -> None:
    """Unzip everything once, for nothing but the errors that it finds."""
    for member in members:
        if member.link:
            if member.entry.file_size > _LONGEST_LINK or not _stays_inside(member.name, opened.read(member.entry)):
                raise _refused()
        elif not member.folder:
            for _ in _stretches(opened, member):
                pass


def _stays_inside(name: str, target: bytes) -> bool:
    """Whether a link leads to a place inside the package."""
    leads = os.fsdecode(target)
    end = posixpath.normpath(posixpath.join(posixpath.dirname(name), leads))
    return bool(leads) and not leads.startswith("/") and "\0" not in leads and end.split("/")[0] != ".."


def _stretches(opened: zipfile.ZipFile, member: _Member) -> Iterator[Piece]:
    """The file's content. A file that ends before its declared size is no file."""
    executable, follows, left = bool(member.mode & stat.S_IXUSR), False, member.entry.file_size
    with opened.open(member.entry) as file:
        while left or not follows:
            content = file.read(min(left, STRETCH))
            if left and not content:
                raise zipfile.BadZipFile("ends too early")
            yield Piece(member.name, content, executable, follows)
            left, follows = left - len(content), True
