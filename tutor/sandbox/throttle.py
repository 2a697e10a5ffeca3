"""The CPU share where no control group holds it: everything is stopped while it is ahead of its share.

Runs in the first process of the environment, outside of what it stops. The time used is the kernel's own, in
nanoseconds.
"""

import os
import signal
from collections.abc import Callable, Iterable
from pathlib import Path

_RUN_S = 0.005
_CREDIT_S = 0.010


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
    """Keeps the CPU time of all processes but the first one near ``share`` of the time that passes."""

    def __init__(
        self,
        share: float,
        processes: Callable[[], Iterable[str]] = _all_but_the_first,
        signal_all: Callable[[int], None] = _signal_all,
    ) -> None:
        self._share = share
        self._processes = processes
        self._signal_all = signal_all
        self._seen: dict[str, int] = {}
        self._used = 0
        self._budget = _CREDIT_S
        self._last: float | None = None
        self._stopped = False

    def step(self, now: float) -> float:
        """Look, stop or let run; the seconds until the next look."""
        used = self._measure()
        if self._last is not None:  # what was used before the share began counts for nothing
            self._budget = min(_CREDIT_S, self._budget + (now - self._last) * self._share - used)
        self._last = now
        if self._budget < 0:
            self._signal(signal.SIGSTOP, stopped=True)
            return max(_RUN_S, -self._budget / self._share)
        self._signal(signal.SIGCONT, stopped=False)
        return _RUN_S

    def release(self) -> None:
        """Let everything run: another share begins, or what was frozen goes on."""
        self._signal(signal.SIGCONT, stopped=False)

    def _signal(self, number: int, *, stopped: bool) -> None:
        if stopped != self._stopped:
            self._stopped = stopped
            self._signal_all(number)

    def _measure(self) -> float:
        """CPU seconds since the last look, over all threads of all processes."""
        used = 0
        seen: dict[str, int] = {}
        for process in self._processes():
            for thread in _threads(process):
                spent = _spent(f"/proc/{process}/task/{thread}/schedstat")
                used += max(0, spent - self._seen.get(thread, 0))
                seen[thread] = spent
        self._seen = seen
        return used / 1e9


def _threads(process: str) -> list[str]:
    try:
        return os.listdir(f"/proc/{process}/task")
    except OSError:
        return []


def _spent(path: str) -> int:
    try:
        return int(Path(path).read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return 0
