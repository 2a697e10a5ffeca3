"""One function of a region in every respect: versions, aliases, concurrency, event sources, logs, metrics.

Everything is read over AWS's own API, by a boto3 client; what such a client raises is the caller's to turn.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

NAMESPACE = "AWS/Lambda"
STREAMS = 4
"""Ours: how many log streams are shown."""
LINES = 200
"""Ours: how many of a stream's last lines are shown."""
_DAYS = 14  # ours: how far metrics are added up, back and ahead: a fast clock may have been further on last time
_DAY_S = 86400
_PEAKS = ("Executions", "Concurrency", "Utilization")


@dataclass(frozen=True)
class VersionRow:
    """A version, ``$LATEST`` among them. Memory in MB, timeout in s; ``reason`` says why it is not active."""

    version: str
    description: str
    runtime: str
    memory_size: int
    timeout: int
    state: str
    reason: str
    update: str


@dataclass(frozen=True)
class AliasRow:
    """An alias; ``weights`` are versions with the part of the invocations that each gets, the main one first."""

    name: str
    weights: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class ProvisionedRow:
    """Provisioned concurrency of a version or an alias."""

    qualifier: str
    requested: int
    available: int
    status: str


@dataclass(frozen=True)
class MappingRow:
    """An event source mapping; ``result`` is what its last poll came to, in AWS's words."""

    uuid: str
    source: str
    state: str
    batch_size: int
    result: str


@dataclass(frozen=True)
class FunctionDetail:
    """Everything of one function. ``reserved`` is None where nothing is; ``failing`` tells where failed events go."""

    name: str
    versions: tuple[VersionRow, ...]
    aliases: tuple[AliasRow, ...]
    reserved: int | None
    provisioned: tuple[ProvisionedRow, ...]
    mappings: tuple[MappingRow, ...]
    urls: tuple[str, ...]
    failing: tuple[str, ...]


@dataclass(frozen=True)
class Stream:
    """A log stream with its last lines."""

    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Measure:
    """A metric over all that CloudWatch still has: its sum, average or greatest value, as ``statistic`` says."""

    name: str
    statistic: str
    value: float
    unit: str


def detail_of(functions: Any, name: str) -> FunctionDetail:
    """All of a function's parts. Raises what the client raises."""
    versions = _all(functions, "list_versions_by_function", "Versions", FunctionName=name)
    aliases = _all(functions, "list_aliases", "Aliases", FunctionName=name)
    provisioned = _all(
        functions, "list_provisioned_concurrency_configs", "ProvisionedConcurrencyConfigs", FunctionName=name
    )
    mappings = _all(functions, "list_event_source_mappings", "EventSourceMappings")
    urls = _all(functions, "list_function_url_configs", "FunctionUrlConfigs", FunctionName=name)
    return FunctionDetail(
        name=name,
        versions=tuple(_version(version) for version in versions),
        aliases=tuple(_alias(alias) for alias in aliases),
        reserved=functions.get_function_concurrency(FunctionName=name).get("ReservedConcurrentExecutions"),
        provisioned=tuple(_provisioned(entry) for entry in provisioned),
        mappings=tuple(_mapping(entry) for entry in mappings if _is_for(entry, name)),
        urls=tuple(url["FunctionUrl"] for url in urls),
        failing=tuple(_failing(functions, name, versions)),
    )


def _all(client: Any, operation: str, member: str, **parameters: Any) -> list[Mapping[str, Any]]:
    pages = client.get_paginator(operation).paginate(**parameters)
    return [item for page in pages for item in page.get(member, [])]


def _version(version: Mapping[str, Any]) -> VersionRow:
    return VersionRow(
        version["Version"],
        version.get("Description", ""),
        version.get("Runtime", ""),
        version["MemorySize"],
        version["Timeout"],
        version.get("State", "Active"),
        version.get("StateReason", ""),
        version.get("LastUpdateStatus", ""),
    )


