"""A zip of another's, read with bounds: neither what it claims nor what it unpacks to may be too much."""

import io
import zipfile
import zlib
from posixpath import normpath

from tutor.content.exchange.draft import NotReadable

MOST_BYTES = 256_000_000
"""Of all that is unpacked from one file."""
MOST_FILES = 50_000


class Archive:
    """The files of a zip, by name, unpacked one at a time and never on a disk."""

    def __init__(self, content: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, ValueError, OSError) as error:
            raise NotReadable(f"it is a damaged zip ({error}): fetch or export it again") from error
        entries = self._zip.infolist()
        if len(entries) > MOST_FILES:
            raise NotReadable(f"it holds {len(entries):,} files, and at most {MOST_FILES:,} are read")
        self._entries = {normpath(entry.filename): entry for entry in entries}
        self._left = MOST_BYTES

    @property
    def names(self) -> tuple[str, ...]:
        """The names, in the zip's order."""
        return tuple(self._entries)

    def read(self, name: str) -> bytes:
        """The file's content. Raises ``NotReadable`` where it is not there, damaged, locked or too large."""
        entry = self._entries.get(normpath(name))
        if entry is None:
            raise NotReadable(f"it names the file {name}, which is not in it")
        try:
            with self._zip.open(entry) as file:
                content = file.read(self._left + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError) as error:
            raise NotReadable(f"{name} in it cannot be unpacked ({error})") from error
        if len(content) > self._left:
            raise NotReadable(f"it unpacks to more than {MOST_BYTES // 1_000_000} MB, which no bank of questions does")
        self._left -= len(content)
        return content
