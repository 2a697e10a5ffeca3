"""The metrics of invocations, throttles, events and mappings: names, units, dimensions."""

import pytest

from tutor.awslambda.admission import Usage
from tutor.awslambda.metrics import (
    Metric,
    concurrency_metrics,
    delivery_failure_metrics,
    dimension_sets,
    event_attempt_metrics,
    event_dropped_metrics,
    event_received_metrics,
    invocation_metrics,
    mapping_metrics,
    recursion_metrics,
    throttle_metrics,
)
from tutor.awslambda.names import FunctionName

FN = FunctionName("fn")


def named(metrics: list[Metric]) -> dict[str, tuple[float, str]]:
    return {metric.name: (metric.value, metric.unit) for metric in metrics}


def test_dimensions() -> None:
    """By function, by resource, over everything; through an alias also by the version that ran."""
    assert dimension_sets(FN, "$LATEST") == ({"FunctionName": "fn"}, {"FunctionName": "fn", "Resource": "fn"}, {})
    alias = {"FunctionName": "fn", "Resource": "fn:PROD"}
    assert dimension_sets(FN.qualified("PROD"), "2") == (
        {"FunctionName": "fn"}, alias, {**alias, "ExecutedVersion": "2"}, {},
    )  # fmt: skip


def test_an_invocation() -> None:
    """Runs, errors (zero, too) and the handler's time; the rest only where there is something to tell."""
    plain = invocation_metrics(FN, "$LATEST", 12.5, failed=False)
    assert named(plain) == {"Invocations": (1, "Count"), "Errors": (0, "Count"), "Duration": (12.5, "Milliseconds")}
    assert len(plain) == 9
    full = invocation_metrics(
        FN, "1", 1, failed=True, provisioned=True, spillover=True, extensions_ms=2, iterator_age_ms=3
    )
    assert named(full) == {
        "Invocations": (1, "Count"),
        "Errors": (1, "Count"),
        "Duration": (1, "Milliseconds"),
        "ProvisionedConcurrencyInvocations": (1, "Count"),
        "ProvisionedConcurrencySpilloverInvocations": (1, "Count"),
        "PostRuntimeExtensionsDuration": (2, "Milliseconds"),
        "IteratorAge": (3, "Milliseconds"),
    }


@pytest.mark.parametrize(
    ("metrics", "expected"),
    [
        (throttle_metrics(FN), ("Throttles", (1, "Count"))),
        (event_received_metrics(FN), ("AsyncEventsReceived", (1, "Count"))),
        (event_attempt_metrics(FN, 60000), ("AsyncEventAge", (60000, "Milliseconds"))),
        (event_dropped_metrics(FN), ("AsyncEventsDropped", (1, "Count"))),
        (delivery_failure_metrics(FN, dead_letter=True), ("DeadLetterErrors", (1, "Count"))),
        (delivery_failure_metrics(FN, dead_letter=False), ("DestinationDeliveryFailures", (1, "Count"))),
        (recursion_metrics(FN), ("RecursiveInvocationsDropped", (1, "Count"))),
    ],
)
def test_what_else_happens_is_one_metric_each(metrics: list[Metric], expected: tuple[str, tuple[float, str]]) -> None:
    """A throttle is neither an invocation nor an error, and so on."""
    assert named(metrics) == dict([expected])
    assert len(metrics) == 3


def test_concurrency() -> None:
    """Account and function; provisioned use only where there is some."""
    usage = Usage(concurrent=5, unreserved=3, claimed=103, of_function=2, provisioned=0, provisioned_utilization=0.0)
    assert [(one.name, one.value, dict(one.dimensions)) for one in concurrency_metrics(FN, usage)] == [
        ("ConcurrentExecutions", 5, {}),
        ("UnreservedConcurrentExecutions", 3, {}),
        ("ClaimedAccountConcurrency", 103, {}),
        ("ConcurrentExecutions", 2, {"FunctionName": "fn"}),
    ]
    busy = Usage(concurrent=5, unreserved=3, claimed=103, of_function=2, provisioned=1, provisioned_utilization=0.5)
    warm = concurrency_metrics(FN.qualified("PROD"), busy)[4:]
    resource = {"FunctionName": "fn", "Resource": "fn:PROD"}
    assert warm == [
        Metric("ProvisionedConcurrentExecutions", 1, "Count", resource),
        Metric("ProvisionedConcurrencyUtilization", 0.5, "None", resource),
    ]


def test_a_mapping_counts_what_is_not_zero() -> None:
    """By the mapping's UUID."""
    metrics = mapping_metrics("u", {"PolledEventCount": 10, "InvokedEventCount": 8, "DroppedEventCount": 0})
    assert metrics == [
        Metric("PolledEventCount", 10, "Count", {"EventSourceMappingUUID": "u"}),
        Metric("InvokedEventCount", 8, "Count", {"EventSourceMappingUUID": "u"}),
    ]
