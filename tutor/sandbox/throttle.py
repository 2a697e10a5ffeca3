"""The CPU share where no control group holds it: everything is stopped while it is ahead of its share.

Runs in the first process of the environment, outside of what it stops. The time used is the kernel's own: of every
process with all the threads that it ever had, of the children that it has waited for, and of the orphans that ended.
What is used between two looks is paid for after the second, so that the share is exact in the long run.
"""

import os
import resource
import signal
import time
from collections.abc import Callable, Iterable

_SHORTEST_S, _LONGEST_S = 0.002, 0.005
_IDLE_S, _PATIENCE = 0.025, 40  # between looks while nothing is used, and so many of them
_PERIOD_S = 0.020  # as the control groups have it; and how long several threads may run beyond a whole processor
_AGAIN = 2  # a child that is being forked while SIGSTOP and SIGCONT arrive is born stopped: Linux hands only one on
_LONGEST_STAT = 4096
_TICK_S = 1 / os.sysconf("SC_CLK_TCK")


def _all_but_the_first() -> Iterable[str]:
    """Every process of this pid namespace but its first."""
    return (process for process in os.listdir("/proc") if process.isdigit() and process != "1")


def _signal_all(number: int) -> None:
    """To every process of this pid namespace but its first."""
    try:
        os.kill(-1, number)
    except ProcessLookupError:
        pass


class Throttle:
    """Keeps the CPU time of all processes but the first one near ``share`` of the time that passes.

    While none was used for a second it looks every ``idle_s`` seconds only, until ``wake`` tells it of work.
    """

    def __init__(
        self,
        share: float,
        processes: Callable[[], Iterable[str]] = _all_but_the_first,
        signal_all: Callable[[int], None] = _signal_all,
        idle_s: float = _IDLE_S,
    ) -> None:
        self._share = share
        self._processes = processes
        self._signal_all = signal_all
        self._idle_s = idle_s
        self._used = 0.0
        self._credit = share * _PERIOD_S
        self._run = _PERIOD_S if share >= 1 else min(_LONGEST_S, max(_SHORTEST_S, self._credit))
        self._wait = self._run
        self._budget = self._credit
        self._last: float | None = None
        self._patience = _PATIENCE
        self._stopped = False
        self._again = 0  # how often SIGCONT is still to be sent

    @property
    def stopped(self) -> bool:
        """Whether everything is stopped just now."""
        return self._stopped

    def step(self, now: float) -> float:
        """Look, stop or let run; the seconds until the next look."""
        used = self._measure()
        if self._last is not None:  # what was used before the share began counts for nothing
            self._budget = min(self._credit, self._budget + (now - self._last) * self._share - used)
        self._last = now
        if self._budget < 0:
            self._signal(signal.SIGSTOP, stopped=True)
            return max(_SHORTEST_S, -self._budget / self._share)
        if self._again and not self._stopped:
            self._again -= 1
            self._signal_all(signal.SIGCONT)
        self._signal(signal.SIGCONT, stopped=False)
        if used > 0:
            self._wait, self._patience = self._run, _PATIENCE
        else:
            self._patience -= 1
            self._wait = min(_IDLE_S if self._patience > 0 else self._idle_s, 2 * self._wait)
        return self._wait

    def wake(self) -> None:
        """All runs, and has work: look soon."""
        self._stopped = False
        self._wait, self._patience = self._run / 2, _PATIENCE

    def release(self) -> None:
        """Let everything run: another share begins, or what was frozen goes on."""
        self._signal(signal.SIGCONT, stopped=False)

    def _signal(self, number: int, *, stopped: bool) -> None:
        if stopped != self._stopped:
            self._stopped = stopped
            self._again = 0 if stopped else _AGAIN
            self._signal_all(number)

    def _measure(self) -> float:
        """CPU seconds used since the last look; one that ended unseen is found with whoever waited for it."""
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)
        total = ended.ru_utime + ended.ru_stime + sum(_spent(process) for process in self._processes())
        before, self._used = self._used, max(self._used, total)
        return self._used - before


def _spent(process: str) -> float:
    """CPU seconds of one process and of the children that it has waited for."""
    try:
        own = time.clock_gettime(~int(process) << 3 | 2)  # the clock of another process: clock_getcpuclockid(3)
        with open(f"/proc/{process}/stat", "rb", buffering=0) as stat:
            after_name = stat.read(_LONGEST_STAT).rpartition(b")")[2].split()
    except (OSError, ValueError):
        return 0.0
    return own + (int(after_name[13]) + int(after_name[14])) * _TICK_S
