"""One execution environment: start, invoke, reset, shut down. The transition table decides, a supervisor executes."""

import json
import math
import time
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import uuid4

from tutor.awslambda import failure, log_lines
from tutor.awslambda.billing import billed_duration
from tutor.awslambda.execution_environment import Event, State, after
from tutor.awslambda.failure import Failure
from tutor.awslambda.function import FunctionConfiguration, check_payload
from tutor.awslambda.invocation import Invocation, Json, LogEvent, Phase, Report
from tutor.awslambda.quotas import Quotas
from tutor.errors import Defect, HostError
from tutor.sandbox import isolation
from tutor.sandbox.interpreter import Interpreter, covered_folders, host_interpreter, runtime_files
from tutor.sandbox.link import SupervisorLink
from tutor.sandbox.memory import MB
from tutor.sandbox.package import Package
from tutor.sandbox.variables import runtime_variables
from tutor.sandbox.wire import Message

_BYTES_PER_FILE = 16384  # how many bytes of /tmp come with one file: ext4's usual ratio, unverified for Lambda
_ENDED = {"message": "ok", "timeout": "timeout", "memory": "memory", "exit": "exit"}


@dataclass
class _Story:
    """What is told of one invocation while it goes on: phases, log lines, samples, in ms from its beginning."""

    at: float = 0.0
    phases: list[Phase] = field(default_factory=list)
    log: list[LogEvent] = field(default_factory=list)
    curve: list[tuple[float, float]] = field(default_factory=list)
    dropped: int = 0

    def platform(self, text: str) -> None:
        self.log.append(LogEvent(round(self.at, 2), "platform", text))

    def take(self, result: dict[str, Any]) -> None:
        """Add what a phase measured and printed, and go on to its end."""
        self.log += [LogEvent(round(self.at + ms, 2), "function", text) for ms, text in result["log"]]
        self.curve += [(round(self.at + ms, 1), held) for ms, held in result["curve"]]
        self.dropped += result["dropped"]
        self.at += result["ms"]


@dataclass(frozen=True)
class _Verdict:
    """How INIT or INVOKE ended: the payload, and a failure that Lambda reports where there is one."""

    payload: Json
    function_error: bool
    status: str | None = None
    error_type: str | None = None
    ended: str = "ok"
    broke: bool = False


