"""What changes in a folder, as it changes: told by the operating system, or found by looking again and again."""

from collections.abc import Iterator
from pathlib import Path

SETTLED_MS = 200
"""Milliseconds of quiet after which the files are taken as saved."""


def changes(folder: Path) -> Iterator[frozenset[Path]]:
    """Sets of paths that changed below ``folder``, for ever. Ends by ``KeyboardInterrupt`` only."""
    from watchfiles import watch

    for polling in (None, True):  # the second where the system has no watches left, or none for this file system
        try:
            for found in watch(folder, debounce=SETTLED_MS * 2, step=SETTLED_MS, force_polling=polling):
                yield frozenset(Path(path) for _, path in found)
        except OSError:
            if polling:
                raise
