"""The recorder: logs and metrics are gathered as they come and written when somebody looks, or a second later.

They are written before rights change, too: whether a role may write its log is judged as of the time of the run.

So an invocation never waits for a neighbour. In region time they are written after an hour at the latest, since
CloudWatch Logs takes nothing that is two weeks old and a fast clock may be there in no time.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from tutor.awslambda.metrics import Metric
from tutor.errors import TutorError
from tutor.region.observing.logs import LogLine, LogStream, LogWriter
from tutor.region.observing.metrics import MetricWriter

if TYPE_CHECKING:
    from tutor.region.neighbours.asked import Asked
    from tutor.region.region import Region

_LATEST_S = 1.0
_LATEST_REGION_S = 3600.0
_READ_IN = ("logs", "cloudwatch")
_log = logging.getLogger(__name__)


class Recorder:
    """Gathers logs and metrics of a region and writes them to its neighbours. Safe for threads."""

    def __init__(self, region: "Region") -> None:
        self._region = region
        self._logs = LogWriter(region)
        self._metrics = MetricWriter(region)
        self._deferred: deque[Callable[[], None]] = deque()
        self._lock = threading.Lock()
        self._writing = threading.RLock()
        self._within = False
        self._timer: threading.Timer | None = None
        self._hooked = False
        self._appointed = False
        self._closed = False

    def defer(self, told: Callable[[], None]) -> None:
        """Have something told (by ``log`` and ``measure``) when what waits is written, and not now."""
        self._deferred.append(told)
        self._soon()

    def log(self, stream: LogStream, lines: Iterable[LogLine]) -> None:
        """Have lines written to a stream."""
        self._logs.add(stream, lines)
        self._soon()

    def measure(self, aws_region: str, metrics: Iterable[Metric], at: float | None = None) -> None:
        """Count values into the minute of ``at`` (region time), or into this one."""
        self._metrics.add(aws_region, self._region.clock.now() if at is None else at, metrics)
        self._soon()

    def flush(self) -> None:
        """Write what waits. Where this thread writes already, or is inside of a neighbour, nothing is done."""
        if self._region.neighbours.house.turn.depth:
            return
        with self._writing:
            if self._within:
                return
            self._within = True
            try:
                while self._deferred:
                    self._deferred.popleft()()
                self._logs.write()
                self._metrics.write()
            finally:
                self._within = False

    def close(self) -> None:
        """Write what waits, and nothing more by itself."""
        with self._lock:
            self._closed = True
            timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()
        if self._hooked:
            self.flush()

    def _soon(self) -> None:
        if self._pending():
            return
        with self._lock:
            if self._pending() or self._closed:
                return
            self._timer = threading.Timer(_LATEST_S, self._late)
            self._timer.daemon = True
            self._timer.start()
            first, self._hooked = not self._hooked, True
            appoint, self._appointed = not self._appointed, True
        if appoint:
            clock = self._region.clock
            clock.at(clock.now() + _LATEST_REGION_S, self._at_last, perpetual=True)
        if first:
            for service in _READ_IN:
                self._region.neighbours.before(service, lambda _: self.flush())
            self._region.neighbours.before("iam", self._before_rights_change)

    def _before_rights_change(self, asked: "Asked") -> None:
        """What a role has printed so far is judged by what it may so far."""
        if asked.changes:
            self.flush()

    def _pending(self) -> bool:
        return self._timer is not None

    def _at_last(self) -> None:
        self._appointed = False
        self._late()

    def _late(self) -> None:
        with self._lock:
            if self._closed:
                return
            timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()
        try:
            self.flush()
        except TutorError:
            _log.exception("logs and metrics could not be written")
