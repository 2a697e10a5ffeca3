"""One execution environment: start, invoke, reset, shut down. The transition table decides, a supervisor executes."""

import math
import os
import signal
import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.awslambda import platform_events
from tutor.awslambda.billing import billed_duration
from tutor.awslambda.execution_environment import ON_DEMAND, SNAP_START, Event, InitializationType, State, after
from tutor.awslambda.function import FunctionConfiguration, check_payload
from tutor.awslambda.initialisation import Initialisation, RestoreFailed
from tutor.awslambda.invocation import Invocation, Json, LogEvent, LogSource, Phase, Report
from tutor.awslambda.invocation_request import InvocationRequest
from tutor.awslambda.quotas import Quotas
from tutor.awslambda.system_log import SystemLog
from tutor.errors import Defect, HostError
from tutor.sandbox import chance
from tutor.sandbox.doorkeeper import Doorkeeper
from tutor.sandbox.event_message import RESTORE, encoded, event_header
from tutor.sandbox.extensions_company import Company
from tutor.sandbox.memory import MB, MemoryWatch
from tutor.sandbox.phase import Ended
from tutor.sandbox.runtime_program import runtime_program
from tutor.sandbox.story import Lived, Story
from tutor.sandbox.surroundings import Surroundings
from tutor.sandbox.terms import Terms
from tutor.sandbox.tier import Held, Tier
from tutor.sandbox.variables import runtime_variables
from tutor.sandbox.verdict import Verdict, how_answered, verdict_of, verdict_of_init

if TYPE_CHECKING:
    from tutor.sandbox.output import Output

_UNASKED = InvocationRequest()
_BYTES_PER_FILE = 16384  # how many bytes of /tmp come with one file: ext4's usual ratio, unverified for Lambda

_AFTER_INIT: dict[str | None, Event] = {"ready": Event.INIT_SUCCEEDED, "snapshot": Event.SNAPSHOT_TAKEN}
"""What INIT leads to by the runtime's word; by any other it has failed."""


