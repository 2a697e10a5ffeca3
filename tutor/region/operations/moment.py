"""Region time as the API writes it, and identifiers that change with every change."""

import uuid

from tutor.region.clock import Clock


def stamp(clock: Clock) -> str:
    """Now, as ``LastModified`` and ``CreatedDate`` have it: ``2026-11-20T10:00:00.000+0000``."""
    now = clock.datetime()
    return f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03}+0000"


def revision() -> str:
    """A new ``RevisionId``."""
    return str(uuid.uuid4())