class ExecutionEnvironment:
    """An environment of one function. Not for two threads at once: it serves one event at a time, as in Lambda."""

    def __init__(self, package: Package, configuration: FunctionConfiguration, quotas: Quotas) -> None:
        self.configuration = configuration
        self.state = State.NEW
        self._package = package
        self._quotas = quotas
        self._interpreter = host_interpreter()
        self._link: SupervisorLink | None = None
        self._mechanism = "none"
        self._init: dict[str, Any] | None = None
        self._init_body = b""
        self._peak = 0

    @property
    def supervisor(self) -> int | None:
        """The supervisor's process id, while there is one."""
        return self._link.pid if self._link else None

    def start(self) -> None:
        """Build the sandbox and run INIT. Its result is told by the first invocation.

        Raises ``HostError`` where the host lacks what the sandbox needs.
        """
        self._link = SupervisorLink()
        order = _order(self._package, self.configuration, self._quotas, self._interpreter)
        self._mechanism = self._link.build(order)
        message = self._run({"do": "start", "limit_ms": self._quotas.init_timeout * 1000})
        self._init, self._init_body = message.header, message.body
        ready = message.header["kind"] == "ready"
        if not ready:
            self._kill()
        self.state = after(self.state, Event.INIT_SUCCEEDED if ready else Event.INIT_FAILED)

    def invoke(self, event: Json, request_id: str | None = None) -> Invocation:
        """Invoke once, synchronously, and return what happened. Raises ``ServiceError`` for too large a payload."""
        payload = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
        check_payload(payload, self._quotas)
        request_id = request_id or str(uuid4())
        story = _Story()
        if self.state is State.NEW:
            self.start()
        init_ms = self._tell_init(story)
        begun = story.at
        verdict = self._again(story, request_id) or self._serve(story, request_id, payload, begun)
        return self._invocation(story, request_id, verdict, init_ms, begun)

    def reset(self) -> None:
        """End its processes; /tmp stays. The next invocation runs INIT again, inside its own Duration."""
        self._kill()
        self._init = None
        self.state = after(self.state, Event.RESET)

    def shutdown(self) -> None:
        """End everything; nothing of it stays. Safe to call twice."""
        self.state = after(self.state, Event.SHUTDOWN)
        if self._link is not None:
            self._link.close()
            self._link = None

    def _kill(self) -> None:
        if self._link is not None:
            self._link.ask({"do": "kill"})

    def _run(self, header: dict[str, Any], body: bytes = b"") -> Message:
        """One phase in the supervisor."""
        if self._link is None:
            raise Defect("an environment that was shut down cannot run anything")
        message = self._link.ask(header, body)
        if message.header["outcome"] == "failed":
            self._link.close()
            raise HostError(f"This host cannot start a runtime in the sandbox: {message.header['reason']}.")
        self._peak = max(self._peak, message.header.get("peak", 0))
        return message

    def _tell_init(self, story: _Story) -> float | None:
        """Tell the INIT that came before the first invocation; its duration in ms where it succeeded."""
        result, self._init = self._init, None
        if result is None:
            return None
        story.platform(log_lines.init_start(self._interpreter.version_line, self._interpreter.version_arn))
        story.take(result)
        if result["kind"] == "ready":
            story.phases.append(Phase("INIT", 0.0, story.at, "ok"))
            return float(result["ms"])
        verdict = self._judge_init(result, self._init_body, "", self._quotas.init_timeout)
        story.phases.append(Phase("INIT", 0.0, story.at, verdict.ended))  # type: ignore[arg-type]
        story.platform(log_lines.init_report(result["ms"], "init", verdict.status or "error", verdict.error_type))
        return None

    def _again(self, story: _Story, request_id: str) -> _Verdict | None:
        """Run INIT again inside this invocation after a failed one or a reset; its verdict if it fails too."""
        if self.state is State.READY:
            return None
        message = self._run({"do": "start", "limit_ms": self.configuration.timeout * 1000})
        result = message.header
        story.take(result)
        if result["kind"] == "ready":
            self.state = after(self.state, Event.INIT_SUCCEEDED)
            return None
        self._kill()
        self.state = after(self.state, Event.BROKE)
        verdict = self._judge_init(result, message.body, request_id, self.configuration.timeout)
        story.platform(log_lines.init_report(result["ms"], "invoke", verdict.status or "error", verdict.error_type))
        story.platform(log_lines.start(request_id, self.configuration.version))
        return verdict

    def _serve(self, story: _Story, request_id: str, payload: bytes, begun: float) -> _Verdict:
        """The INVOKE phase proper."""
        story.platform(log_lines.start(request_id, self.configuration.version))
        limit = self.configuration.timeout * 1000 - (story.at - begun)
        header = {
            "do": "invoke",
            "limit_ms": limit,
            "id": request_id,
            "arn": self.configuration.arn,
            "deadline_ms": time.time() * 1000 + limit,
        }
        message = self._run(header, payload)
        if message.header["outcome"] == "dead":
            self.state = after(self.state, Event.RESET)
            story.log.pop()
            return self._again(story, request_id) or self._serve(story, request_id, payload, begun)
        story.take(message.header)
        verdict = self._judge(message, request_id)
        self.state = after(self.state, Event.BROKE if verdict.broke else Event.ANSWERED)
        return verdict

    def _judge(self, message: Message, request_id: str) -> _Verdict:
        result = message.header
        if result["outcome"] != "message":
            return _failed(self._outside(result, request_id, self.configuration.timeout), result["outcome"])
        if result["size"] > self._quotas.response_payload:
            too_large = failure.response_too_large(self._quotas.response_payload)
            return _Verdict(too_large.document, True, too_large.status, too_large.error_type, "error")
        payload = _json(message.body)
        failed = result["kind"] == "error"
        return _Verdict(payload, failed, ended="error" if failed else "ok")

    def _judge_init(self, result: dict[str, Any], body: bytes, request_id: str, limit: int) -> _Verdict:
        if result["outcome"] == "message":
            return _Verdict(_json(body), True, "error", str(result["error_type"]), "error", broke=True)
        return _failed(self._outside(result, request_id, limit), result["outcome"])

    @staticmethod
    def _outside(result: dict[str, Any], request_id: str, limit: int) -> Failure:
        """The failure that Lambda reports for an outcome seen from outside."""
        if result["outcome"] == "timeout":
            return failure.timed_out(request_id, limit)
        if result["outcome"] == "memory":
            return failure.out_of_memory(request_id)
        return failure.exited(request_id, int(result["code"]))

    def _invocation(
        self, story: _Story, request_id: str, verdict: _Verdict, init_ms: float | None, begun: float
    ) -> Invocation:
        duration = round(min(story.at - begun, self.configuration.timeout * 1000), 2)
        init = round(init_ms, 2) if init_ms is not None else None
        memory = self.configuration.memory_size
        report = Report(
            request_id=request_id,
            duration_ms=duration,
            billed_duration_ms=billed_duration(duration, init),
            memory_size_mb=memory,
            max_memory_used_mb=memory if verdict.ended == "memory" else min(memory, math.ceil(self._peak / MB)),
            init_duration_ms=init,
            status=verdict.status,
            error_type=verdict.error_type,
        )
        story.phases.append(Phase("INVOKE", begun, story.at, verdict.ended))  # type: ignore[arg-type]
        story.platform(log_lines.end(request_id))
        story.platform(log_lines.report(report))
        return Invocation(
            status_code=200,
            payload=verdict.payload,
            function_error="Unhandled" if verdict.function_error else None,
            executed_version=self.configuration.version,
            log=tuple(story.log),
            report=report,
            phases=tuple(story.phases),
            enforcement=enforcement(self._mechanism),
            memory_curve=tuple(story.curve),
            dropped_log_bytes=story.dropped,
            configuration={**asdict(self.configuration), "environment": dict(self.configuration.environment)},
        )


