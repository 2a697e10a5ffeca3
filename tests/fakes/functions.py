"""A deterministic stand-in for the sandbox: it plays invocations from a script.

    functions = FakeFunctions([an_invocation({"rows": 3}), a_timeout()])
    functions = FakeFunctions(lambda call: an_invocation(call.event))     # or a rule

The script is a list that is played in order over all functions (its last entry is played again and
again), or a rule from a ``Call`` to what happens. An entry that is an exception is raised by
``invoke``; ``refuses=`` is raised by ``create``. ``calls``, ``created`` and ``closed`` tell what was done.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tutor.awslambda.function import FunctionConfiguration
from tutor.awslambda.invocation import Invocation, Json, LogEvent, Phase, Report

REQUEST_ID = "00000000-0000-4000-8000-000000000001"

ENFORCED: Mapping[str, str] = {
    "memory": "cgroup-v2",
    "cpu": "none",
    "timeout": "supervisor",
    "ephemeral_storage": "namespace",
    "file_system": "namespace",
    "file_descriptors": "none",
    "processes": "none",
    "network": "namespace",
    "environment": "supervisor",
    "payload": "supervisor",
}
"""What a good host enforces today: limit -> mechanism."""


@dataclass(frozen=True)
class Call:
    """One invocation that was asked for. ``index`` counts all calls from 0, ``cold`` says a new environment began."""

    index: int
    event: Json
    code: Path | Mapping[str, str]
    configuration: FunctionConfiguration
    cold: bool


Outcome = Invocation | Exception
Rule = Callable[[Call], Outcome]


def an_invocation(
    payload: Json = None,
    *,
    printed: Sequence[str] = (),
    function_error: str | None = None,
    duration_ms: float = 12.34,
    init_duration_ms: float | None = None,
    max_memory_used_mb: int = 40,
    memory_size_mb: int = 128,
    status: str | None = None,
    error_type: str | None = None,
    ended: str = "ok",
    enforcement: Mapping[str, str] = ENFORCED,
) -> Invocation:
    """One invocation as the sandbox would report it: START, what was printed, END and REPORT, and its phases."""
    billed = int(-(-round(duration_ms + (init_duration_ms or 0.0), 2) // 1))
    report = Report(
        REQUEST_ID, duration_ms, billed, memory_size_mb, max_memory_used_mb, init_duration_ms, status, error_type
    )
    init_ms = init_duration_ms or 0.0
    phases = [Phase("INIT", 0.0, init_ms, "ok")] if init_duration_ms is not None else []
    phases.append(Phase("INVOKE", init_ms, init_ms + duration_ms, ended))  # type: ignore[arg-type]
    log = (
        LogEvent(init_ms, "platform", f"START RequestId: {REQUEST_ID} Version: $LATEST"),
        *(LogEvent(init_ms + 1, "function", line) for line in printed),
        LogEvent(init_ms + duration_ms, "platform", f"END RequestId: {REQUEST_ID}"),
        LogEvent(
            init_ms + duration_ms,
            "platform",
            f"REPORT RequestId: {REQUEST_ID}\tDuration: {duration_ms:.2f} ms\tBilled Duration: {billed} ms\t"
            f"Memory Size: {memory_size_mb} MB\tMax Memory Used: {max_memory_used_mb} MB",
        ),
    )
    return Invocation(
        status_code=200,
        payload=payload,
        function_error=function_error,
        executed_version="$LATEST",
        log=log,
        report=report,
        phases=tuple(phases),
        enforcement=dict(enforcement),
        memory_curve=((0.0, 10.0), (init_ms + duration_ms, float(max_memory_used_mb))),
    )


def a_failure(error_type: str = "ValueError", message: str = "boom", **more: Any) -> Invocation:
    """An invocation whose handler raised."""
    document = {"errorMessage": message, "errorType": error_type, "requestId": REQUEST_ID, "stackTrace": []}
    return an_invocation(document, function_error="Unhandled", ended="error", **more)


def a_timeout(seconds: int = 1) -> Invocation:
    """An invocation that was stopped at its timeout."""
    text = f"RequestId: {REQUEST_ID} Error: Task timed out after {seconds:.2f} seconds"
    return an_invocation(
        {"errorType": "Sandbox.Timedout", "errorMessage": text},
        function_error="Unhandled",
        duration_ms=seconds * 1000.0,
        status="timeout",
        ended="timeout",
    )


@dataclass
class FakeFunctions:
    """Implements the Protocol ``Functions``; see the module's docstring for the script."""

    script: Sequence[Outcome] | Rule = field(default_factory=lambda: [an_invocation({"ok": True})])
    refuses: Exception | None = None
    mechanisms: Mapping[str, str] = field(default_factory=lambda: dict(ENFORCED))
    calls: list[Call] = field(default_factory=list)
    created: list[FunctionConfiguration] = field(default_factory=list)
    closed: int = 0

    def create(
        self,
        code: Path | Mapping[str, str],
        configuration: FunctionConfiguration,
        layers: Sequence[Path | Mapping[str, str]] = (),
    ) -> "FakeRunningFunction":
        self.created.append(configuration)
        if self.refuses is not None:
            raise self.refuses
        return FakeRunningFunction(self, code, configuration)

    def enforcement(self) -> Mapping[str, str]:
        return self.mechanisms

    def play(self, call: Call) -> Invocation:
        """What the script has for this call."""
        self.calls.append(call)
        rule = self.script
        outcome = rule(call) if callable(rule) else rule[min(call.index, len(rule) - 1)]
        if isinstance(outcome, Exception):
            raise outcome
        configuration = call.configuration
        settings = {
            "handler": configuration.handler,
            "memory_size": configuration.memory_size,
            "timeout": configuration.timeout,
            "ephemeral_storage": configuration.ephemeral_storage,
        }
        return replace(outcome, configuration=settings)


@dataclass
class FakeRunningFunction:
    """One function with one pretended environment."""

    functions: FakeFunctions
    code: Path | Mapping[str, str]
    configuration: FunctionConfiguration
    warm: bool = False
    is_closed: bool = False

    def invoke(self, event: Json) -> Invocation:
        call = Call(len(self.functions.calls), event, self.code, self.configuration, not self.warm)
        self.warm = True
        return self.functions.play(call)

    def renew(self) -> None:
        self.warm = False

    def close(self) -> None:
        self.functions.closed += not self.is_closed
        self.is_closed = True
