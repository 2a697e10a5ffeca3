"""Hands one batch to the function, synchronously, and says in one value what came of it."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from tutor.awslambda.invocation import Invocation
from tutor.errors import ServiceError, TutorError
from tutor.region.call import Caller
from tutor.region.mappings.source_mapping import SourceMapping

if TYPE_CHECKING:
    from tutor.region.region import Region

SERVICE = "lambda.amazonaws.com"
_THROTTLED = frozenset({"TooManyRequestsException", "ServiceException", "ResourceNotReadyException"})


@dataclass(frozen=True)
class Delivery:
    """What came of one invocation with a batch.

    ``answered``: the function returned ``payload``; ``failed``: it did not (``function_error``); ``throttled``: it was
    not invoked, and shall be later; ``refused``: it was not invoked and there is no sense in trying soon (``reason``).
    """

    kind: Literal["answered", "failed", "throttled", "refused"]
    payload: Any = None
    function_error: str | None = None
    executed_version: str = ""
    request_id: str = ""
    reason: str = ""


def deliver(region: "Region", mapping: SourceMapping, event: Any, trace_header: str | None = None) -> Delivery:
    """Invoke the mapping's function with ``event`` and wait for it. Called beside the clock's thread."""
    caller = Caller(arn="", service=SERVICE, source_arn=mapping.source_arn)
    try:
        target = mapping.target(region.catalogue)
        body = json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode()
        invocation = region.invoking.invoke(
            target, body, caller, trace_header=trace_header, source=mapping.source_arn, told=False
        )
    except ServiceError as error:
        return Delivery("throttled" if error.code in _THROTTLED else "refused", reason=str(error))
    except TutorError as error:
        return Delivery("refused", reason=str(error))
    return _delivered(invocation)


def _delivered(invocation: Invocation) -> Delivery:
    return Delivery(
        "failed" if invocation.function_error else "answered",
        payload=invocation.payload,
        function_error=invocation.function_error,
        executed_version=invocation.executed_version,
        request_id=invocation.report.request_id,
        reason=invocation.error_message or "",
    )
