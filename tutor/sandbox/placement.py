"""Which processors a runtime may use: all of them, or all but the one that its callers need.

With several callers the tutor needs one processor all the time. The kernel likes to wake a runtime beside who called
it, and there the two keep each other waiting. A runtime that answers at once, and never needs more than one processor,
stays away from there while callers wait for others too; once an event takes longer, it may run anywhere again. What
has chosen its own processors keeps them.
"""

import os
from typing import Protocol

_ALL = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()
_OTHERS = _ALL - {min(_ALL, default=0)}


class Processes(Protocol):
    """The processes of an environment, by their ids on the host."""

    def runtime(self) -> int:
        """The runtime; 0 where it has ended."""
        ...

    def processes(self) -> list[int]:
        """All of them."""
        ...


class Placement:
    """The place of one environment's processes; none of them has one of its own when it starts."""

    def __init__(self, processes: Processes) -> None:
        self._processes = processes
        self._aside = False

    def begin(self) -> None:
        """A runtime has been started: it may run anywhere."""
        self._aside = False

    def step_aside(self) -> None:
        """Leave the tutor a processor for itself, where there are others; for a runtime of one process and thread."""
        if not self._aside and _OTHERS:
            _move(self._processes.runtime(), _ALL, _OTHERS)
            self._aside = True

    def spread(self) -> None:
        """All that is there runs anywhere, what was begun meanwhile too."""
        if self._aside:
            self._aside = False
            for process in self._processes.processes():
                for thread in _threads(process):
                    _move(thread, _OTHERS, _ALL)


def _threads(process: int) -> list[int]:
    try:
        return [int(name) for name in os.listdir(f"/proc/{process}/task")]
    except OSError:
        return []  # it has ended


def _move(thread: int, before: set[int], processors: set[int]) -> None:
    if not thread:
        return  # it has ended; to the kernel 0 is whoever asks
    try:
        if os.sched_getaffinity(thread) == before:
            os.sched_setaffinity(thread, processors)
    except OSError:
        pass  # it has ended, or this host does not allow it: it stays where it is