class ExecutionEnvironment:
    """An environment of one function. Not for two threads at once: it serves one event at a time, as in Lambda.

    ``package`` is the name under which the nursery holds the function's package. ``surroundings`` are what the Region
    around it says; without them it has Lambda's usual names, and nothing around it.
    """

    def __init__(
        self,
        nursery: Tier,
        package: str,
        configuration: FunctionConfiguration,
        quotas: Quotas,
        surroundings: Surroundings | None = None,
        initialization_type: InitializationType = ON_DEMAND,
    ) -> None:
        self.configuration = configuration
        self.initialization_type = initialization_type
        self.surroundings = (surroundings or Surroundings()).named(configuration)
        self.state = State.NEW
        self._nursery = nursery
        self._package = package
        self._quotas = quotas
        self._program = runtime_program(configuration, nursery.interpreter)
        line, arn = self._program.version_line, self.surroundings.runtime_version_arn or self._program.version_arn
        self._system_log = SystemLog(configuration, line, arn, initialization_type)
        self._company = Company(configuration, quotas)
        self._doorkeeper = Doorkeeper(self.surroundings.doors)
        self._cell: Held | None = None
        self._abandoned = False
        self.last_words: tuple[LogEvent, ...] = ()
        self._init: Lived | None = None
        self._peak = 0
        self._told = {**asdict(configuration), "environment": dict(configuration.environment)}

    @property
    def first_process(self) -> int | None:
        """The process id (on the host) of the first process of its namespaces, while there is one."""
        return self._cell.pid if self._cell else None

    def abandon(self) -> None:
        """End everything in it from another thread, in the middle of an invocation, which then raises ``HostError``."""
        self._abandoned = True
        first = self.first_process
        if first is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(first, signal.SIGKILL)

    @property
    def group_paths(self) -> list[Path]:
        """Its control groups, where it has some."""
        return self._cell.group_paths if self._cell else []

    def start(self) -> None:
        """Make the environment and run INIT. Its result is told by the first invocation.

        Raises ``HostError`` where the host lacks what the sandbox needs.
        """
        if self._cell is None:
            self._cell = self._nursery.cell(self._terms())
            if self._abandoned:
                self.abandon()
            self._enforcement = enforcement(**self._cell.mechanisms)
            self._doorkeeper.open(self._cell)
        on_demand = self.initialization_type == ON_DEMAND
        self._init = self._run_init(self._init_limit * 1000, max(1.0, self._vcpu) if on_demand else self._vcpu)
        self.state = after(self.state, _AFTER_INIT.get(self._init.kind, Event.INIT_FAILED))
        if self.state is State.INIT_FAILED:
            self._cell.stop()
        else:
            self._cell.freeze()

    def initialise(self) -> Initialisation:
        """Run INIT ahead of any invocation, and tell of it at once: the first invocation is warm, and tells nothing.

        Raises ``HostError`` where the host lacks what the sandbox needs.
        """
        self.start()
        story = Story(self._system_log)
        lived = self._told_lived(story)
        verdict = None if lived.kind in _AFTER_INIT else verdict_of_init(lived, "", self._init_limit)
        self._tell_init_report(story, lived, "init", verdict)
        return self._initialisation(story, lived.ms, verdict)

    def _initialisation(self, story: Story, ms: float, verdict: Verdict | None) -> Initialisation:
        return Initialisation(
            duration_ms=round(ms, 2),
            log=tuple(story.log),
            log_group=self.surroundings.log_group,
            log_stream=self.surroundings.log_stream,
            status=(verdict.status or "error") if verdict else None,
            error_type=verdict.error_type if verdict else None,
            document=verdict.payload if verdict else None,
        )

    def invoke(self, event: Json, request: InvocationRequest | None = None) -> Invocation:
        """Invoke once, synchronously, and return what happened. An event that is ``bytes`` is handed over as it is.

        Raises ``ServiceError`` for too large a payload, ``RestoreFailed`` for a snapshot that cannot be restored.
        """
        payload = encoded(event)
        check_payload(payload, self._quotas)
        request = request or _UNASKED
        request_id = request.request_id or chance.request_id()
        story = Story(self._system_log)
        if self.state is State.NEW or (self.initialization_type == SNAP_START and self.state is State.RESET):
            self.start()
        restore_ms = self._restore(story) if self.state is State.SNAPSHOT else None
        init_ms = self._tell_init(story)
        begun = story.at
        verdict = self._again(story, request_id) or self._serve(story, request_id, payload, begun, request)
        return self._invocation(story, request_id, verdict, init_ms, begun, restore_ms)

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
        self._doorkeeper.close()

    def _printed_in_shutdown(self, cell: Held) -> tuple[LogEvent, ...]:
        """What the runtime and then extensions wrote when they were told of the end."""
        said: tuple[tuple[LogSource, Output], ...] = (("function", cell.output), ("extension", self._company.output))
        return tuple(LogEvent(ms, source, text) for source, output in said for ms, text in output.take()[0])

    @property
    def _vcpu(self) -> float:
        return min(self.configuration.memory_size / self._quotas.memory_per_vcpu, float(self._quotas.vcpu_max))

    @property
    def _init_limit(self) -> int:
        """How long INIT may take, in seconds."""
        if self.initialization_type == ON_DEMAND:
            return self._quotas.init_timeout
        return max(self._quotas.init_timeout_provisioned, self.configuration.timeout)

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
            environment=runtime_variables(
                self.configuration, self._program, self.surroundings, self.initialization_type
            ),
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
        kind = self.initialization_type
        company.answered = lambda message, outcome, _: company.tell(
            lambda: platform_events.init_runtime_done(time.time(), phase, *how_answered(message, outcome), kind)
        )
        lived = self._lived(self._held().start(limit_ms, vcpu))
        account = tuple(system_log.worded(line, event) for line, event in company.account())
        status = how_answered(lived.ended.message, lived.ended.outcome)
        company.tell(lambda: platform_events.init_report(time.time(), phase, lived.ms, *status, kind))
        company.initialised()
        return lived._replace(account=account)

    def _lived(self, found: tuple[Ended, MemoryWatch]) -> Lived:
        ended, watch = found
        if ended.outcome == "failed":
            raise HostError(f"This host cannot start a runtime in the sandbox: {ended.reason}.")
        self._peak = max(self._peak, watch.peak)
        return Lived(ended, *self._held().output.take(), watch.curve, self._company.output.take()[0])

    def _tell_init(self, story: Story) -> float | None:
        """Tell the INIT that came before the first invocation; its duration in ms where it succeeded."""
        if self._init is None:
            return None
        lived = self._told_lived(story)
        if lived.kind == "ready":
            story.phases.append(Phase("INIT", 0.0, story.at, "ok"))
            self._tell_init_report(story, lived, "init", None)
            return lived.ms
        verdict = verdict_of_init(lived, "", self._init_limit)
        story.phases.append(Phase("INIT", 0.0, story.at, verdict.ended))
        self._tell_init_report(story, lived, "init", verdict)
        return None

    def _told_lived(self, story: Story) -> Lived:
        """The INIT that nobody has told of yet, and its beginning told."""
        lived, self._init = self._init, None
        assert lived is not None
        story.platform(self._system_log.init_start(story.now))
        story.take_init(lived, "init", how_answered(lived.ended.message, lived.ended.outcome))
        return lived

    def _restore(self, story: Story) -> float:
        """SnapStart: have the runtime go on from its snapshot; how long that took, in ms.

        The snapshot's INIT is told to whoever had it taken, and to nobody here. Raises ``RestoreFailed`` where the
        runtime is late, ends, or says that it cannot go on.
        """
        self._init = None
        story.platform(self._system_log.restore_start(story.now))
        limit = self._quotas.restore_timeout
        found = self._held().invoke(dict(RESTORE), b"", limit * 1000)
        lived = self._lived(found) if found else Lived(Ended("exit", 0.0), [], 0, [])
        story.take(lived)
        verdict = None if lived.kind == "restored" else verdict_of_init(lived, "", limit)
        how = (verdict.status or "error", verdict.error_type) if verdict else (None, None)
        story.platform(self._system_log.restore_report(story.now, lived.ms, *how))
        self.state = after(self.state, Event.BROKE if verdict else Event.RESTORED)
        if verdict is not None:
            self._held().stop()
            raise RestoreFailed(self._initialisation(story, lived.ms, verdict))
        story.phases.append(Phase("RESTORE", 0.0, story.at, "ok"))
        return lived.ms

    def _again(self, story: Story, request_id: str) -> Verdict | None:
        """Run INIT again inside this invocation after a failed one or a reset; its verdict if it fails too."""
        if self.state is State.READY:
            return None
        lived = self._run_init(self.configuration.timeout * 1000, self._vcpu, "invoke")
        story.take_init(lived, "invoke", how_answered(lived.ended.message, lived.ended.outcome))
        if lived.kind in _AFTER_INIT:
            self.state = after(self.state, _AFTER_INIT[lived.kind])
            if self.state is State.SNAPSHOT:
                self._restore(story)
            return None
        self._held().stop()
        self.state = after(self.state, Event.BROKE)
        verdict = verdict_of_init(lived, request_id, self.configuration.timeout)
        self._tell_init_report(story, lived, "invoke", verdict)
        story.platform(self._system_log.start(story.now, request_id))
        return verdict

    def _tell_init_report(self, story: Story, lived: Lived, phase: str, verdict: Verdict | None) -> None:
        how = (verdict.status or "error", verdict.error_type) if verdict else (None, None)
        story.platform(self._system_log.init_report(story.now, lived.ms, phase, *how))

    def _serve(
        self, story: Story, request_id: str, payload: bytes, begun: float, request: InvocationRequest
    ) -> Verdict:
        """The INVOKE phase proper."""
        limit = self.configuration.timeout * 1000 - (story.at - begun)
        header = event_header(request, request_id, self.configuration, limit)
        if self._company.present:
            self._tell_company_of(request_id)
        self._company.streamed = request.on_streamed
        found = self._held().invoke(header, payload, limit)
        if found is None:
            self.state = after(self.state, Event.RESET)
            return self._again(story, request_id) or self._serve(story, request_id, payload, begun, request)
        story.platform(self._system_log.start(story.now, request_id))
        lived = self._lived(found)
        story.take_invoke(lived, request_id, how_answered(lived.ended.message, lived.ended.outcome))
        verdict = verdict_of(lived, request_id, self.configuration.timeout, self._quotas.response_payload)
        self.state = after(self.state, Event.BROKE if verdict.broke else Event.ANSWERED)
        return verdict

    def _tell_company_of(self, request_id: str) -> None:
        """Have extensions hear of this invocation's beginning, and of the runtime's answer when it comes."""
        company = self._company
        company.tell(lambda: platform_events.start(time.time(), request_id, self.configuration.version))
        company.answered = lambda message, outcome, ms: company.tell(
            lambda: platform_events.runtime_done(
                time.time(), request_id, ms, message.size if message else 0, *how_answered(message, outcome)
            )
        )

    def _invocation(
        self,
        story: Story,
        request_id: str,
        verdict: Verdict,
        init_ms: float | None,
        begun: float,
        restore_ms: float | None,
    ) -> Invocation:
        duration = round(min(story.at - begun, self.configuration.timeout * 1000), 2)
        init = round(init_ms, 2) if init_ms is not None else None
        restored = math.ceil(restore_ms) if restore_ms is not None else None
        memory = self.configuration.memory_size
        report = Report(
            request_id=request_id,
            duration_ms=duration,
            billed_duration_ms=billed_duration(duration, init if restored is None else float(restored)),
            memory_size_mb=memory,
            max_memory_used_mb=memory if verdict.ended == "memory" else min(memory, math.ceil(self._peak / MB)),
            init_duration_ms=init,
            status=verdict.status,
            error_type=verdict.error_type,
            restore_duration_ms=round(restore_ms, 2) if restore_ms is not None else None,
            billed_restore_duration_ms=restored,
        )
        story.phases.append(Phase("INVOKE", begun, story.at, verdict.ended))
        story.platform(self._system_log.report(story.now, report))
        if self._company.present:
            self._company.tell(lambda: platform_events.report(time.time(), report))
        return Invocation(
            status_code=200,
            payload=verdict.payload,
            function_error="Unhandled" if verdict.function_error else None,
            executed_version=self.configuration.version,
            log=tuple(story.log),
            report=report,
            phases=tuple(story.phases),
            enforcement=self._enforcement,
            memory_curve=tuple(story.curve),
            dropped_log_bytes=story.dropped,
            configuration=self._told,
            initialization_type=self.initialization_type,
            log_group=self.surroundings.log_group,
            log_stream=self.surroundings.log_stream,
            body=encoded(verdict.payload) if verdict.body is None else verdict.body,
            notes=(*self._program.notes, *self._doorkeeper.notes),
        )


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
