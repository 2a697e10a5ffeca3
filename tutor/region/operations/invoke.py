"""Invoke, InvokeAsync, InvokeWithResponseStream."""

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from tutor.awslambda.invocation import Invocation, Json
from tutor.awslambda.log_lines import is_init_start
from tutor.awslambda.recursion import passed_on
from tutor.region.call import Call
from tutor.region.catalogue import LATEST, Target, not_found
from tutor.region.invoking.payload import check_size, checked
from tutor.region.invoking.synchronous import Streamed
from tutor.region.invoking.trace import of_queued
from tutor.region.operations.reference import named
from tutor.region.operations.refusal import invalid, not_yet

if TYPE_CHECKING:
    from tutor.region.operations import Operation
    from tutor.region.region import Region

_OK, _ACCEPTED, _NO_CONTENT = 200, 202, 204
_NOT_HERE = {"TenantId": "Tenant isolation (TenantId)", "DurableExecutionName": "A durable execution"}


def invoke(region: "Region", call: Call) -> Mapping[str, Any]:
    """Invoke synchronously, queue the event, or only say whether one might."""
    _check_here(call)
    found = _target(region, call)
    kind = call.parameters.get("InvocationType", "RequestResponse")
    payload = call.parameters.get("Payload", b"")
    if kind == "Event":
        return _queued(region, call, found, payload)
    check_size(payload, "RequestResponse", region.quotas.request_payload)
    payload = checked(payload)
    if kind == "DryRun":
        return {"StatusCode": _NO_CONTENT}
    context = _client_context(region, call)
    trace = _trace(region, call, found)
    invocation = _invoked(region, call, found, payload, context, trace)
    return _answer(region, call, invocation, passed_on(trace, found.arn))


def _target(region: "Region", call: Call) -> Target:
    """What is to be invoked. That it is not there is told with its qualifier in any case."""
    name = named(call)
    if region.catalogue.function(call.aws_region, name.name) is None:
        raise not_found(call.aws_region, name.name, name.qualifier or LATEST)
    return region.catalogue.target(call.aws_region, name.name, name.qualifier)


def _queued(region: "Region", call: Call, found: Target, payload: bytes) -> Mapping[str, Any]:
    check_size(payload, "Event", region.quotas.async_request_payload)
    event = checked(payload)
    region.invoking.check_invocable(found)
    trace = _trace(region, call, found)
    region.invoking.accept(found, event, call.caller, trace_header=trace, request_id=call.request_id or None)
    return {"StatusCode": _ACCEPTED, **_told(of_queued(trace))}


def _invoked(
    region: "Region", call: Call, found: Target, payload: bytes, context: Json, trace_header: str
) -> Invocation:
    return region.invoking.invoke(
        found,
        payload,
        call.caller,
        client_context=context,
        trace_header=trace_header,
        request_id=call.request_id or None,
    )


def _answer(region: "Region", call: Call, invocation: Invocation, trace: str) -> Mapping[str, Any]:
    answer: dict[str, Any] = {
        **_told(trace),
        "StatusCode": invocation.status_code,
        "ExecutedVersion": invocation.executed_version,
        "Payload": invocation.body,
        "FunctionError": invocation.function_error,
    }
    if call.parameters.get("LogType") == "Tail":
        answer["LogResult"] = _log_tail(invocation, region.quotas.log_tail)
    return answer


def _log_tail(invocation: Invocation, most: int) -> str:
    """The end of the log, in base64. The line that begins INIT stands in the log group alone, as recorded."""
    lines = list(invocation.log_lines)
    if lines and is_init_start(lines[0]):
        del lines[0]
    log = "".join(f"{line}\n" for line in lines).encode("utf-8", "backslashreplace")
    return base64.b64encode(log[-most:]).decode()


def _trace(region: "Region", call: Call, found: Target) -> str:
    """The trace that the request continues, or begins."""
    return region.invoking.trace(found, call.headers.get("x-amzn-trace-id"))


def _told(trace: str) -> Mapping[str, Any]:
    """The headers that come with an answer of a function, as recorded: the trace as the function has it, for one."""
    return {"ResponseMetadata": {"HTTPHeaders": {"x-amzn-Remapped-Content-Length": "0", "X-Amzn-Trace-Id": trace}}}


def _check_here(call: Call) -> None:
    for member, what in _NOT_HERE.items():
        if call.parameters.get(member):
            raise not_yet(what)


def _client_context(region: "Region", call: Call) -> Json:
    """The client's context, which comes as JSON in base64."""
    given = call.parameters.get("ClientContext")
    if not given:
        return None
    most = region.quotas.client_context_size
    if len(given) > most:
        raise invalid(f"Client context must be a valid Base64-encoded JSON object of at most {most} bytes.")
    try:
        context = json.loads(base64.b64decode(given, validate=True))
    except (binascii.Error, ValueError):
        raise invalid("Client context must be a valid Base64-encoded JSON object.") from None
    if not isinstance(context, dict):
        raise invalid("Client context must be a valid Base64-encoded JSON object.")
    return context


def invoke_async(region: "Region", call: Call) -> Mapping[str, Any]:
    """The deprecated way to queue an event; it always means ``$LATEST`` unless the name is qualified."""
    found = _target(region, call)
    payload = _bytes(call.parameters.get("InvokeArgs", b""))
    queued = _queued(region, call, found, payload)
    return {"Status": queued["StatusCode"], "ResponseMetadata": queued["ResponseMetadata"]}


def _bytes(given: Any) -> bytes:
    return given if isinstance(given, bytes) else bytes(given.read())


def invoke_with_response_stream(region: "Region", call: Call) -> Mapping[str, Any]:
    """Invoke, and answer as a stream of events; a function that does not stream gives one chunk."""
    _check_here(call)
    found = _target(region, call)
    payload = call.parameters.get("Payload", b"")
    check_size(payload, "RequestResponse", region.quotas.request_payload)
    payload = checked(payload)
    if call.parameters.get("InvocationType") == "DryRun":
        return {"StatusCode": _NO_CONTENT}
    trace = _trace(region, call, found)
    streamed = region.invoking.stream(
        found,
        payload,
        call.caller,
        client_context=_client_context(region, call),
        trace_header=trace,
        request_id=call.request_id or None,
    )
    return {
        **_told(passed_on(trace, found.arn)),
        "StatusCode": _OK,
        "ExecutedVersion": streamed.version,
        "EventStream": _events(region, call, streamed),
    }


def _events(region: "Region", call: Call, streamed: Streamed) -> Iterator[Mapping[str, Any]]:
    """The pieces as they come; what was not streamed is one piece; then how it ended."""
    pieces = 0
    for item in streamed.items:
        if isinstance(item, bytes):
            pieces += 1
            yield {"PayloadChunk": {"Payload": item}}
            continue
        complete: dict[str, Any] = {}
        if item.function_error:
            complete = {"ErrorCode": item.function_error, "ErrorDetails": item.body.decode(errors="replace")}
        elif not pieces:
            yield {"PayloadChunk": {"Payload": item.body}}
        if call.parameters.get("LogType") == "Tail":
            complete["LogResult"] = _log_tail(item, region.quotas.log_tail)
        yield {"InvokeComplete": complete}


OPERATIONS: Mapping[str, "Operation"] = {
    "Invoke": invoke,
    "InvokeAsync": invoke_async,
    "InvokeWithResponseStream": invoke_with_response_stream,
}
