"""An event as a runtime is handed it: a header with what Lambda says of it, and the payload's bytes."""

import json
import time

from tutor.awslambda.function import FunctionConfiguration
from tutor.awslambda.invocation import Json
from tutor.awslambda.invocation_request import InvocationRequest
from tutor.sandbox import json_text
from tutor.sandbox.variables import trace_header

_to_json = json_text.encoder(ascii_only=False, separators=(",", ":"))


RESTORE = {"id": "restore", "restore": True}
"""What a runtime that waits in a snapshot is told in place of an event; its word that it is restored has this id."""


def encoded(value: Json) -> bytes:
    """A payload's bytes; ``bytes`` are taken for what was encoded already."""
    if isinstance(value, bytes):
        return value
    return _to_json(value).encode("utf-8", "surrogatepass")


def event_header(
    request: InvocationRequest, request_id: str, configuration: FunctionConfiguration, limit_ms: float
) -> dict[str, Json]:
    """What goes before the payload; ``limit_ms`` is the time that is left for it."""
    now = time.time()
    header: dict[str, Json] = {
        "id": request_id,
        "arn": request.invoked_arn or configuration.arn,
        "deadline_ms": now * 1000 + limit_ms,
        "trace_id": request.trace_header or trace_header(now),
    }
    if request.client_context is not None:
        header["client_context"] = json.dumps(request.client_context)
    if request.cognito_identity is not None:
        header["cognito_identity"] = json.dumps(request.cognito_identity)
    if request.tenant_id:
        header["tenant_id"] = request.tenant_id
    return header
