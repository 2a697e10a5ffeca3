"""One execution environment: start, invoke, reset, shut down. The transition table decides, a supervisor executes."""

import json
import math
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from uuid import uuid4

from tutor.awslambda import failure, platform_events
from tutor.awslambda.billing import billed_duration
from tutor.awslambda.execution_environment import Event, State, after
from tutor.awslambda.failure import Failure
from tutor.awslambda.function import FunctionConfiguration, check_payload
from tutor.awslambda.invocation import Invocation, Json, LogEvent, LogSource, Phase, PhaseEnd, Report
from tutor.awslambda.quotas import Quotas
from tutor.awslambda.system_log import SystemLog
from tutor.errors import Defect, HostError
from tutor.sandbox.cell import Terms
from tutor.sandbox.extensions_company import Company
from tutor.sandbox.memory import MB, MemoryWatch
from tutor.sandbox.payload import payload_value
from tutor.sandbox.phase import Ended, Output
from tutor.sandbox.runtime_program import runtime_program
from tutor.sandbox.story import Lived, Story
from tutor.sandbox.tier import Held, Tier
from tutor.sandbox.variables import runtime_variables, trace_header
from tutor.sandbox.wire import Message

_BYTES_PER_FILE = 16384  # how many bytes of /tmp come with one file: ext4's usual ratio, unverified for Lambda
_ENDED: dict[str, PhaseEnd] = {
    "message": "ok",
    "timeout": "timeout",
    "memory": "memory",
    "exit": "exit",
    "refused": "error",
    "extension": "error",
}


@dataclass(frozen=True)
class _Verdict:
    """How INIT or INVOKE ended: the payload, and a failure that Lambda reports where there is one."""

    payload: Json
    function_error: bool
    status: str | None = None
    error_type: str | None = None
    ended: PhaseEnd = "ok"
    broke: bool = False


