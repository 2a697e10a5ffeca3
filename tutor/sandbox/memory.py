"""The memory limit: how much the process tree holds, its peak, its curve, and whether it is over.

What it holds is anonymous and shared memory (``/tmp`` left out), and the pages of files that it has mapped, shared ones
once. Where a control group counts, what the runtime began with (the zygote's pages, not charged to it) is added.
"""

import os
import time
from typing import Protocol

from tutor.sandbox.cgroup import MemoryGroup
from tutor.sandbox.watchdog import ProcessTree

MB = 1 << 20
_FASTEST_MB_PER_MS = 4  # what a process can touch on today's machines, rounded up
_CURVE_POINTS = 400
_SHORT_MS = 1.0
_OFTEN_S = 0.005


class Meter(Protocol):
    """Where the numbers come from: a control group, or the process tree itself."""

    @property
    def mechanism(self) -> str:
        """Its name in ``Enforcement``."""
        ...

    def held(self, limit: int) -> int:
        """Bytes that the tree holds; may be rough far below the ``limit``."""
        ...


class GroupMeter:
    """The kernel's count, the pages that the runtime began with, and the pages of files."""

    def __init__(self, group: MemoryGroup, tree: ProcessTree, begun_with: int, tmp: int) -> None:
        self._group = group
        self._tree = tree
        self._begun_with = begun_with
        self._tmp = tmp

    @property
    def mechanism(self) -> str:
        """``cgroup-v1`` or ``cgroup-v2``."""
        return self._group.mechanism

    def held(self, limit: int) -> int:  # noqa: ARG002 # the kernel is exact whatever the limit
        """Bytes that the tree holds."""
        anonymous, shared = self._group.held()
        return anonymous + max(0, shared - tmp_used(self._tmp)) + self._begun_with + self._tree.files()


class TreeMeter:
    """The process tree itself, looked at from outside."""

    mechanism = "watchdog"

    def __init__(self, tree: ProcessTree, tmp: int) -> None:
        self._tree = tree
        self._tmp = tmp

    def held(self, limit: int) -> int:
        """Bytes that the tree holds; shared pages are counted once only when that could matter."""
        anonymous, shared, files = self._tree.held(limit)
        return anonymous + max(0, shared - tmp_used(self._tmp)) + files


def tmp_used(tmp: int) -> int:
    """Bytes that lie in ``/tmp`` (given as a descriptor): a disk's, not memory's."""
    state = os.fstatvfs(tmp)
    return (state.f_blocks - state.f_bfree) * state.f_frsize


class MemoryWatch:
    """Samples the phases of one environment against its limit in bytes."""

    def __init__(self, meter: Meter, limit: int) -> None:
        self._meter = meter
        self._limit = limit
        self._room = limit
        self._sampled = 0.0
        self.peak = 0
        self.curve: list[tuple[float, float]] = []

    def begin(self) -> None:
        """A new phase: its own peak and curve."""
        self.peak = 0
        self.curve = []

    def finish(self, at_ms: float) -> None:
        """The end of a phase; one that was too short to change much is measured now and then only."""
        if at_ms >= _SHORT_MS or time.monotonic() - self._sampled > _OFTEN_S:
            self.sample(at_ms)

    def sample(self, at_ms: float) -> bool:
        """Measure now; True when the tree holds more than it may."""
        held = self._meter.held(self._limit)
        self._sampled = time.monotonic()
        self.peak = max(self.peak, held)
        self.curve.append((round(at_ms, 1), round(held / MB, 1)))
        if len(self.curve) > _CURVE_POINTS:
            del self.curve[1:-1:2]
        self._room = self._limit - held
        return held > self._limit

    def next_in_ms(self) -> float:
        """When to measure again: before the tree could have outgrown its limit by much."""
        return min(20.0, max(1.0, self._room / MB / _FASTEST_MB_PER_MS))
