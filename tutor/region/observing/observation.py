"""What one invocation, throttle or dropped event leaves behind: lines of the log, and values of metrics."""

from collections import deque
from typing import TYPE_CHECKING

from tutor.awslambda import metrics
from tutor.awslambda.admission import Admitted, Usage
from tutor.awslambda.initialisation import Initialisation
from tutor.awslambda.invocation import Invocation, LogEvent
from tutor.awslambda.metrics import Metric
from tutor.awslambda.names import FunctionName, Place
from tutor.region.call import ACCOUNT
from tutor.region.catalogue import LATEST, Target
from tutor.region.observing.logs import LogStream
from tutor.region.observing.recorder import Recorder

if TYPE_CHECKING:
    from tutor.region.region import Region

_KEPT = 10_000  # ours: invocations that are kept as values


class Observation:
    """Turns what happened into log lines and metrics, and keeps the last invocations. Safe for threads."""

    def __init__(self, region: "Region", recorder: Recorder) -> None:
        self._region = region
        self._recorder = recorder
        self.done: deque[Invocation] = deque(maxlen=_KEPT)

    def ran(
        self,
        target: Target,
        admitted: Admitted,
        usage: Usage,
        began: float,
        invocation: Invocation,
        extra: tuple[str, ...] = (),
    ) -> None:
        """An invocation has ended that began at ``began`` (region time); ``extra`` lines stand at its log's end."""
        self.done.append(invocation)
        now = self._region.clock.now()

        def told() -> None:
            self._tell_log(target, began, invocation, extra)
            self._tell_metrics(target, admitted, usage, invocation, now)

        self._recorder.defer(told)

    def _tell_log(self, target: Target, began: float, invocation: Invocation, extra: tuple[str, ...]) -> None:
        at = invocation.log[-1].at_ms if invocation.log else 0.0
        log = (*invocation.log, *(LogEvent(at, "platform", text) for text in extra))
        self._log(target, began, log, invocation.log_group, invocation.log_stream)

    def _tell_metrics(
        self, target: Target, admitted: Admitted, usage: Usage, invocation: Invocation, now: float
    ) -> None:
        name = _name(target)
        measured = metrics.invocation_metrics(
            name,
            target.version,
            invocation.report.duration_ms,
            failed=invocation.function_error is not None,
            provisioned=admitted.provisioned,
            spillover=admitted.spillover,
        )
        self._recorder.measure(target.aws_region, [*measured, *metrics.concurrency_metrics(name, usage)], now)

    def initialised(self, target: Target, began: float, initialisation: Initialisation) -> None:
        """A provisioned environment has run its INIT."""
        self._log(target, began, initialisation.log, initialisation.log_group, initialisation.log_stream)

    def throttled(self, target: Target) -> None:
        """A request was turned away."""
        self._measure(target, metrics.throttle_metrics(_name(target)))

    def recursive(self, target: Target) -> None:
        """A request was dropped because its chain is a loop."""
        self._measure(target, metrics.recursion_metrics(_name(target)))

    def received(self, target: Target) -> None:
        """An event was taken into the queue."""
        self._measure(target, metrics.event_received_metrics(_name(target)))

    def attempted(self, target: Target, age: float) -> None:
        """An event of that age (in seconds) is tried."""
        self._measure(target, metrics.event_attempt_metrics(_name(target), age * 1000))

    def dropped(self, target: Target) -> None:
        """An event was given up, whether it goes to a dead-letter queue or nowhere."""
        self._measure(target, metrics.event_dropped_metrics(_name(target)))

    def undelivered(self, target: Target, *, dead_letter: bool) -> None:
        """A record or a dead letter could not be delivered."""
        self._measure(target, metrics.delivery_failure_metrics(_name(target), dead_letter=dead_letter))

    def _log(self, target: Target, began: float, log: tuple[LogEvent, ...], group: str, name: str) -> None:
        stream = LogStream(target.aws_region, group, name, str(target.configuration["Role"]), target.name)
        self._recorder.log(stream, [(int(began * 1000 + event.at_ms), f"{event.text}\n") for event in log])

    def _measure(self, target: Target, measured: list[Metric]) -> None:
        self._recorder.measure(target.aws_region, measured)


def _name(target: Target) -> FunctionName:
    qualifier = None if target.qualifier == LATEST else target.qualifier
    return FunctionName(target.name, qualifier, Place(target.aws_region, ACCOUNT))
