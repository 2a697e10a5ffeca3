"""The memory limit: how much the process tree holds, its peak, its curve, and whether it is over."""

import os
from typing import Protocol

MB = 1 << 20
_FASTEST_MB_PER_MS = 4  # what a process can touch on today's machines, rounded up
_CURVE_POINTS = 400


class Meter(Protocol):
    """Where the numbers come from: a control group, or the process tree itself."""

    @property
    def mechanism(self) -> str:
        """Its name in ``Enforcement``."""
        ...

    def held(self, limit: int) -> tuple[int, int]:
        """Bytes of (anonymous, shared) memory."""
        ...


def tmp_used() -> int:
    """Bytes that lie in ``/tmp``: a disk's, not memory's."""
    state = os.statvfs("/tmp")
    return (state.f_blocks - state.f_bfree) * state.f_frsize


class MemoryWatch:
    """Samples one phase of one environment against its limit in bytes."""

    def __init__(self, meter: Meter, limit: int) -> None:
        self._meter = meter
        self._limit = limit
        self._room = limit
        self.peak = 0
        self.curve: list[tuple[float, float]] = []

    def sample(self, at_ms: float) -> bool:
        """Measure now; True when the tree holds more than it may."""
        anonymous, shared = self._meter.held(self._limit)
        held = anonymous + max(0, shared - tmp_used())
        self.peak = max(self.peak, held)
        self.curve.append((round(at_ms, 1), round(held / MB, 1)))
        if len(self.curve) > _CURVE_POINTS:
            del self.curve[1:-1:2]
        self._room = self._limit - held
        return held > self._limit

    def next_in_ms(self) -> float:
        """When to measure again: before the tree could have outgrown its limit by much."""
        return min(20.0, max(1.0, self._room / MB / _FASTEST_MB_PER_MS))