def _failed(found: Failure, outcome: str) -> _Verdict:
    return _Verdict(found.document, True, found.status, found.error_type, _ENDED[outcome], broke=True)


def _json(body: bytes) -> Json:
    """The payload as a JSON value; a body that is none is given as text."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return body.decode(errors="replace")


def _order(
    package: Package, configuration: FunctionConfiguration, quotas: Quotas, interpreter: Interpreter
) -> dict[str, Any]:
    """Everything that the supervisor needs, as plain values."""
    storage = configuration.ephemeral_storage * MB
    return {
        "memory_size": configuration.memory_size,
        "response_limit": quotas.response_payload,
        "layout": {
            "interpreter": interpreter.prefix,
            "files": package.files,
            "texts": package.texts,
            "archive": package.archive,
            "runtime": runtime_files(),
            "covered": covered_folders(interpreter),
            "ephemeral_storage": storage,
            "inodes": storage // _BYTES_PER_FILE,
            "uid": isolation.UID,
            "gid": isolation.GID,
        },
        "launch": {
            "command": [f"/var/lang/{interpreter.executable}", "-u", "-S", "/var/runtime/bootstrap.py"],
            "environment": runtime_variables(configuration, interpreter.runtime),
        },
    }


def enforcement(memory: str) -> dict[str, str]:
    """Limit -> the mechanism that holds it; ``none`` for what is not enforced yet."""
    return {
        "memory": memory,
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
