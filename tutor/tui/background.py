"""Work beside the screen: daemon threads whose outcome comes back to a page as a message.

This is the worker boundary. What a person can mend arrives as its sentence; anything else is a fault of
this program, which is written to the log and told as such. A thread never touches a widget.
"""

import errno
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tutor import locations
from tutor.errors import StoreError, TutorError

_NOT_WRITABLE = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT}


@dataclass(frozen=True)
class Failure:
    """What went wrong, as a sentence; ``error`` is there where it was foreseen."""

    sentence: str
    error: TutorError | None = None


Deliver = Callable[[Any], None]


class Background:
    """Threads that outlive the page that asked for them, and never hold up leaving."""

    def __init__(self) -> None:
        self._threads: list[threading.Thread] = []

    def start(self, job: Callable[[], Any], deliver: Deliver) -> None:
        """Run ``job`` in a thread; ``deliver`` is called *in that thread* with its result or a ``Failure``."""
        thread = threading.Thread(target=_guarded, args=(job, deliver), daemon=True)
        self._threads = [*(other for other in self._threads if other.is_alive()), thread]
        thread.start()

    @property
    def busy(self) -> bool:
        """Whether any thread still works."""
        return any(thread.is_alive() for thread in self._threads)

    def settle(self, seconds: float) -> None:
        """Wait for what is under way, at most ``seconds`` in all, so that a last write is not cut off."""
        until = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))


def _guarded(job: Callable[[], Any], deliver: Deliver) -> None:
    try:
        outcome = job()
    except TutorError as error:
        outcome = Failure(str(error), error)
    except OSError as error:
        outcome = _not_writable(error) if error.errno in _NOT_WRITABLE else Failure(_told(error))
    except Exception as fault:
        outcome = Failure(_told(fault))
    deliver(outcome)


def _not_writable(error: OSError) -> Failure:
    refused = StoreError(
        f"{error.filename or 'A file'} cannot be used: {error.strerror}. "
        "Make it readable and writable, or set TUTOR_HOME to a folder that is yours."
    )
    return Failure(str(refused), refused)


def _told(fault: Exception) -> str:
    what = f"A fault of this program, not yours: {type(fault).__name__}: {fault}."
    path = locations.logs() / "tutor.log"
    try:
        _write(path, fault)
    except OSError:
        return f"{what} Its log could not be written to {path}."
    return f"{what} The whole story is in {path}; please report it."


def _write(path: Path, fault: Exception) -> None:
    import traceback
    from datetime import UTC, datetime

    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as log:
        log.write(f"{datetime.now(UTC).isoformat(timespec='seconds')} fault in a worker\n")
        log.writelines(traceback.format_exception(fault))
