"""The region's one clock: everything in the region that waits, waits on it.

``real`` follows the machine's clock. ``fast`` stands still while nothing happens, counts the whole seconds of what
really runs (handler code always runs in real time), and jumps to the next appointment when nothing runs: six hours of
back-off take no time, and the same run gives the same order, since short runs take none of the region's time.
"""

import heapq
import itertools
import logging
import math
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Literal, TypeVar

from tutor.errors import UsageError

Mode = Literal["real", "fast"]
T = TypeVar("T")
_WORKERS = 32  # ours: how many jobs run at a time
_FREE = 86_400.0  # ours: seconds of region time, after the last thing that came from outside, that pass at any speed
_PACE = 0.25  # ours: seconds of real time from one jump to the next afterwards, while a flowing clock is left alone
_log = logging.getLogger(__name__)


@dataclass(order=True)
class Appointment:
    """A call that is due at a moment of region time. Equal moments go by ``order``, the smallest first.

    A ``perpetual`` one (the next firing of a schedule) is no reason for the fast clock to jump: it would never end.
    """

    due: float
    order: int
    call: Callable[[], None] = field(compare=False)
    perpetual: bool = field(default=False, compare=False)
    cancelled: bool = field(default=False, compare=False)

    def cancel(self) -> None:
        """Forget it; harmless when it has happened."""
        self.cancelled = True


class _While:
    """Does one thing when it is entered and another when it is left; any number of threads may be in it."""

    __slots__ = ("_begin", "_end")

    def __init__(self, begin: Callable[[], None], end: Callable[[], None]) -> None:
        self._begin = begin
        self._end = end

    def __enter__(self) -> None:
        self._begin()

    def __exit__(self, *_: object) -> None:
        self._end()


