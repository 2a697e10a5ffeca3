"""Threads that serve connections: as many as are needed at once, and a bound on what is worked on at a time."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_IDLE_S = 30.0  # a thread that nobody wanted for so long ends
_MOMENT_S = 0.01
_LINGERING = 64  # threads that may wait each for one client's next request


class Workers:
    """Runs jobs, ``most`` at a time; more wait. Safe for threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._changed = threading.Condition(threading.Lock())
        self._jobs: deque[Callable[[], None]] = deque()
        self._threads: set[threading.Thread] = set()
        self._idle = self._busy = self._lingering = 0
        self._closed = False

    def submit(self, job: Callable[[], None]) -> None:
        """Have a job done, in the order of asking. After the end nothing is."""
        with self._changed:
            self._jobs.append(job)
            self._staff()

    def _staff(self) -> None:
        """See to it that somebody takes what waits. The lock is held."""
        if self._closed or not self._jobs or self._busy >= self._most:
            return
        if self._idle:
            self._changed.notify()
        if len(self._jobs) > self._idle:
            thread = threading.Thread(target=self._work, name="listener-worker", daemon=True)
            self._threads.add(thread)
            thread.start()

    def _work(self) -> None:
        try:
            with self._changed:
                while self._await_job():
                    self._do(self._jobs.popleft())
        finally:
            self._threads.discard(threading.current_thread())

    def _do(self, job: Callable[[], None]) -> None:
        """Do a job without the lock, which is held before and after."""
        self._busy += 1
        self._changed.release()
        try:
            job()
        finally:
            self._changed.acquire()
            self._busy -= 1

    def _await_job(self) -> bool:
        """Wait for something to do; False where the thread is not needed any more. The lock is held."""
        while not self._closed:
            if self._jobs and self._busy < self._most:
                return True
            self._idle += 1
            wanted = self._changed.wait(_IDLE_S)
            self._idle -= 1
            if not wanted and not self._jobs:
                return False
        return False

    @property
    def may_linger(self) -> bool:
        """Whether a thread may be spent on a client who says nothing yet."""
        return self._lingering < _LINGERING and not self._jobs and not self._closed

    @contextmanager
    def lingering(self) -> Iterator[None]:
        """While this is entered the calling worker waits for a client: somebody else may work for it."""
        with self._changed:
            self._busy -= 1
            self._lingering += 1
            self._staff()
        try:
            yield
        finally:
            with self._changed:
                self._busy += 1
                self._lingering -= 1

    def close(self, seconds: float) -> None:
        """Take nothing more. So many seconds are waited at most for threads that do nothing; others end later."""
        until = time.monotonic() + seconds
        with self._changed:
            self._closed = True
            self._jobs.clear()
            self._changed.notify_all()
            while len(self._threads) > self._busy and time.monotonic() < until:
                self._changed.wait(_MOMENT_S)
