"""The CloudWatch metrics that Lambda emits for what happened, with units and dimensions: lists of values.

Source: developer guide, monitoring-metrics-types and monitoring-metrics-view.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from tutor.awslambda.admission import Usage
from tutor.awslambda.names import FunctionName

NAMESPACE = "AWS/Lambda"

Unit = Literal["Count", "Milliseconds", "None"]

MappingCount = Literal[
    "PolledEventCount", "FilteredOutEventCount", "InvokedEventCount", "FailedInvokeEventCount", "DroppedEventCount",
    "OnFailureDestinationDeliveredEventCount", "DeletedEventCount",
]  # fmt: skip
"""What a mapping with the metrics group ``EventCount`` counts."""


@dataclass(frozen=True)
class Metric:
    """One value of one metric, with one set of dimensions."""

    name: str
    value: float
    unit: Unit
    dimensions: Mapping[str, str] = field(default_factory=dict)


def dimension_sets(function: FunctionName, executed_version: str | None = None) -> tuple[dict[str, str], ...]:
    """Every set of dimensions that a value of a function is seen under.

    By function; by function and resource (``fn`` or ``fn:alias``); through an alias also by the version that ran; and
    over all functions of the Region, without any dimension.
    """
    sets = [{"FunctionName": function.name}, {"FunctionName": function.name, "Resource": function.resource}]
    if executed_version is not None and function.is_alias:
        sets.append({**sets[-1], "ExecutedVersion": executed_version})
    return (*sets, {})


def _spread(
    values: Mapping[str, tuple[float, Unit]], function: FunctionName, executed_version: str | None = None
) -> list[Metric]:
    sets = dimension_sets(function, executed_version)
    return [Metric(name, value, unit, one) for name, (value, unit) in values.items() for one in sets]


def invocation_metrics(
    function: FunctionName,
    executed_version: str,
    duration_ms: float,
    *,
    failed: bool,
    provisioned: bool = False,
    spillover: bool = False,
    extensions_ms: float | None = None,
    iterator_age_ms: float | None = None,
) -> list[Metric]:
    """What one finished invocation emits. ``duration_ms`` is the handler's own, without the cold start.

    ``failed`` counts timeouts, too; a success counts as an Errors of zero, so that an average is the error rate.
    ``iterator_age_ms`` belongs to invocations by a stream's mapping: the age of the batch's last record.
    """
    values: dict[str, tuple[float, Unit]] = {
        "Invocations": (1, "Count"),
        "Errors": (int(failed), "Count"),
        "Duration": (duration_ms, "Milliseconds"),
    }
    if provisioned:
        values["ProvisionedConcurrencyInvocations"] = (1, "Count")
    if spillover:
        values["ProvisionedConcurrencySpilloverInvocations"] = (1, "Count")
    if extensions_ms is not None:
        values["PostRuntimeExtensionsDuration"] = (extensions_ms, "Milliseconds")
    if iterator_age_ms is not None:
        values["IteratorAge"] = (iterator_age_ms, "Milliseconds")
    return _spread(values, function, executed_version)


def throttle_metrics(function: FunctionName) -> list[Metric]:
    """What a throttled request emits: it is neither an invocation nor an error."""
    return _spread({"Throttles": (1, "Count")}, function)


def concurrency_metrics(function: FunctionName, usage: Usage) -> list[Metric]:
    """How much runs at once, over the account and by function. Provisioned use is there only while it is used."""
    by_function = {"FunctionName": function.name}
    account = {
        "ConcurrentExecutions": usage.concurrent,
        "UnreservedConcurrentExecutions": usage.unreserved,
        "ClaimedAccountConcurrency": usage.claimed,
    }
    made = [Metric(name, value, "Count") for name, value in account.items()]
    made.append(Metric("ConcurrentExecutions", usage.of_function, "Count", by_function))
    if usage.provisioned:
        resource = {**by_function, "Resource": function.resource}
        made.append(Metric("ProvisionedConcurrentExecutions", usage.provisioned, "Count", resource))
        utilization = Metric("ProvisionedConcurrencyUtilization", usage.provisioned_utilization, "None", resource)
        made.append(utilization)
    return made


def event_received_metrics(function: FunctionName) -> list[Metric]:
    """What an asynchronous event emits when it is queued."""
    return _spread({"AsyncEventsReceived": (1, "Count")}, function)


def event_attempt_metrics(function: FunctionName, age_ms: float) -> list[Metric]:
    """What an asynchronous event emits at each attempt: the time since it was queued, retries included."""
    return _spread({"AsyncEventAge": (age_ms, "Milliseconds")}, function)


def event_dropped_metrics(function: FunctionName) -> list[Metric]:
    """What an asynchronous event emits that is given up, whether or not it goes to a queue or destination."""
    return _spread({"AsyncEventsDropped": (1, "Count")}, function)


def delivery_failure_metrics(function: FunctionName, *, dead_letter: bool) -> list[Metric]:
    """What a dead letter, or a record for a destination, emits that could not be delivered."""
    name = "DeadLetterErrors" if dead_letter else "DestinationDeliveryFailures"
    return _spread({name: (1, "Count")}, function)


def recursion_metrics(function: FunctionName) -> list[Metric]:
    """What a request emits that was dropped because its chain is a loop."""
    return _spread({"RecursiveInvocationsDropped": (1, "Count")}, function)


def mapping_metrics(mapping_uuid: str, counts: Mapping[MappingCount, int]) -> list[Metric]:
    """What a mapping emits that has its metrics switched on: every count that is not zero."""
    dimensions = {"EventSourceMappingUUID": mapping_uuid}
    return [Metric(name, count, "Count", dimensions) for name, count in counts.items() if count]
