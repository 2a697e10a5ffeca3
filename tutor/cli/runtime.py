"""``--runtime``: a runtime identifier that AWS would take today."""

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.wiring import Tutor


def chosen_runtime(asked: str | None, tutor: "Tutor") -> str:
    """The identifier: the tutor's own Python where none is asked for. One that is deprecated is told on stderr.

    Raises ``ServiceError`` for one that AWS gives to no new function, ``UsageError`` for one that does not exist.
    """
    from tutor.usecases.staging import HOST_RUNTIME
    from tutor.wiring import now

    if asked is None:
        return HOST_RUNTIME
    today = now().date()
    runtime = tutor.runtimes.find(asked, today)
    if runtime.deprecated(today):
        blocked = f"; from {runtime.block_create} on, AWS refuses new functions with it" if runtime.block_create else ""
        print(f"tutor: {asked} is deprecated since {runtime.deprecation}{blocked}.", file=sys.stderr)
    return runtime.id
