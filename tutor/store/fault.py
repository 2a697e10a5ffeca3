"""What went wrong with a database, as one sentence with what to do."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from tutor.errors import StoreError

_ELSEWHERE = "set TUTOR_HOME or TUTOR_DATABASE_URL to another place"

_WRITABLE = f"make its folder writable, or {_ELSEWHERE}"

_KNOWN = (
    ("readonly", "cannot be written: make the file and its folder writable, or " + _ELSEWHERE),
    ("unable to open", "cannot be opened: see that its folder can be written, or " + _ELSEWHERE),
    ("locked", "is locked by another process: end that one, then try again"),
    ("full", "has no room left on its disk: free some, then try again"),
    ("not a database", "is no SQLite database: move the file away, or " + _ELSEWHERE),
    ("malformed", "is damaged: put a copy of it back, or move the file away to begin anew"),
    ("disk i/o", "cannot be read from its disk: look after the disk, or " + _ELSEWHERE),
)
"""What a driver says -> what that means for a person."""


@contextmanager
def told(name: str) -> Iterator[None]:
    """Turn the errors of SQLAlchemy, its drivers and the file system into ``StoreError``; ``name`` is the database."""
    try:
        yield
    except (SQLAlchemyError, ImportError, ValueError) as error:
        raise StoreError(_sentence(name, error)) from error
    except OSError as error:
        raise StoreError(f"{name} cannot be used ({error.strerror}: {error.filename}): {_WRITABLE}.") from error


def _sentence(name: str, error: Exception) -> str:
    said = str(error.orig if isinstance(error, DBAPIError) and error.orig else error)
    first = said.splitlines()[0] if said else type(error).__name__
    known = next((means for word, means in _KNOWN if word in said.casefold()), None)
    if known:
        return f"{name} {known} ({first})."
    return f"{name} cannot be used ({first}): mend it, or {_ELSEWHERE}."
