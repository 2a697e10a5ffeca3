"""What one invocation did: a value, made of what was measured from outside."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from tutor.awslambda.execution_environment import ON_DEMAND, InitializationType

Json = Any
"""A JSON value: dict, list, str, int, float, bool or None."""

LogSource = Literal["platform", "function", "extension"]
PhaseEnd = Literal["ok", "error", "timeout", "memory", "exit"]


@dataclass(frozen=True)
class LogEvent:
    """One line of the log. ``source`` tells Lambda's own lines from what the function or an extension printed.

    ``at_ms`` counts from the start of this invocation's first phase (INIT when it was cold).
    """

    at_ms: float
    source: LogSource
    text: str


@dataclass(frozen=True)
class Phase:
    """One phase on the time line, in milliseconds from the start of the first phase.

    ``ended`` says how: ``ok``, ``error``, ``timeout``, ``memory`` or ``exit``.
    """

    name: Literal["INIT", "RESTORE", "INVOKE"]
    start_ms: float
    end_ms: float
    ended: PhaseEnd


@dataclass(frozen=True)
class Report:
    """The REPORT line as a value. Durations in ms, memory in MB (1,024 KB each).

    ``init_duration_ms`` is there on a cold start only, what is said of a restore on SnapStart's only; ``status`` and
    ``error_type`` on failures only.
    """

    request_id: str
    duration_ms: float
    billed_duration_ms: int
    memory_size_mb: int
    max_memory_used_mb: int
    init_duration_ms: float | None = None
    status: str | None = None
    error_type: str | None = None
    restore_duration_ms: float | None = None
    billed_restore_duration_ms: int | None = None


@dataclass(frozen=True)
class Invocation:
    """The result of one invocation, as a caller of AWS's Invoke sees it, and what was measured.

    ``payload`` is the JSON value itself. ``function_error`` is ``"Unhandled"`` or None.
    ``enforcement`` names, limit by limit, the mechanism that held it (``none`` where nothing did).
    ``memory_curve`` holds ``(ms, MB)`` samples of what the process tree held.
    """

    status_code: int
    payload: Json
    function_error: str | None
    executed_version: str
    log: tuple[LogEvent, ...]
    report: Report
    phases: tuple[Phase, ...]
    enforcement: Mapping[str, str]
    memory_curve: tuple[tuple[float, float], ...] = ()
    dropped_log_bytes: int = 0
    configuration: Mapping[str, Any] = field(default_factory=dict)
    initialization_type: InitializationType = ON_DEMAND
    """How the environment that served it came to be, as ``AWS_LAMBDA_INITIALIZATION_TYPE`` tells it."""
    log_group: str = ""
    log_stream: str = ""
    body: bytes = field(default=b"", repr=False)
    """The payload as the caller gets it, byte for byte."""
    notes: tuple[str, ...] = ()
    """What was done otherwise than asked, in sentences for a person: another interpreter than the runtime's."""

    @property
    def cold(self) -> bool:
        """Whether this invocation began with an INIT of its own, with or without success."""
        return any(phase.name == "INIT" for phase in self.phases)

    @property
    def error_type(self) -> str | None:
        """``errorType`` of the error document, where the function failed."""
        return self.payload.get("errorType") if self._failed_document() else None

    @property
    def error_message(self) -> str | None:
        """``errorMessage`` of the error document, where the function failed."""
        return self.payload.get("errorMessage") if self._failed_document() else None

    @property
    def log_lines(self) -> tuple[str, ...]:
        """The log's texts in order, platform lines and printed lines together."""
        return tuple(event.text for event in self.log)

    @property
    def printed(self) -> tuple[str, ...]:
        """What the function itself wrote, line by line."""
        return tuple(event.text for event in self.log if event.source == "function")

    def _failed_document(self) -> bool:
        return self.function_error is not None and isinstance(self.payload, dict)
