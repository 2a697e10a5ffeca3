"""What one invocation, throttle or dropped event leaves behind: lines of the log, and values of metrics."""

from collections import deque
from typing import TYPE_CHECKING

from tutor.awslambda.admission import Admitted, Usage
from tutor.awslambda.initialisation import Initialisation
from tutor.awslambda.invocation import Invocation, LogEvent
from tutor.region.catalogue import LATEST, Target
from tutor.region.observing.logs import LogStream
from tutor.region.observing.metrics import Datum, Dimensions, Series
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

    def ran(self, target: Target, admitted: Admitted, usage: Usage, began: float, invocation: Invocation) -> None:
        """An invocation has ended that began at ``began`` (region time)."""
        self.done.append(invocation)
        self._log(target, began, invocation.log, invocation.log_group, invocation.log_stream)
        report = invocation.report
        values = [
            ("Invocations", "Count", 1.0),
            ("Errors", "Count", 1.0 if invocation.function_error else 0.0),
            ("Duration", "Milliseconds", report.duration_ms),
            ("Throttles", "Count", 0.0),
            ("ConcurrentExecutions", "Count", float(usage.of_function)),
        ]
        if admitted.provisioned:
            values.append(("ProvisionedConcurrencyInvocations", "Count", 1.0))
        if admitted.spillover:
            values.append(("ProvisionedConcurrencySpilloverInvocations", "Count", 1.0))
        self._measure(target, values)

    def initialised(self, target: Target, began: float, initialisation: Initialisation) -> None:
        """A provisioned environment has run its INIT."""
        self._log(target, began, initialisation.log, initialisation.log_group, initialisation.log_stream)

    def throttled(self, target: Target) -> None:
        """A request was turned away."""
        self._measure(target, [("Throttles", "Count", 1.0)])

    def received(self, target: Target) -> None:
        """An event was taken into the queue."""
        self._measure(target, [("AsyncEventsReceived", "Count", 1.0)])

    def dropped(self, target: Target) -> None:
        """An event was given up, whether it goes to a dead-letter queue or nowhere."""
        self._measure(target, [("AsyncEventsDropped", "Count", 1.0)])

    def undelivered(self, target: Target, metric: str) -> None:
        """A record or a dead letter could not be delivered."""
        self._measure(target, [(metric, "Count", 1.0)])

    def _log(self, target: Target, began: float, log: tuple[LogEvent, ...], group: str, name: str) -> None:
        stream = LogStream(target.aws_region, group, name, str(target.configuration["Role"]), target.name)
        lines = [(int(began * 1000 + event.at_ms), f"{event.text}\n") for event in log]
        self._recorder.log(stream, lines)

    def _measure(self, target: Target, values: list[tuple[str, str, float]]) -> None:
        data: list[Datum] = [
            (Series(metric, unit, dimensions), value)
            for dimensions in _dimensions(target)
            for metric, unit, value in values
        ]
        self._recorder.measure(target.aws_region, data)


def _dimensions(target: Target) -> tuple[Dimensions, ...]:
    function = (("FunctionName", target.name),)
    resource = target.name if target.qualifier in (None, LATEST) else f"{target.name}:{target.qualifier}"
    by_resource = (*function, ("Resource", resource))
    if target.alias is None:
        return ((), function, by_resource)
    return ((), function, by_resource, (*by_resource, ("ExecutedVersion", target.version)))