class Clock:
    """Region time in seconds since the epoch, appointments in it, and work that takes real time.

    Appointments and the ``done`` of work run on one thread, the clock's own, one after another: what they alone touch
    needs no lock. ``start`` is the first moment of the fast clock (default: now). ``flowing`` lets an idle fast clock
    go on with the machine's unless it is paused; otherwise it stands. Nobody waits for what a flowing clock does when
    it is left alone, so what never ends (a loop of messages) is paced, and leaves the machine in peace.
    """

    def __init__(self, mode: Mode = "real", *, start: float | None = None, flowing: bool = False) -> None:
        self.mode = mode
        self.begun = time.time() if start is None else start
        self._flowing = flowing
        self._base = self.begun
        self._ahead = self.begun - time.time()
        self._since = time.monotonic()
        self._held = 0
        self._awaited = 0
        self._stirred = self.begun
        self._jumped = -math.inf
        self._running = 0
        self._busy = False
        self._paused = False
        self._allowed = 0
        self._until = -math.inf
        self._closed = False
        self._order = itertools.count()
        self._appointments: list[Appointment] = []
        self._finished: list[tuple[int, int, Callable[[], None]]] = []
        self._ready: deque[Callable[[], None]] = deque()
        self._lock = threading.RLock()
        self._condition = threading.Condition(self._lock)
        self._holding = _While(partial(self._hold, 1), partial(self._hold, -1))
        self._handling = _While(self._begin, self._end)
        self._pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="region-work")
        self._thread = threading.Thread(target=self._keep, name="region-clock", daemon=True)
        self._thread.start()

    def now(self) -> float:
        """Region time, in seconds since the epoch."""
        if self.mode == "real":
            return time.time() + self._ahead
        with self._lock:
            return self._base + self._counted()

    def resume(self, moment: float) -> None:
        """Fast mode: go on no earlier than at ``moment``, where the region was left. A real clock is the machine's."""
        with self._condition:
            self._base = max(self._base, moment)

    def datetime(self) -> datetime:
        """Region time as an aware datetime in UTC."""
        return datetime.fromtimestamp(self.now(), UTC)

    def next_order(self) -> int:
        """A number greater than every one before: what is told apart by it keeps its place."""
        return next(self._order)

    def at(
        self, due: float, call: Callable[[], None], *, order: int | None = None, perpetual: bool = False
    ) -> Appointment:
        """Have ``call`` run at ``due`` (at once when that is past), on the clock's thread."""
        place = next(self._order) if order is None else order
        appointment = Appointment(due, place, call, perpetual)
        with self._condition:
            heapq.heappush(self._appointments, appointment)
            self._condition.notify_all()
        return appointment

    def after(
        self, seconds: float, call: Callable[[], None], *, order: int | None = None, perpetual: bool = False
    ) -> Appointment:
        """Have ``call`` run in so many seconds of region time."""
        return self.at(self.now() + seconds, call, order=order, perpetual=perpetual)

    def work(self, job: Callable[[], T], done: Callable[[T], None], *, order: int | None = None) -> None:
        """Run ``job`` beside the clock, which does not jump meanwhile, then ``done`` with its result on its thread.

        In fast mode the results of what ran at the same time come in the order of ``order``, not of chance.
        """
        place = next(self._order) if order is None else order
        self._hold(1)
        self._pool.submit(self._labour, job, done, place)

    def _labour(self, job: Callable[[], T], done: Callable[[T], None], place: int) -> None:
        try:
            result = job()
        except Exception:
            _log.exception("work in the region failed")
            self._hold(-1)
            return
        with self._condition:
            heapq.heappush(self._finished, (place, next(self._order), lambda: done(result)))
            self._hold(-1)

    def held(self) -> AbstractContextManager[None]:
        """While this is entered something is under way: the fast clock does not jump, but counts no time for it."""
        return self._holding

    def running(self) -> AbstractContextManager[None]:
        """While this is entered a handler runs: the fast clock does not jump, and its whole seconds count."""
        return self._handling

    def _begin(self) -> None:
        with self._lock:
            if self._running == 0 and self._stands:
                self._since = time.monotonic()
            self._running += 1
            self._wake()

    def _end(self) -> None:
        with self._lock:
            if self._running == 1:
                self._settle()
            self._running -= 1
            self._wake()

    def _hold(self, more: int) -> None:
        with self._lock:
            self._held += more
            self._wake()

    def _wake(self) -> None:
        """Wake the clock's thread, and who waits for rest, where what has just begun or ended can matter to them."""
        if self._awaited or self._finished or any(not entry.perpetual for entry in self._appointments):
            self._condition.notify_all()

    def sleep(self, seconds: float) -> None:
        """Wait, in region time. Never on the clock's own thread."""
        woken = threading.Event()
        self.after(seconds, woken.set)
        woken.wait()

    def stir(self) -> None:
        """Somebody has come from outside: what follows from it may happen at any speed again."""
        if self.mode == "fast":
            with self._condition:
                self._stirred = self.now()
                self._wake()

    def pause(self) -> None:
        """Let nothing more happen until ``run`` or ``step``."""
        with self._condition:
            self._settle()
            self._paused = True

    def run(self) -> None:
        """Go on after a pause."""
        with self._condition:
            if self._running == 0 and self._stands:
                self._since = time.monotonic()
            self._stirred = self.now()
            self._paused = False
            self._condition.notify_all()

    def step(self) -> None:
        """While paused: let the next appointment happen, and no other."""
        with self._condition:
            self._allowed += 1
            self._condition.notify_all()

    def advance(self, seconds: float) -> None:
        """Fast mode: go forward, with everything that is due on the way, in its order; a paused clock pauses there.

        Raises ``UsageError`` on a clock that is real.
        """
        if self.mode == "real":
            raise UsageError("The region's clock is real and cannot be moved. Start the region with --clock fast.")
        arrived = threading.Event()
        with self._condition:
            goal = self.now() + seconds
            self._until = max(self._until, goal)
            self.at(goal, lambda: self._arrive(goal, arrived))
        arrived.wait()

    def _arrive(self, goal: float, arrived: threading.Event) -> None:
        if self._until == goal:
            self._until = -math.inf
        arrived.set()

    def drain(self, timeout: float | None = None) -> bool:
        """Wait until nothing runs and nothing but schedules is due; at most ``timeout`` seconds of real time.

        Returns whether it came to that. On a real clock this takes as long as the waiting itself.
        """
        with self._condition:
            self._awaited += 1
            try:
                return self._condition.wait_for(self._idle, timeout)
            finally:
                self._awaited -= 1

    @property
    def due(self) -> tuple[Appointment, ...]:
        """What is still to come, the next first."""
        with self._condition:
            return tuple(sorted(entry for entry in self._appointments if not entry.cancelled))

    @property
    def paused(self) -> bool:
        """Whether the clock waits for ``run`` or ``step``."""
        return self._paused

    def close(self) -> None:
        """Let nothing more happen. What runs is waited for."""
        with self._condition:
            self._closed = True
            self._condition.notify_all()
        if threading.current_thread() is not self._thread:
            self._thread.join()
        self._pool.shutdown()

    @property
    def _stands(self) -> bool:
        """Fast mode: whether time stands while nothing runs."""
        return self._paused or not self._flowing

    def _counted(self) -> float:
        """Seconds of the machine's clock that count as region time and are not in the base yet."""
        if self._running == 0 and self._stands:
            return 0.0
        return float(int(time.monotonic() - self._since))

    def _settle(self) -> None:
        counted = self._counted()
        self._base += counted
        self._since += counted

    def _idle(self) -> bool:
        waiting = any(not entry.perpetual and not entry.cancelled for entry in self._appointments)
        under_way = self._held or self._running or self._busy or self._finished or self._ready
        return self._closed or not (waiting or under_way)

    def _keep(self) -> None:
        while True:
            with self._condition:
                self._busy = False
                call = self._next()
                while call is None and not self._closed:
                    self._condition.notify_all()
                    self._condition.wait(self._patience())
                    call = self._next()
                if self._closed or call is None:
                    return
                self._busy = True
            try:
                call()
            except Exception:
                _log.exception("an appointment in the region failed")

    def _next(self) -> Callable[[], None] | None:
        """What is to be done now, jumping there where that is right; None where there is nothing but to wait."""
        if self._finished and (self.mode == "real" or self._all_told()):
            self._settle()
            self._ready.extend(done for _, _, done in sorted(self._finished, key=lambda entry: entry[:2]))
            self._finished.clear()
        if self._ready:
            return self._ready.popleft()
        while self._appointments and self._appointments[0].cancelled:
            heapq.heappop(self._appointments)
        if not self._appointments:
            return None
        stopped = self._paused and self._appointments[0].due > self._until
        if stopped and not self._allowed:
            return None
        if self._appointments[0].due > self.now() and not self._jump():
            return None
        self._allowed -= 1 if stopped else 0
        return heapq.heappop(self._appointments).call

    def _all_told(self) -> bool:
        """Fast mode: whether all that began at this moment has ended, and nothing more is to begin at it."""
        if self._counted() >= 1:
            return True
        due = bool(self._appointments) and self._appointments[0].due <= self.now() and not self._paused
        return not (due or self._held or self._running)

    def _jump(self) -> bool:
        """Fast mode: move to the next appointment, when nothing runs and something other than a schedule waits."""
        if self.mode == "real" or self._held or self._running or self._finished:
            return False
        if not self._paused and all(entry.perpetual or entry.cancelled for entry in self._appointments):
            return False
        if self._held_back():
            return False
        self._base = self._appointments[0].due
        self._since = self._jumped = time.monotonic()
        return True

    def _held_back(self) -> float:
        """Seconds of real time that the next jump has to wait, because the clock has gone on by itself for so long."""
        due = self._appointments[0].due
        free = not self._flowing or self._paused or self._awaited or due <= max(self._until, self._stirred + _FREE)
        return 0.0 if free else max(0.0, self._jumped + _PACE - time.monotonic())

    def _patience(self) -> float | None:
        """Seconds until something could be due by itself."""
        if self.mode == "fast" and not self._running and self._stands:
            return None
        if self.mode == "fast" and self._running:
            return 1.0 - (time.monotonic() - self._since) % 1.0
        if not self._appointments:
            return None
        left = max(0.0, self._appointments[0].due - self.now())
        paced = self._held_back() if self.mode == "fast" else 0.0
        return min(left, paced) if paced else left