class ExecutionEnvironment:
    """An environment of one function. Not for two threads at once: it serves one event at a time, as in Lambda.

    ``package`` is the name under which the nursery holds the function's package.
    """

    def __init__(self, nursery: Tier, package: str, configuration: FunctionConfiguration, quotas: Quotas) -> None:
        self.configuration = configuration
        self.state = State.NEW
        self._nursery = nursery
        self._package = package
        self._quotas = quotas
        self._program = runtime_program(configuration, nursery.interpreter)
        self._system_log = SystemLog(configuration, self._program.version_line, self._program.version_arn)
        self._company = Company(configuration, quotas)
        self._cell: Held | None = None
        self.last_words: tuple[LogEvent, ...] = ()
        self._init: Lived | None = None
        self._peak = 0
        self._told = {**asdict(configuration), "environment": dict(configuration.environment)}

    @property
    def first_process(self) -> int | None:
        """The process id (on the host) of the first process of its namespaces, while there is one."""
        return self._cell.pid if self._cell else None

    @property
    def group_paths(self) -> list[Path]:
        """Its control groups, where it has some."""
        return self._cell.group_paths if self._cell else []

    def start(self) -> None:
        """Make the environment and run INIT. Its result is told by the first invocation.

        Raises ``HostError`` where the host lacks what the sandbox needs.
        """
        self._cell = self._nursery.cell(self._terms())
        self._init = self._run_init(self._quotas.init_timeout * 1000, max(1.0, self._vcpu))
        ready = self._init.kind == "ready"
        if not ready:
            self._cell.stop()
        self.state = after(self.state, Event.INIT_SUCCEEDED if ready else Event.INIT_FAILED)
        if ready:
            self._cell.freeze()

    def invoke(self, event: Json, request_id: str | None = None, client_context: Json = None) -> Invocation:
        """Invoke once, synchronously, and return what happened. Raises ``ServiceError`` for too large a payload.

        ``client_context`` is what a direct caller passes beside the event.
        """
        payload = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
        check_payload(payload, self._quotas)
        request_id = request_id or str(uuid4())
        story = Story(self._system_log)
        if self.state is State.NEW:
            self.start()
        init_ms = self._tell_init(story)
        begun = story.at
        more = {} if client_context is None else {"client_context": json.dumps(client_context)}
        verdict = self._again(story, request_id) or self._serve(story, request_id, payload, begun, more)
        return self._invocation(story, request_id, verdict, init_ms, begun)

    def reset(self) -> None:
        """End its processes; /tmp stays. The next invocation runs INIT again, inside its own Duration."""
        if self._cell is not None:
            self._cell.stop()
        self._init = None
        self.state = after(self.state, Event.RESET)

    def shutdown(self) -> None:
        """End everything; nothing of it stays. Safe to call twice."""
        self.state = after(self.state, Event.SHUTDOWN)
        if self._cell is not None:
            self._cell.close()
            self.last_words = self._printed_in_shutdown(self._cell)
            self._cell = None

    def _printed_in_shutdown(self, cell: Held) -> tuple[LogEvent, ...]:
        """What the runtime and then extensions wrote when they were told of the end."""
        said: tuple[tuple[LogSource, Output], ...] = (("function", cell.output), ("extension", self._company.output))
        return tuple(LogEvent(ms, source, text) for source, output in said for ms, text in output.take()[0])

    @property
    def _vcpu(self) -> float:
        return min(self.configuration.memory_size / self._quotas.memory_per_vcpu, float(self._quotas.vcpu_max))

    def _terms(self) -> Terms:
        storage = self.configuration.ephemeral_storage
        return Terms(
            package=self._package,
            memory_size=self.configuration.memory_size,
            ephemeral_storage=storage,
            inodes=storage * MB // _BYTES_PER_FILE,
            vcpu=self._vcpu,
            file_descriptors=self._quotas.file_descriptors,
            processes=self._quotas.processes,
            response_limit=self._quotas.response_payload,
            environment=runtime_variables(self.configuration, self._program),
            company=self._company,
            streamed_limit=self._quotas.streamed_response * MB,
            entrypoints=self._program.entrypoints,
        )

    def _held(self) -> Held:
        if self._cell is None:
            raise Defect("an environment that was shut down cannot run anything")
        return self._cell

    def _run_init(self, limit_ms: float, vcpu: float, phase: str = "init") -> Lived:
        company, system_log = self._company, self._system_log
        company.begin()
        company.tell(lambda: system_log.init_start_event(time.time(), phase))
        company.answered = lambda message, outcome, _: company.tell(
            lambda: platform_events.init_runtime_done(time.time(), phase, *_how_answered(message, outcome))
        )
        lived = self._lived(self._held().start(limit_ms, vcpu))
        account = tuple(system_log.worded(line, event) for line, event in company.account())
        status = _how_answered(lived.ended.message, lived.ended.outcome)
        company.tell(lambda: platform_events.init_report(time.time(), phase, lived.ms, *status))
        company.initialised()
        return replace(lived, account=account)

    def _lived(self, found: tuple[Ended, MemoryWatch]) -> Lived:
        ended, watch = found
        if ended.outcome == "failed":
            raise HostError(f"This host cannot start a runtime in the sandbox: {ended.reason}.")
        self._peak = max(self._peak, watch.peak)
        return Lived(ended, *self._held().output.take(), watch.curve, self._company.output.take()[0])

    def _tell_init(self, story: Story) -> float | None:
        """Tell the INIT that came before the first invocation; its duration in ms where it succeeded."""
        lived, self._init = self._init, None
        if lived is None:
            return None
        story.platform(self._system_log.init_start(story.now))
        story.take(lived)
        story.platform(lived.account)
        if lived.kind == "ready":
            story.phases.append(Phase("INIT", 0.0, story.at, "ok"))
            return lived.ms
        verdict = self._judge_init(lived, "", self._quotas.init_timeout)
        story.phases.append(Phase("INIT", 0.0, story.at, verdict.ended))
        self._tell_init_report(story, lived, "init", verdict)
        return None

    def _again(self, story: Story, request_id: str) -> _Verdict | None:
        """Run INIT again inside this invocation after a failed one or a reset; its verdict if it fails too."""
        if self.state is State.READY:
            return None
        lived = self._run_init(self.configuration.timeout * 1000, self._vcpu, "invoke")
        story.take(lived)
        story.platform(lived.account)
        if lived.kind == "ready":
            self.state = after(self.state, Event.INIT_SUCCEEDED)
            return None
        self._held().stop()
        self.state = after(self.state, Event.BROKE)
        verdict = self._judge_init(lived, request_id, self.configuration.timeout)
        self._tell_init_report(story, lived, "invoke", verdict)
        story.platform(self._system_log.start(story.now, request_id))
        return verdict

    def _tell_init_report(self, story: Story, lived: Lived, phase: str, verdict: _Verdict) -> None:
        status = verdict.status or "error"
        story.platform(self._system_log.init_report(story.now, lived.ms, phase, status, verdict.error_type))

    def _serve(self, story: Story, request_id: str, payload: bytes, begun: float, more: Mapping[str, str]) -> _Verdict:
        """The INVOKE phase proper; ``more`` goes with the event."""
        limit = self.configuration.timeout * 1000 - (story.at - begun)
        header = {
            "id": request_id,
            "arn": self.configuration.arn,
            "deadline_ms": time.time() * 1000 + limit,
            "trace_id": trace_header(time.time()),
            **more,
        }
        self._tell_company_of(request_id)
        found = self._held().invoke(header, payload, limit)
        if found is None:
            self.state = after(self.state, Event.RESET)
            return self._again(story, request_id) or self._serve(story, request_id, payload, begun, more)
        story.platform(self._system_log.start(story.now, request_id))
        lived = self._lived(found)
        story.take(lived)
        verdict = self._judge(lived, request_id)
        self.state = after(self.state, Event.BROKE if verdict.broke else Event.ANSWERED)
        return verdict

    def _tell_company_of(self, request_id: str) -> None:
        """Have extensions hear of this invocation's beginning, and of the runtime's answer when it comes."""
        company = self._company
        company.tell(lambda: platform_events.start(time.time(), request_id, self.configuration.version))
        company.answered = lambda message, outcome, ms: company.tell(
            lambda: platform_events.runtime_done(
                time.time(), request_id, ms, message.size if message else 0, *_how_answered(message, outcome)
            )
        )

    def _judge(self, lived: Lived, request_id: str) -> _Verdict:
        message = lived.ended.message
        if message is not None:
            return self._judge_answer(message)
        broke = _failed(self._outside(lived.ended, request_id, self.configuration.timeout), lived.ended.outcome)
        if lived.ended.held is None:
            return broke
        answered = self._judge_answer(lived.ended.held)  # the caller has it: what was ended then are extensions
        return replace(broke, payload=answered.payload, function_error=answered.function_error)

    def _judge_answer(self, message: Message) -> _Verdict:
        limit = message.header.get("too_large", self._quotas.response_payload)
        if "too_large" in message.header or (message.size > limit and not message.header.get("streamed")):
            too_large = failure.response_too_large(limit)
            return _Verdict(too_large.document, True, too_large.status, too_large.error_type, "error")
        failed = message.header.get("kind") == "error"
        return _Verdict(payload_value(message.body), failed, ended="error" if failed else "ok")

    def _judge_init(self, lived: Lived, request_id: str, limit: int) -> _Verdict:
        if lived.ended.message is not None:
            return _Verdict(payload_value(lived.body), True, "error", lived.error_type, "error", broke=True)
        return _failed(self._outside(lived.ended, request_id, limit), lived.ended.outcome)

    @staticmethod
    def _outside(ended: Ended, request_id: str, limit: int) -> Failure:
        """The failure that Lambda reports for an outcome seen from outside."""
        if ended.outcome == "timeout":
            return failure.timed_out(request_id, limit)
        if ended.outcome == "memory":
            return failure.out_of_memory(request_id)
        if ended.outcome == "refused":
            return failure.invalid_entrypoint(request_id, ended.reason)
        if ended.outcome == "extension":
            return failure.extension_failed(request_id, ended.reason, ended.code)
        return failure.exited(request_id, ended.code or 0)

    def _invocation(
        self, story: Story, request_id: str, verdict: _Verdict, init_ms: float | None, begun: float
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
        story.phases.append(Phase("INVOKE", begun, story.at, verdict.ended))
        story.platform(self._system_log.report(story.now, report))
        self._company.tell(lambda: platform_events.report(time.time(), report))
        return Invocation(
            status_code=200,
            payload=verdict.payload,
            function_error="Unhandled" if verdict.function_error else None,
            executed_version=self.configuration.version,
            log=tuple(story.log),
            report=report,
            phases=tuple(story.phases),
            enforcement=enforcement(**self._held().mechanisms),
            memory_curve=tuple(story.curve),
            dropped_log_bytes=story.dropped,
            configuration=self._told,
            notes=self._program.notes,
        )


def _failed(found: Failure, outcome: str) -> _Verdict:
    return _Verdict(found.document, True, found.status, found.error_type, _ENDED[outcome], broke=True)


def _how_answered(message: Message | None, outcome: str) -> tuple[str | None, str | None]:
    """Status and error type for an event: both None for a success."""
    if message is None:
        return ("timeout" if outcome == "timeout" else "failure"), None
    failed = message.header.get("kind") in ("error", "init_error")
    return ("error", str(message.header.get("type"))) if failed else (None, None)


def enforcement(memory: str, cpu: str, **others: str) -> dict[str, str]:
    """Limit -> the mechanism that holds it; ``others`` are those that a tier holds otherwise than by namespaces."""
    return {
        "memory": memory,
        "cpu": cpu,
        "timeout": "supervisor",
        "ephemeral_storage": "namespace",
        "file_system": "namespace",
        "file_descriptors": "rlimit",
        "processes": "rlimit",
        "network": "namespace",
        "environment": "supervisor",
        "payload": "supervisor",
        **others,
    }
