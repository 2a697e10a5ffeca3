"""The memory limit: how much the process tree holds, its peak, its curve, and whether it is over.

What it holds, by definition: the anonymous and shared memory and the pages of mapped files of everything that came from
the runtime, each page once, also where processes share it with each other or with the zygote. What lies in ``/tmp`` is
a disk's, mapped or not; page cache and kernel memory are the host's, but for what is hoarded there. The first process
is the sandbox's own.

Between two looks nothing is lost that one process held alone: the kernel remembers each one's highest.
"""

import os
import threading
import time
from typing import Protocol

from tutor.sandbox import watchdog
from tutor.sandbox.cgroup import MemoryGroup
from tutor.sandbox.watchdog import Look, ProcessTree

MB = 1 << 20
_FASTEST_MB_PER_MS = 4  # what a process can touch on today's machines, rounded up
_CURVE_POINTS = 400
_STEADY = 1 << 17
_SHORT_MS = 0.3
_LONGEST_WITHIN_MS, _LONGEST_BETWEEN_MS = 20.0, 50.0  # from one look to the next: in a phase, and in many short ones
_UNSEEN_MS = 12.0  # how long nobody may look at an environment that was brief so far
_LONGEST_WAIT_S = 0.02
_FLOOD = 64
_KERNELS_OWN, _BYTES_PER_PROCESS, _BYTES_PER_NAME = 64 * MB, MB // 2, 2048


class Meter(Protocol):
    """Where the numbers come from: a control group, or the process tree itself."""

    @property
    def mechanism(self) -> str:
        """Its name in ``Enforcement``."""
        ...

    def held(self, limit: int) -> int:
        """Bytes that the tree holds, or held since it was asked last; may be rough far below the ``limit``."""
        ...

    def spent(self) -> float | None:
        """CPU seconds that it has used so far; None where several processes may have used some."""
        ...


class TreeMeter:
    """The process tree itself, looked at from outside. ``tmp`` is a descriptor of its ``/tmp``."""

    mechanism = "watchdog"

    def __init__(self, tree: ProcessTree, tmp: int) -> None:
        self._tree = tree
        self._tmp = tmp
        self._highest = 0
        self._looking: threading.Thread | None = None
        self._noted = 0

    def held(self, limit: int) -> int:  # noqa: ARG002 # as exact far below the limit
        """Bytes that the tree holds, or has held since it was looked at last where that was more."""
        if self._tree.count() > _FLOOD:
            return self._patiently()
        look = self._tree.look()
        return self._at_least(look, look.anonymous + look.shared + look.files)

    def spent(self) -> float | None:
        """CPU seconds that it has used so far; None where several processes may have used some."""
        return self._tree.spent()

    def _patiently(self) -> int:
        """A look in a thread of its own: what floods the host may hold its own files of /proc up for seconds."""
        if self._looking is None or not self._looking.is_alive():
            self._looking = threading.Thread(target=self._note, daemon=True)
            self._looking.start()
        self._looking.join(_LONGEST_WAIT_S)
        return self._noted

    def _note(self) -> None:
        look = self._tree.look()
        self._noted = look.anonymous + look.shared + look.files

    def _at_least(self, look: Look, held: int) -> int:
        """What one process had at its highest, where that is news; pages of ``/tmp`` may have been among it."""
        if look.highest == self._highest:
            return held
        self._highest = look.highest
        return max(held, look.highest - tmp_used(self._tmp))


class GroupMeter(TreeMeter):
    """The kernel's count of the group where there are several processes, corrected by what one alone showed.

    The group counts the first process too, and does not count what the runtime has in common with the zygote, which
    becomes less with every such page that is written to.
    """

    def __init__(self, group: MemoryGroup, tree: ProcessTree, begun_with: int, tmp: int) -> None:
        super().__init__(tree, tmp)
        self._group = group
        self._begun_with = begun_with
        self._correction = begun_with // 2
        self.mechanism = group.mechanism

    def held(self, limit: int) -> int:  # noqa: ARG002 # as exact far below the limit
        """Bytes that the tree holds, or has held since it was looked at last where that was more."""
        look = self._tree.look(counted_elsewhere=True)
        counted, shared = self._group.held()
        if look.alone and abs(watchdog.anonymous(look.alone) - look.anonymous) < _STEADY:
            self._correction = min(look.anonymous - counted, self._begun_with)  # more it has before it is a program
        shared = max(0, shared - tmp_used(self._tmp))
        anonymous = look.anonymous if look.alone else max(0, counted + self._correction)
        return self._at_least(look, anonymous + shared + look.files + self._hoarded())

    def _hoarded(self) -> int:
        """What the kernel holds for the function beyond what any honest one makes it hold, names in /tmp left out."""
        state = os.fstatvfs(self._tmp)
        names = (state.f_files - state.f_ffree) * _BYTES_PER_NAME
        hoarded = self._group.kernels() - names - _KERNELS_OWN
        return max(0, hoarded - self._tree.count() * _BYTES_PER_PROCESS) if hoarded > 0 else 0


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
        self._due = 0.0
        self._spent: float | None = None
        self._took_ms = self._slowest_ms = 0.0
        self.peak = 0
        self.curve: list[tuple[float, float]] = []
        self._ample = False

    def begin(self) -> None:
        """A new phase: its own peak and curve."""
        self.peak = 0
        self.curve = []
        self._spent = self._meter.spent()

    def finish(self, at_ms: float) -> bool:
        """The end of a phase, as ``sample``; of many too short to take a megabyte some are measured, now and then."""
        if time.monotonic() >= self._due or (at_ms >= _SHORT_MS and self._worked()):
            return self.sample(at_ms)
        return False

    def _worked(self) -> bool:
        """Whether there was time in this phase to take a megabyte, and not only to wait for a processor."""
        now = self._meter.spent()
        return now is None or self._spent is None or (now - self._spent) * 1000 >= _SHORT_MS

    def sample(self, at_ms: float) -> bool:
        """Measure now; True when the tree holds more than it may."""
        began = time.monotonic()
        held = self._meter.held(self._limit)
        now = time.monotonic()
        self._took_ms = (now - began) * 1000
        self._slowest_ms = max(self._took_ms, 0.9 * self._slowest_ms)
        self.peak = max(self.peak, held)
        self.curve.append((round(at_ms, 1), round(held / MB, 1)))
        if len(self.curve) > _CURVE_POINTS:
            del self.curve[1:-1:2]
        self._room = self._limit - held
        spacing = self._spacing_ms(_LONGEST_BETWEEN_MS)
        self._ample = spacing > 2 * _UNSEEN_MS
        self._due = now + (spacing - _UNSEEN_MS if self._ample else spacing) / 1000
        return held > self._limit

    @property
    def at_ease(self) -> bool:
        """Whether nobody has to look for a few ms: the limit is far away."""
        return self._ample

    @property
    def takes_ms(self) -> float:
        """How long it may take to measure: twice what it took lately, at its slowest."""
        return 2 * self._slowest_ms

    def next_in_ms(self) -> float:
        """When to measure again: before the tree could have outgrown its limit by much, but not all the time."""
        return self._spacing_ms(_LONGEST_WITHIN_MS)

    def _spacing_ms(self, longest: float) -> float:
        return min(longest, max(1.0, 2 * self._took_ms, self._room / MB / _FASTEST_MB_PER_MS))
