"""Function URLs: who may call, CORS, the responses to what went wrong, and the prelude of a streamed response.

Their events and plain responses are payload format 2.0 (``http_event``).
Source: developer guide, urls-configuration, urls-invocation, urls-auth; texts as recorded from the service.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tutor.awslambda import http_event
from tutor.awslambda.admission import MESSAGE, Throttle
from tutor.awslambda.http_message import (
    HttpRequest,
    HttpResponse,
    MalformedResponse,
    cookies_of,
    json_response,
    single_headers,
    status_of,
    with_default,
)
from tutor.awslambda.invocation import Json
from tutor.errors import ServiceError

ACTIONS = ("lambda:InvokeFunctionUrl", "lambda:InvokeFunction")
"""What a caller needs to be allowed, both of it, on URLs created since October 2025."""

STREAM_CONTENT_TYPE = "application/vnd.awslambda.http-integration-response"
"""The content type of a streamed response that begins with a prelude."""

PRELUDE_END = b"\x00" * 8

_CORS = "access-control-"


def response(payload: Json, function_error: str | None) -> HttpResponse:
    """The response to a finished invocation; 502 where the function failed or answered in no valid form."""
    if function_error is not None:
        return bad_gateway()
    try:
        return http_event.response(_with_text(payload))
    except MalformedResponse:
        return bad_gateway()


def _with_text(payload: Json) -> Json:
    """The answer with a body that is an object or a list as its JSON, which function URLs take."""
    if not isinstance(payload, dict) or not isinstance(payload.get("body"), dict | list):
        return payload
    return {**payload, "body": json.dumps(payload["body"], separators=(",", ":"), ensure_ascii=False)}


def bad_gateway() -> HttpResponse:
    """What the caller sees of a function error: nothing of it. The body is no JSON, as recorded."""
    return HttpResponse(502, (("Content-Type", "application/json"),), b"Internal Server Error")


def forbidden() -> HttpResponse:
    """403 as recorded: no permission, no signature, or no such URL."""
    text = (
        "Forbidden. For troubleshooting Function URL authorization issues, see: "
        "https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"
    )
    return json_response(403, {"Message": text}, ("x-amzn-ErrorType", "AccessDeniedException"))


def throttled(throttle: Throttle) -> HttpResponse:
    """429: over the reserved concurrency or the rate, or switched off with a reservation of zero."""
    document = {"Reason": throttle.reason, "Type": "User", "message": MESSAGE}
    return json_response(429, document, ("Retry-After", str(throttle.retry_after)))


def is_preflight(request: HttpRequest, cors: Mapping[str, Any] | None) -> bool:
    """Whether the URL answers by itself: a browser asks what it may send, and CORS is configured."""
    return bool(cors) and request.method == "OPTIONS" and bool(request.header("access-control-request-method"))


def preflight(request: HttpRequest, cors: Mapping[str, Any]) -> HttpResponse:
    """The answer to a browser's question. Without any permission in it when the origin may not."""
    headers = _allowed(request, cors)
    if headers:
        lists = (("methods", cors.get("AllowMethods")), ("headers", cors.get("AllowHeaders")))
        headers += [(f"{_CORS}allow-{name}", ",".join(given)) for name, given in lists if given]
        headers += [(f"{_CORS}max-age", str(cors["MaxAge"]))] if cors.get("MaxAge") else []
    return HttpResponse(200, tuple(headers))


def with_cors(request: HttpRequest, answer: HttpResponse, cors: Mapping[str, Any] | None) -> HttpResponse:
    """A response with the URL's CORS headers, which take the place of the function's own."""
    if not cors:
        return answer
    own = [(name, value) for name, value in answer.headers if not name.lower().startswith(_CORS)]
    headers = _allowed(request, cors)
    if headers and cors.get("ExposeHeaders"):
        headers.append((f"{_CORS}expose-headers", ",".join(cors["ExposeHeaders"])))
    return HttpResponse(answer.status, (*own, *headers), answer.body)


def _allowed(request: HttpRequest, cors: Mapping[str, Any]) -> list[tuple[str, str]]:
    origin = request.header("origin")
    if not origin or not _origin_allowed(origin, cors.get("AllowOrigins") or ()):
        return []
    credentials = bool(cors.get("AllowCredentials"))
    everyone = "*" in (cors.get("AllowOrigins") or ()) and not credentials
    headers = [(f"{_CORS}allow-origin", "*" if everyone else origin)]
    headers += [] if everyone else [("vary", "Origin")]
    return headers + ([(f"{_CORS}allow-credentials", "true")] if credentials else [])


def _origin_allowed(origin: str, origins: Sequence[str]) -> bool:
    return "*" in origins or origin in origins


@dataclass(frozen=True)
class Prelude:
    """How a streamed response begins: status and headers; ``rest`` is what of the body has come already."""

    status: int
    headers: tuple[tuple[str, str], ...]
    rest: bytes


def plain_prelude(content_type: str | None = None) -> Prelude:
    """The beginning of a stream that says nothing of status and headers."""
    return Prelude(200, (("Content-Type", content_type or "application/octet-stream"),), b"")


def prelude(received: bytes) -> Prelude | None:
    """The beginning of a stream with a prelude (``STREAM_CONTENT_TYPE``), None as long as its end has not come.

    The prelude is JSON with ``statusCode``, ``headers`` and ``cookies``, ended by eight null bytes.
    Raises ``MalformedResponse``.
    """
    head, end, rest = received.partition(PRELUDE_END)
    if not end:
        return None
    try:
        document = json.loads(head) if head.strip() else {}
    except ValueError as error:
        raise MalformedResponse("the prelude is not JSON") from error
    if not isinstance(document, dict):
        raise MalformedResponse("the prelude is no object")
    headers = [*single_headers(document.get("headers")), *cookies_of(document)]
    status = status_of(document) if "statusCode" in document else 200
    return Prelude(status, with_default(headers, "Content-Type", "application/octet-stream"), rest)


def url_exists(function_arn: str) -> ServiceError:
    """409: one URL for each target."""
    text = f"Failed to create function url config for [functionArn = {function_arn}]. Error message:  "
    return ServiceError("ResourceConflictException", f"{text}FunctionUrlConfig exists for this Lambda function")


def url_missing() -> ServiceError:
    """404: the target has no URL."""
    return ServiceError("ResourceNotFoundException", "The resource you requested does not exist.")


def function_missing() -> ServiceError:
    """404 of CreateFunctionUrlConfig and ListFunctionUrlConfigs."""
    return ServiceError("ResourceNotFoundException", "Function does not exist")
