"""moto's Step Functions: tasks act as the machine's role, and the end of an execution is journalled."""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

from tutor.region.call import ACCOUNT, Caller
from tutor.region.neighbours import identity
from tutor.region.neighbours.house import drawer, scene
from tutor.region.neighbours.journal import Record
from tutor.region.neighbours.moto_clock import SHIMS, Ended, RegionDatetime, Shim
from tutor.region.neighbours.moto_import import moto
from tutor.region.neighbours.replay import CONCLUSIONS, LEFT_OVER
from tutor.region.neighbours.wire import in_process_client

_KIND = "execution of a state machine"


def mend_clients(module: ModuleType) -> None:
    """Mend ``moto.stepfunctions.parser.asl.utils.boto_client``: no socket is opened, and the machine's role acts."""

    def made(region: str, service: str, state_credentials: Any = None) -> Any:
        role = str(getattr(state_credentials, "role_arn", ""))
        clients = drawer("clients of state machines")
        key = f"{service} {region} {role}"
        if key not in clients:
            clients[key] = _client(service, region, role)
        return clients[key]

    module.__dict__["boto_client_for"] = made


def _client(service: str, aws_region: str, role: str) -> Any:
    here = scene()
    assert here is not None
    house = here.house
    with house.inside():
        caller = identity.open_session(role, "StepFunctions", aws_region).caller if role else Caller()
    key = caller.access_key or "AKIAIOSFODNN7EXAMPLE"
    return in_process_client(service, aws_region, lambda request: house.send(request, caller), key, validate=False)


def mend_waiting(module: ModuleType) -> None:
    """Mend the wait until a timestamp: moto compares times of UTC with the machine's local time."""

    class UtcDatetime(RegionDatetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return RegionDatetime.now(UTC).replace(tzinfo=None) if tz is None else RegionDatetime.now(tz)

    module.__dict__["datetime"] = Shim(module.__dict__["datetime"], {"datetime": UtcDatetime})


def mend_function_tasks(module: ModuleType) -> None:
    """Mend ``moto.stepfunctions.parser…state_task_lambda``: what Lambda refuses has the name that AWS gives it."""
    task = module.StateTaskLambda
    given = task._from_error

    def from_error(self: Any, env: Any, ex: Exception) -> Any:
        if isinstance(ex, module.lambda_eval_utils.LambdaFunctionErrorException):
            ex.__dict__["payload"] = getattr(ex, "written", ex.payload)  # as the function wrote it
        failure = given(self, env, ex)
        if not isinstance(ex, module.ClientError):
            return failure
        code = str(ex.response["Error"]["Code"])
        name = "Lambda.AWSLambdaException" if code == "AccessDeniedException" else f"Lambda.{code}"
        about = ex.response.get("ResponseMetadata", {})
        asked = f"Error Code: {code}; Request ID: {about.get('RequestId')}; Proxy: null"
        status = about.get("HTTPStatusCode")
        cause = f"{ex.response['Error'].get('Message')} (Service: AWSLambda; Status Code: {status}; {asked})"
        failure.error_name = module.CustomErrorName(name)
        failure.event_details["lambdaFunctionFailedEventDetails"] |= {"error": name, "cause": cause}
        return failure

    task._from_error = from_error


def mend_executions(module: ModuleType) -> None:
    """Mend ``moto.stepfunctions.parser.backend.execution``: when one ends, what came of it goes into the journal."""
    communication = module.BaseExecutionWorkerCommunication
    ended = communication.terminated

    def terminated(self: Any) -> None:
        here = scene()
        if here is not None and here.house.closed:
            raise Ended
        ended(self)
        if here is not None:
            here.house.conclude(_KIND, _told(self.execution))

    communication.terminated = terminated
    stopped = module.Execution.stop

    def stop(self: Any, *args: Any, **named: Any) -> None:
        if self.exec_worker is not None and self.exec_worker.env is not None:
            stopped(self, *args, **named)

    module.Execution.stop = stop


def mend_starting(module: ModuleType) -> None:
    """Mend ``moto.stepfunctions.parser.models``: an execution without a name is given one, as on AWS."""
    backend = module.StepFunctionsParserBackend
    started = backend.start_execution

    def start(self: Any, state_machine_arn: str, name: str | None = None, *args: Any, **named: Any) -> Any:
        return started(self, state_machine_arn, name or str(SHIMS["uuid"].uuid4()), *args, **named)

    backend.start_execution = start
    refused = backend._validate_definition

    def validate(definition: str) -> None:
        try:
            refused(definition=definition)
        except module.InvalidDefinition as refusal:
            told = str(getattr(refusal, "message", refusal))[:400]
            text = f"Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: {told}'"
            raise moto("core.exceptions").JsonRESTError("InvalidDefinition", text) from None

    backend._validate_definition = staticmethod(validate)


def _told(execution: Any) -> dict[str, Any]:
    return {
        "arn": execution.exec_arn,
        "status": execution.exec_status.value,
        "stopped": execution.stop_date.timestamp(),
        "output": execution.output,
        "error": execution.error,
        "cause": execution.cause,
        "history": execution.to_history_output()["events"],
    }


class _History:
    """What is left of an execution that ran before the region was started: the events that it had."""

    def __init__(self, events: list[Any]) -> None:
        self._events = events
        self.event_manager = self

    def get_event_history(self) -> list[Any]:
        """The events, the first first."""
        return self._events

    def set_stop(self, **_: Any) -> None:
        """It has ended long ago."""


def _executions(aws_region: str | None = None) -> list[Any]:
    backends = moto("stepfunctions.responses").get_backend
    regions = (
        [aws_region]
        if aws_region
        else list(moto("stepfunctions.parser.models").stepfunctions_parser_backends[ACCOUNT].keys())
    )
    return [
        execution
        for region in regions
        for machine in backends(ACCOUNT, region).state_machines
        for execution in machine.executions
    ]


def _resume(record: Record) -> str | None:
    told = record.conclusion
    region = str(told["arn"]).split(":")[3]
    execution = next((each for each in _executions(region) if each.exec_arn == told["arn"]), None)
    if execution is not None:
        _restore(execution, told)
    return None if execution else f"Lost: the execution {told['arn']}, whose state machine was not there again."


def _restore(execution: Any, told: Mapping[str, Any]) -> None:
    status = type(execution.exec_status)(told["status"])
    execution.exec_status = status
    execution.stop_date = datetime.fromtimestamp(told["stopped"], UTC)
    execution.output, execution.error, execution.cause = told["output"], told["error"], told["cause"]
    execution.exec_worker.env = _History(list(told["history"]))


def _left_over() -> list[str]:
    """Executions that were running when the region ended: they are aborted, and said."""
    running = [each for each in _executions() if each.exec_status.value == "RUNNING"]
    now = moto("core.utils").utcnow().replace(tzinfo=UTC).timestamp()
    for execution in running:
        told = {"status": "ABORTED", "stopped": now, "output": None, "error": None, "cause": None, "history": []}
        _restore(execution, told)
    return [f"Aborted: the execution {each.exec_arn} was running when the region ended." for each in running]


CONCLUSIONS[_KIND] = _resume
LEFT_OVER["stepfunctions"] = _left_over
