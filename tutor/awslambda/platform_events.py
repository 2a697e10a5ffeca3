"""Lambda's own events as JSON records: what the Telemetry API delivers, and the system log where the format is JSON.

Each function gives one event: ``{"time", "type", "record"}``. ``at`` is a time in seconds since the epoch.
Source: developer guide, telemetry-schema-reference.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from tutor.awslambda.execution_environment import ON_DEMAND, InitializationType
from tutor.awslambda.function import FunctionConfiguration
from tutor.awslambda.invocation import Report

PlatformEvent = Mapping[str, Any]


def _event(at: float, name: str, record: Any) -> PlatformEvent:
    time = datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"time": time, "type": name, "record": record}


def _status(status: str | None, error_type: str | None) -> dict[str, str]:
    found = {"status": status or "success"}
    return {**found, "errorType": error_type} if error_type else found


def init_start(
    at: float,
    configuration: FunctionConfiguration,
    version: str,
    version_arn: str,
    phase: str,
    kind: InitializationType = ON_DEMAND,
) -> PlatformEvent:
    """INIT begins; ``phase`` is ``init``, or ``invoke`` where it is run again inside an invocation."""
    record = {
        "initializationType": kind,
        "phase": phase,
        "runtimeVersion": version,
        "runtimeVersionArn": version_arn,
        "functionName": configuration.function_name,
        "functionVersion": configuration.version,
        "instanceMaxMemory": configuration.memory_size,
    }
    return _event(at, "platform.initStart", record)


def init_runtime_done(
    at: float,
    phase: str,
    status: str | None = None,
    error_type: str | None = None,
    kind: InitializationType = ON_DEMAND,
) -> PlatformEvent:
    """The runtime is ready, or has failed; extensions may still be at work. ``status`` None is success."""
    record = {"initializationType": kind, "phase": phase, **_status(status, error_type)}
    return _event(at, "platform.initRuntimeDone", record)


def init_report(
    at: float,
    phase: str,
    duration_ms: float,
    status: str | None = None,
    error_type: str | None = None,
    kind: InitializationType = ON_DEMAND,
) -> PlatformEvent:
    """INIT is over, extensions included."""
    metrics = {"durationMs": round(duration_ms, 2)}
    record = {"initializationType": kind, "phase": phase, **_status(status, error_type), "metrics": metrics}
    return _event(at, "platform.initReport", record)


def restore_start(at: float, configuration: FunctionConfiguration, version: str, version_arn: str) -> PlatformEvent:
    """SnapStart: a snapshot is about to be restored."""
    record = {
        "runtimeVersion": version,
        "runtimeVersionArn": version_arn,
        "functionName": configuration.function_name,
        "functionVersion": configuration.version,
        "instanceMaxMemory": configuration.memory_size,
    }
    return _event(at, "platform.restoreStart", record)


def restore_report(
    at: float, duration_ms: float, status: str | None = None, error_type: str | None = None
) -> PlatformEvent:
    """SnapStart: the snapshot was restored, hooks included."""
    record = {**_status(status, error_type), "metrics": {"durationMs": round(duration_ms, 2)}}
    return _event(at, "platform.restoreReport", record)


def start(at: float, request_id: str, version: str) -> PlatformEvent:
    """INVOKE begins."""
    return _event(at, "platform.start", {"requestId": request_id, "version": version})


def runtime_done(
    at: float,
    request_id: str,
    duration_ms: float,
    produced_bytes: int,
    status: str | None = None,
    error_type: str | None = None,
) -> PlatformEvent:
    """The runtime has answered; extensions may still be at work."""
    metrics = {"durationMs": round(duration_ms, 2), "producedBytes": produced_bytes}
    record = {"requestId": request_id, **_status(status, error_type), "metrics": metrics}
    return _event(at, "platform.runtimeDone", record)


def report(at: float, report: Report) -> PlatformEvent:
    """INVOKE is over, extensions included."""
    metrics: dict[str, float] = {
        "durationMs": report.duration_ms,
        "billedDurationMs": report.billed_duration_ms,
        "memorySizeMB": report.memory_size_mb,
        "maxMemoryUsedMB": report.max_memory_used_mb,
    }
    if report.init_duration_ms is not None:
        metrics["initDurationMs"] = report.init_duration_ms
    if report.restore_duration_ms is not None:
        metrics["restoreDurationMs"] = report.restore_duration_ms
        metrics["billedRestoreDurationMs"] = report.billed_restore_duration_ms or 0
    record = {"requestId": report.request_id, "metrics": metrics, **_status(report.status, report.error_type)}
    return _event(at, "platform.report", record)


def extension(at: float, name: str, state: str, events: Iterable[str], error_type: str = "") -> PlatformEvent:
    """What became of an extension in INIT."""
    record: dict[str, Any] = {"name": name, "state": state, "events": list(events)}
    return _event(at, "platform.extension", {**record, "errorType": error_type} if error_type else record)


def telemetry_subscription(at: float, name: str, types: Iterable[str]) -> PlatformEvent:
    """An extension has subscribed to telemetry."""
    return _event(at, "platform.telemetrySubscription", {"name": name, "state": "Subscribed", "types": list(types)})


def logs_dropped(at: float, dropped_records: int, dropped_bytes: int) -> PlatformEvent:
    """A subscriber was too slow, and events were dropped."""
    reason = "Some logs were dropped because the downstream consumer is slower than the logs production rate"
    record = {"droppedBytes": dropped_bytes, "droppedRecords": dropped_records, "reason": reason}
    return _event(at, "platform.logsDropped", record)


def printed(at: float, source: str, record: Any) -> PlatformEvent:
    """What a ``function`` or an ``extension`` wrote: a line, or the object that a line in JSON stands for."""
    return _event(at, source, record)
