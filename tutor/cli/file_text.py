"""A file that a person named on the command line, read and written with clear refusals."""

import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from tutor.errors import UsageError

MOST_BYTES = 200_000_000


def read_text(path: Path) -> str:
    """The file's text. Raises ``UsageError`` where it is none, or too large to be what was meant."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UsageError(f"{path} is larger than {MOST_BYTES // 1_000_000} MB.")
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}.") from error
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
