"""What a person reads when a command cannot go on, and the exit code that belongs to it."""

import errno
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path

from tutor import locations
from tutor.errors import StoreError, TutorError
from tutor.usecases.visible_text import visible

_NOT_WRITABLE = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT}


def explain(error: Exception) -> int:
    """Print one sentence about ``error`` on stderr; return its exit code. A defect's traceback goes to a log file."""
    if isinstance(error, OSError) and error.errno in _NOT_WRITABLE:
        error = _unusable(error)
    if isinstance(error, TutorError) and error.exit_code != TutorError.exit_code:
        print(visible(f"tutor: {error}"), file=sys.stderr)
        return error.exit_code
    kept = _keep(error)
    where = f"The whole story is in {kept}; please report it." if kept else "Please report it."
    told = f"tutor: this is a fault of the tutor, not yours ({type(error).__name__}: {error}). {where}"
    print(visible(told), file=sys.stderr)
    return TutorError.exit_code


def _unusable(error: OSError) -> StoreError:
    reason = error.strerror or type(error).__name__
    return StoreError(
        f"cannot use {error.filename or 'a file'}: {reason}. "
        "Make it readable and writable, or set TUTOR_HOME to a folder that is yours."
    )


def _keep(error: Exception) -> Path | None:
    """Append the traceback to the log file; None where not even that can be written."""
    path = locations.logs() / "tutor.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as log:
            log.write(f"{datetime.now(UTC).isoformat()}\n{''.join(traceback.format_exception(error))}\n")
    except OSError:
        return None
    return path
