"""What a phase that has ended means for the caller: a payload, and a failure that Lambda reports where there is one."""

from typing import NamedTuple

from tutor.awslambda import failure
from tutor.awslambda.failure import Failure
from tutor.awslambda.invocation import Json, PhaseEnd
from tutor.sandbox.payload import payload_value
from tutor.sandbox.phase import Ended
from tutor.sandbox.story import Lived
from tutor.sandbox.wire import Message

_ENDED: dict[str, PhaseEnd] = {
    "message": "ok",
    "timeout": "timeout",
    "memory": "memory",
    "exit": "exit",
    "refused": "error",
    "extension": "error",
}


class Verdict(NamedTuple):
    """How INIT or INVOKE ended. ``broke``: the environment has to be reset.

    ``body`` is the payload as it came; None where Lambda itself words it.
    """

    payload: Json
    function_error: bool
    status: str | None = None
    error_type: str | None = None
    ended: PhaseEnd = "ok"
    broke: bool = False
    body: bytes | None = None


def verdict_of(lived: Lived, request_id: str, timeout: int, response_limit: int) -> Verdict:
    """INVOKE's. ``timeout`` in seconds, the limit of a response that is not streamed in bytes."""
    message = lived.ended.message
    if message is not None:
        return _of_answer(message, response_limit)
    broke = _failed(_outside(lived.ended, request_id, timeout), lived.ended.outcome)
    if lived.ended.held is None:
        return broke
    answered = _of_answer(lived.ended.held, response_limit)  # the caller has it: what was ended then are extensions
    return broke._replace(payload=answered.payload, function_error=answered.function_error, body=answered.body)


def _of_answer(message: Message, response_limit: int) -> Verdict:
    header, body, size = message
    limit = header.get("too_large", response_limit)
    if "too_large" in header or (size > limit and not header.get("streamed")):
        too_large = failure.response_too_large(limit)
        return Verdict(too_large.document, True, too_large.status, too_large.error_type, "error")
    failed = header.get("kind") == "error"
    return Verdict(payload_value(body), failed, ended="error" if failed else "ok", body=body)


def verdict_of_init(lived: Lived, request_id: str, limit: int) -> Verdict:
    """That of an INIT that failed, or was later than ``limit`` seconds."""
    if lived.ended.message is None:
        return _failed(_outside(lived.ended, request_id, limit), lived.ended.outcome)
    document = payload_value(lived.body)
    return Verdict(document, True, "error", lived.error_type, "error", broke=True, body=lived.body)


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


def _failed(found: Failure, outcome: str) -> Verdict:
    return Verdict(found.document, True, found.status, found.error_type, _ENDED[outcome], broke=True)


def how_answered(message: Message | None, outcome: str) -> tuple[str | None, str | None]:
    """Status and error type for an event: both None for a success."""
    if message is None:
        return ("timeout" if outcome == "timeout" else "failure"), None
    failed = message.header.get("kind") in ("error", "init_error")
    return ("error", str(message.header.get("type"))) if failed else (None, None)
