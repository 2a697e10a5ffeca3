"""Metrics in CloudWatch: AWS's names, units and dimensions, whole when one looks."""

from typing import Any

import pytest

from tests.region.conftest import Clients
from tests.region.invoking.conftest import a_quick_function, queue_up
from tutor.region.region import Region

FUNCTION = {"FunctionName": "f"}


def statistic(client: Any, metric: str, dimensions: dict[str, str], which: str = "Sum") -> list[tuple[float, str]]:
    """The values of a metric, minute by minute, with their units."""
    found = client.get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName=metric,
        Dimensions=[{"Name": name, "Value": value} for name, value in dimensions.items()],
        StartTime="2025-12-31T00:00:00Z",
        EndTime="2026-01-03T00:00:00Z",
        Period=60,
        Statistics=[which],
    )
    points = sorted(found["Datapoints"], key=lambda point: str(point["Timestamp"]))
    return [(point[which], point["Unit"]) for point in points]


def test_what_three_attempts_leave(region: Region, served: Clients) -> None:
    """Invocations and errors by minute, the age of the event at each attempt, the event that was given up."""
    a_quick_function(region)
    queue_up(region, {"fails": "no"})
    assert region.clock.drain(60)
    client = served("cloudwatch")
    for metric in ("Invocations", "Errors"):
        assert statistic(client, metric, FUNCTION) == [(1, "Count")] * 3
    assert statistic(client, "AsyncEventsReceived", FUNCTION) == [(1, "Count")]
    assert statistic(client, "AsyncEventsDropped", FUNCTION) == [(1, "Count")]
    ages = statistic(client, "AsyncEventAge", FUNCTION, "Maximum")
    assert ages == [(0, "Milliseconds"), (60_000, "Milliseconds"), (180_000, "Milliseconds")]
    assert statistic(client, "DeadLetterErrors", FUNCTION) == []


def test_a_success_is_no_error(region: Region) -> None:
    """Errors has a zero for a success, so that its average is the error rate."""
    a_quick_function(region)
    client = region.client("lambda")
    for payload in (b"{}", b"{}", b"{}", b'{"fails": "no"}'):
        client.invoke(FunctionName="f", Payload=payload)
    cloudwatch = region.client("cloudwatch")
    assert statistic(cloudwatch, "Invocations", FUNCTION) == [(4, "Count")]
    assert statistic(cloudwatch, "Errors", FUNCTION, "Average") == [(0.25, "Count")]
    ((duration, unit),) = statistic(cloudwatch, "Duration", FUNCTION, "Maximum")
    assert unit == "Milliseconds"
    assert duration == max(done.report.duration_ms for done in region.invoking.done)


def test_dimensions(region: Region) -> None:
    """By function, by resource, by executed version through an alias, and over all functions."""
    a_quick_function(region)
    client = region.client("lambda")
    client.publish_version(FunctionName="f")
    client.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    region.clock.drain()
    client.invoke(FunctionName="f")
    client.invoke(FunctionName="f", Qualifier="live")
    cloudwatch = region.client("cloudwatch")
    listed = cloudwatch.list_metrics(Namespace="AWS/Lambda", MetricName="Invocations")["Metrics"]
    sets = [{each["Name"]: each["Value"] for each in metric["Dimensions"]} for metric in listed]
    expected: list[dict[str, str]] = [
        {},
        FUNCTION,
        {**FUNCTION, "Resource": "f"},
        {**FUNCTION, "Resource": "f:live"},
        {**FUNCTION, "Resource": "f:live", "ExecutedVersion": "1"},
    ]
    assert sorted(sets, key=str) == sorted(expected, key=str)
    counts = [statistic(cloudwatch, "Invocations", dimensions)[0][0] for dimensions in expected]
    assert counts == [2, 2, 1, 1, 1]


def test_throttles(region: Region) -> None:
    """A throttled request is neither an invocation nor an error."""
    a_quick_function(region)
    client = region.client("lambda")
    client.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=0)
    for _ in range(2):
        with pytest.raises(client.exceptions.TooManyRequestsException):
            client.invoke(FunctionName="f")
    cloudwatch = region.client("cloudwatch")
    assert statistic(cloudwatch, "Throttles", FUNCTION) == [(2, "Count")]
    assert statistic(cloudwatch, "Invocations", FUNCTION) == []


def test_concurrency(region: Region) -> None:
    """ConcurrentExecutions by function and over the account, with what is claimed by reservations."""
    a_quick_function(region)
    client = region.client("lambda")
    client.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=5)
    client.invoke(FunctionName="f")
    cloudwatch = region.client("cloudwatch")
    assert statistic(cloudwatch, "ConcurrentExecutions", FUNCTION, "Maximum") == [(1, "Count")]
    assert statistic(cloudwatch, "ClaimedAccountConcurrency", {}, "Maximum") == [(5, "Count")]
    assert statistic(cloudwatch, "UnreservedConcurrentExecutions", {}, "Maximum") == [(0, "Count")]


def test_a_graph_asks_for_several_metrics(region: Region) -> None:
    """GetMetricData, which graphs use, tells the same sums, also over all functions."""
    for name in ("f", "g"):
        a_quick_function(region, name=name)
        region.client("lambda").invoke(FunctionName=name)
    queries = [
        {
            "Id": identifier,
            "MetricStat": {
                "Metric": {"Namespace": "AWS/Lambda", "MetricName": "Invocations", "Dimensions": dimensions},
                "Period": 86_400,
                "Stat": "Sum",
            },
        }
        for identifier, dimensions in (("f", [{"Name": "FunctionName", "Value": "f"}]), ("all", []))
    ]
    ask = region.client("cloudwatch").get_metric_data
    times = {"StartTime": "2026-01-01T00:00:00Z", "EndTime": "2026-01-02T00:00:00Z"}
    answers = [ask(MetricDataQueries=[query], **times)["MetricDataResults"][0]["Values"] for query in queries]
    assert answers == [[1], [2]]
