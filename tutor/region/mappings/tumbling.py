"""The tumbling window that a lane is in: which records belong to it, and the state that the function carries on."""

import math
from collections.abc import Sequence
from typing import Any

from tutor.awslambda.event_record import Record, event
from tutor.awslambda.quotas import Quotas
from tutor.awslambda.tumbling_window import TumblingWindow, carried, window_of, windowed_event


class Tumbling:
    """One window after another, each as long as the mapping says.

    ``length`` 0 means that there are no windows. ``grace`` is how long after a window's end a record of it may still
    be read: the time between two polls. ``kept`` is what ``kept()`` gave before a restart.
    """

    def __init__(self, length: int, grace: float, kept: dict[str, Any] | None, quotas: Quotas) -> None:
        self._length = length
        self._grace = grace
        self._quotas = quotas
        self._window: TumblingWindow | None = None
        self._state: Any = {}
        self.too_large = False
        """Whether the state is larger than a window may carry, so that it is to be cut short."""
        if kept and length:
            self._window, self._state = TumblingWindow(kept["start"], kept["start"] + length), kept["state"]

    @property
    def open(self) -> bool:
        """Whether it is in a window."""
        return self._window is not None

    @property
    def closes_at(self) -> float:
        """When no record of the open window can come any more; never where none is open."""
        return math.inf if self._window is None else self._window.end + self._grace

    def end(self, arrived: float | None) -> float:
        """The end of the open window, or of the one that a record which arrived then would open."""
        if self._window is not None:
            return self._window.end
        return math.inf if arrived is None or not self._length else window_of(arrived, self._length).end

    def enter(self, arrived: float) -> None:
        """Open the window of a record that arrived then, unless one is open."""
        if self._length and self._window is None:
            self._window, self._state = window_of(arrived, self._length), {}

    def over(self, now: float, *, more: bool) -> bool:
        """Whether the open window is to be closed: its time is over, or a later record waits (``more``)."""
        return self.open and (more or now >= self.closes_at)

    def event(
        self, records: Sequence[Record], shard: str, source_arn: str, *, last: bool, early: bool
    ) -> dict[str, Any]:
        """The event of a batch; ``last`` of its window, or ``early`` because the state is too large."""
        if self._window is None:
            return event(records)
        final = last or early
        return windowed_event(
            records, self._window, self._state, shard, source_arn, final=final, terminated_early=early
        )

    def lacks_state(self, payload: Any) -> bool:
        """Whether an answer is a failure for having no ``state``."""
        return self.open and not (isinstance(payload, dict) and "state" in payload)

    def carry(self, payload: Any) -> None:
        """Have the state of an answer in the next event of the window."""
        if self.open:
            following = carried(payload, self._quotas)
            self._state, self.too_large = following.state, following.too_large

    def begin_anew(self) -> None:
        """Go on in the same window with an empty state."""
        self._state, self.too_large = {}, False

    def close(self) -> None:
        """Leave the window."""
        self._window = None
        self.begin_anew()

    def kept(self) -> dict[str, Any] | None:
        """What to keep for a restart; None outside of a window."""
        return None if self._window is None else {"start": self._window.start, "state": self._state}
