"""A file that a person named on the command line, read and written with clear refusals."""

import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from tutor.errors import UsageError

MOST_BYTES = 200_000_000


def read_bytes(path: Path) -> bytes:
    """What is in the file. Raises ``UsageError`` where it cannot be read, or is too large to be what was meant."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UsageError(f"{path} is larger than {MOST_BYTES // 1_000_000} MB.")
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}.") from error


def read_text(path: Path) -> str:
    """The file's text. Raises ``UsageError`` as ``read_bytes`` does, and where it is no text."""
    try:
        return read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is no UTF-8 text (byte {error.start}).") from error


def write_bytes(path: Path, content: bytes) -> None:
    """Write under exactly this name, whole or not at all. Raises ``UsageError`` where that cannot be."""
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(content)  # a pipe, a terminal: nothing to replace
            return
        with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            file.write(content)
        mask = os.umask(0)
        os.umask(mask)
        Path(file.name).chmod(0o666 & ~mask)
        Path(file.name).replace(path)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}.") from error
