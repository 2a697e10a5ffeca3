"""The timeline: what happened in the region, a line each, in the region's time."""

import threading
from collections import deque
from dataclasses import dataclass

from tutor.region.clock import Clock

_MOST = 20_000  # ours: lines that are kept; older ones are forgotten


@dataclass(frozen=True)
class TimelineEntry:
    """One thing that happened. ``at`` is region time in seconds since the epoch; ``order`` tells equal moments apart.

    ``kind``: invoke, retry, throttle, dead-letter, destination, drop, provision, poll, deliver, schedule, and so on.
    ``attempt`` counts from one, where a thing is tried more than once.
    """

    at: float
    order: int
    kind: str
    function: str
    request_id: str
    text: str
    attempt: int | None = None
    aws_region: str = "us-east-1"


class Timeline:
    """The last entries, in the order in which they were added. Safe for threads."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._added = 0
        self._entries: deque[TimelineEntry] = deque(maxlen=_MOST)

    def note(
        self,
        kind: str,
        function: str,
        text: str,
        *,
        request_id: str = "",
        attempt: int | None = None,
        aws_region: str = "us-east-1",
    ) -> TimelineEntry:
        """Add what happens now."""
        at = self._clock.now()
        with self._lock:
            self._added += 1
            entry = TimelineEntry(at, self._added, kind, function, request_id, text, attempt, aws_region)
            self._entries.append(entry)
        return entry

    def entries(self, since: int = 0) -> tuple[TimelineEntry, ...]:
        """The entries whose ``order`` is greater than ``since``, the oldest first."""
        with self._lock:
            fresh = min(max(0, self._added - since), len(self._entries))
            return tuple(self._entries[index] for index in range(len(self._entries) - fresh, len(self._entries)))

    def line(self, entry: TimelineEntry) -> str:
        """The entry as a line, with the time since the region began: ``+00:01:00 orders retry attempt 2 failed``."""
        seconds = int(entry.at - self._clock.begun)
        when = f"{'-' if seconds < 0 else '+'}{_hours(abs(seconds))}"
        tried = f"attempt {entry.attempt}" if entry.attempt is not None else ""
        return " ".join(part for part in (when, entry.function, entry.kind, tried, entry.text) if part)


def _hours(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