def _alias(alias: Mapping[str, Any]) -> AliasRow:
    further = (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
    main = (alias["FunctionVersion"], 1.0 - sum(further.values()))
    return AliasRow(alias["Name"], (main, *sorted(further.items())))


def _provisioned(entry: Mapping[str, Any]) -> ProvisionedRow:
    return ProvisionedRow(
        entry["FunctionArn"].rpartition(":")[2],
        entry.get("RequestedProvisionedConcurrentExecutions", 0),
        entry.get("AvailableProvisionedConcurrentExecutions", 0),
        entry.get("Status", ""),
    )


def _is_for(entry: Mapping[str, Any], name: str) -> bool:
    """Whether a mapping is for the function, or for one of its versions or aliases."""
    return str(entry.get("FunctionArn", "")).split(":")[6:7] == [name]


def _mapping(entry: Mapping[str, Any]) -> MappingRow:
    return MappingRow(
        entry["UUID"],
        entry.get("EventSourceArn", ""),
        entry.get("State", ""),
        entry.get("BatchSize", 0),
        entry.get("LastProcessingResult", ""),
    )


def _failing(functions: Any, name: str, versions: Sequence[Mapping[str, Any]]) -> list[str]:
    """Where an event goes that failed for good: dead-letter queues and destinations, each with its qualifier."""
    told = [
        f"dead letters of {version['Version']} to {version['DeadLetterConfig']['TargetArn']}"
        for version in versions
        if (version.get("DeadLetterConfig") or {}).get("TargetArn")
    ]
    for config in _all(
        functions, "list_function_event_invoke_configs", "FunctionEventInvokeConfigs", FunctionName=name
    ):
        qualifier = config["FunctionArn"].rpartition(":")[2]
        if "MaximumRetryAttempts" in config:
            told.append(f"retries of {qualifier}: {config['MaximumRetryAttempts']}")
        for when, destination in (config.get("DestinationConfig") or {}).items():
            if destination.get("Destination"):
                told.append(f"{when} of {qualifier} to {destination['Destination']}")
    return told


def streams_of(logs: Any, group: str) -> tuple[Stream, ...]:
    """The last lines of a log group's latest streams, the oldest stream first; none where there is no group."""
    try:
        found = logs.describe_log_streams(logGroupName=group, orderBy="LastEventTime", descending=True, limit=STREAMS)
    except logs.exceptions.ResourceNotFoundException:
        return ()
    names = [stream["logStreamName"] for stream in found["logStreams"]]
    return tuple(Stream(name, _lines(logs, group, name)) for name in reversed(names))


def _lines(logs: Any, group: str, stream: str) -> tuple[str, ...]:
    events = logs.get_log_events(logGroupName=group, logStreamName=stream, limit=LINES, startFromHead=False)["events"]
    return tuple(event["message"].rstrip("\n") for event in events)


def measures_of(cloudwatch: Any, name: str, now: float) -> tuple[Measure, ...]:
    """The metrics whose one dimension is the function, by name. ``now`` is region time."""
    dimensions = [{"Name": "FunctionName", "Value": name}]
    listed = _all(cloudwatch, "list_metrics", "Metrics", Namespace=NAMESPACE, Dimensions=dimensions)
    names = sorted({metric["MetricName"] for metric in listed if metric["Dimensions"] == dimensions})
    here, span = datetime.fromtimestamp(now, UTC), timedelta(days=_DAYS)
    measures = []
    for metric in names:
        points = cloudwatch.get_metric_statistics(
            Namespace=NAMESPACE,
            MetricName=metric,
            Dimensions=dimensions,
            StartTime=here - span,
            EndTime=here + span,
            Period=_DAY_S,
            Statistics=["Sum", "SampleCount", "Maximum"],
        )["Datapoints"]
        if points:
            measures.append(_measure(metric, points))
    return tuple(measures)


def _measure(name: str, points: Sequence[Mapping[str, Any]]) -> Measure:
    """Concurrency is told by its peak, times by their average, everything else by its sum."""
    unit, total = points[0].get("Unit", ""), sum(point["Sum"] for point in points)
    if name.endswith(_PEAKS):
        return Measure(name, "most", max(point["Maximum"] for point in points), unit)
    if unit == "Milliseconds":
        return Measure(name, "average", total / (sum(point["SampleCount"] for point in points) or 1), unit)
    return Measure(name, "sum", total, unit)
