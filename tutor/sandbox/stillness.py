"""An environment's rest between events, and who sees to it that it keeps still.

What does not keep still by itself is stopped a moment after its answer: not on the way to the next event, and where
that comes first nobody has to look at all. What keeps still is stopped a little later all the same: it may have seen to
it that it is woken (a timeout of its own on the line that it waits at), and nobody waits for it then.
"""

import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue

from tutor.errors import HostError

_MOMENT_S, _LONGEST_MOMENT_S = 0.001, 0.004
_LITTLE_LATER_S = 0.05


class Stillness:
    """One thread for all environments of a nursery; it wakes once in a moment at most, and not without a reason.

    While all that it waits for are used again and again, moments grow a little longer: to wake costs the others time.
    """

    def __init__(self) -> None:
        self._answered: SimpleQueue[Rest | None] = SimpleQueue()
        threading.Thread(target=self._watch, daemon=True).start()

    def expect(self, rest: "Rest") -> None:
        """It has begun: see to it in a moment. Safe for threads."""
        self._answered.put(rest)

    def close(self) -> None:
        """Look after nobody any more."""
        self._answered.put(None)

    def _watch(self) -> None:
        waiting: set[Rest] = set()
        moment = _MOMENT_S
        while True:
            arrived = self._arrived(waiting)
            time.sleep(moment)
            while not self._answered.empty():
                arrived.append(self._answered.get())
            if None in arrived:
                return
            waiting.update(rest for rest in arrived if rest is not None)
            now = time.monotonic()
            waiting = {rest for rest in waiting if not rest.settle(now)}
            in_use = waiting and all(rest.used for rest in waiting)
            moment = min(_LONGEST_MOMENT_S, 2 * moment) if in_use else _MOMENT_S

    def _arrived(self, waiting: "set[Rest]") -> "list[Rest | None]":
        """Who has answered meanwhile; waited for where nobody is to be looked at, only to be stopped later."""
        if not all(rest.looked for rest in waiting):
            return []
        try:
            return [self._answered.get(timeout=_LITTLE_LATER_S / 2 if waiting else None)]
        except Empty:
            return []


class Rest:
    """One environment's rest. Its lock stands between the caller's thread and the one that looks for stillness.

    ``send`` gives the first process an order, ``still`` tells whether all is still without one.
    """

    def __init__(self, stillness: Stillness, send: Callable[[bytes], None], still: Callable[[], bool]) -> None:
        self._stillness = stillness
        self._send = send
        self._still = still
        self._lock = threading.Lock()
        self._resting = self._stopped = self._expected = False
        self._since = self._seen = 0.0
        self.looked = False  # whether it was found still, in this rest
        self.used = False  # whether it has had an event since it was looked after before

    def begin(self, *, at_once: bool) -> None:
        """It has answered. Stopped ``at_once``, or in a moment if it is not still then. Raises ``HostError``."""
        with self._lock:
            self._resting = True
            if at_once:
                self._stop()
                return
            self._since = time.monotonic()
            awaited, self._expected = self._expected and not self.looked, True
            self.looked = False
        if awaited:
            return
        self._stillness.expect(self)

    def end(self) -> float:
        """It goes on; for how long it rested (s). Raises ``HostError`` where its first process is there no more."""
        with self._lock:
            self._resting = False
            rested = time.monotonic() - self._since
            if self._stopped:
                self._stopped = False
                self._send(b"T")
        return rested

    def forget(self) -> None:
        """Other processes begin, or none do: nobody is stopped, and nobody is to be."""
        with self._lock:
            self._resting = self._stopped = False

    def settle(self, now: float) -> bool:
        """Stop what is not still by itself, and a little later the rest; False where that is not yet (monotonic s)."""
        with self._lock:
            self.used, self._seen = self._seen != self._since, self._since
            if self.used and not self._resting:
                return False  # it is at work, and was before: mostly it rests again soon
            if self._resting and not self._stopped:
                rested = now - self._since
                if rested < _MOMENT_S / 2:
                    return False
                if not self.looked and self._still():
                    self.looked = True
                if self.looked and rested < _LITTLE_LATER_S:
                    return False
                self._try_to_stop()
            self._expected = False
            return True

    def _stop(self) -> None:
        self._send(b"F")
        self._stopped = True

    def _try_to_stop(self) -> None:
        try:
            self._stop()
        except HostError:
            pass  # the first process is gone, and with it everything else: the next event finds out
