"""Lambda's own lines of a log, in the text format. Fields are separated by tabs; REPORT ends with one.

Source: recordings of the real service and the developer guide (monitoring-cloudwatchlogs, lambda-runtime-environment).
"""

from collections.abc import Iterable

from tutor.awslambda.invocation import Report


def _ms(value: float) -> str:
    return f"{value:.2f} ms"


def _ending(status: str | None, error_type: str | None) -> str:
    text = f"Status: {status}" if status else ""
    return f"{text}\tError Type: {error_type}" if status and error_type else text


def init_start(runtime_version: str, runtime_arn: str) -> str:
    """The first line of a cold start."""
    return f"INIT_START Runtime Version: {runtime_version}\tRuntime Version ARN: {runtime_arn}"


def is_init_start(line: str) -> bool:
    """Whether a line of a log, in either format, is the one that begins INIT."""
    return line.startswith("INIT_START ") or (line.startswith("{") and '"platform.initStart"' in line)


def init_report(duration_ms: float, phase: str, status: str | None, error_type: str | None = None) -> str:
    """INIT ran ahead of any invocation, failed, or was late; ``phase`` is ``invoke`` when it was run again there.

    A success has neither phase nor status: so the line stands in the log of a snapshot's making.
    """
    line = f"INIT_REPORT Init Duration: {_ms(duration_ms)}"
    return f"{line}\tPhase: {phase}\t{_ending(status, error_type)}" if status else line


def restore_start(runtime_version: str, runtime_arn: str) -> str:
    """SnapStart: a snapshot is about to be restored."""
    return f"RESTORE_START Runtime Version: {runtime_version}\tRuntime Version ARN: {runtime_arn}"


def restore_report(duration_ms: float, status: str | None, error_type: str | None = None) -> str:
    """SnapStart: the snapshot was restored, which a success tells by having no status."""
    line = f"RESTORE_REPORT Restore Duration: {_ms(duration_ms)}"
    return f"{line}\t{_ending(status, error_type)}" if status else line


def start(request_id: str, version: str) -> str:
    """START."""
    return f"START RequestId: {request_id} Version: {version}"


def end(request_id: str) -> str:
    """END."""
    return f"END RequestId: {request_id}"


def report(report: Report) -> str:
    """REPORT, with Init Duration on a successful cold start only, and Status on failures only."""
    fields = [
        f"REPORT RequestId: {report.request_id}",
        f"Duration: {_ms(report.duration_ms)}",
        f"Billed Duration: {report.billed_duration_ms} ms",
        f"Memory Size: {report.memory_size_mb} MB",
        f"Max Memory Used: {report.max_memory_used_mb} MB",
    ]
    if report.init_duration_ms is not None:
        fields.append(f"Init Duration: {_ms(report.init_duration_ms)}")
    if report.restore_duration_ms is not None:
        fields.append(f"Restore Duration: {_ms(report.restore_duration_ms)}")
        fields.append(f"Billed Restore Duration: {report.billed_restore_duration_ms} ms")
    ending = _ending(report.status, report.error_type)
    return "\t".join([*fields, ending])


def extension(name: str, state: str, events: Iterable[str], error_type: str = "") -> str:
    """What became of an extension in INIT; ``error_type`` is what it said of itself."""
    line = f"EXTENSION\tName: {name}\tState: {state}\tEvents: [{', '.join(events)}]"
    return f"{line}\tError Type: {error_type}" if error_type else line


def telemetry_subscription(name: str, types: Iterable[str]) -> str:
    """An extension has subscribed to telemetry."""
    return f"TELEMETRY\tName: {name}\tState: Subscribed\tTypes: [{', '.join(kind.capitalize() for kind in types)}]"
