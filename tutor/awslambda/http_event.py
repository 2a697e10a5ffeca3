"""Payload format 2.0: the event of function URLs and HTTP APIs, and the response from a handler's answer.

Source: developer guide, urls-invocation; API Gateway developer guide, http-api-develop-integrations-lambda.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from tutor.awslambda.http_message import (
    HttpRequest,
    HttpResponse,
    MalformedResponse,
    body_of,
    cookies_of,
    json_response,
    single_headers,
    status_of,
    with_default,
)
from tutor.awslambda.invocation import Json


@dataclass(frozen=True)
class HttpApi:
    """The door that a request came through: a function URL, or a route of an HTTP API.

    ``authorizer`` is what the request context tells of who called (``{"iam": {...}}``), if the door knows;
    ``domain_prefix`` is that of the domain's name unless it is given.
    """

    api_id: str
    domain_name: str
    account: str = "anonymous"
    route_key: str = "$default"
    stage: str = "$default"
    path_parameters: Mapping[str, str] = field(default_factory=dict)
    stage_variables: Mapping[str, str] = field(default_factory=dict)
    authorizer: Mapping[str, Any] | None = None
    domain_prefix: str | None = None


def event(request: HttpRequest, api: HttpApi, request_id: str, now: datetime) -> dict[str, Json]:
    """The event of one request. Names of headers in lower case, repeated values joined by commas.

    The path is given twice: as it came, and in the request context decoded.
    """
    cookies = [one.strip() for one in request.header("cookie").split(";") if one.strip()]
    parameters = {name: ",".join(values) for name, values in request.parameters().items()}
    body, encoded = request.event_body()
    optional: dict[str, Json] = {
        "cookies": cookies,
        "queryStringParameters": parameters,
        "pathParameters": dict(api.path_parameters),
        "stageVariables": dict(api.stage_variables),
        "body": body,
    }
    made: dict[str, Json] = {
        "version": "2.0",
        "routeKey": api.route_key,
        "rawPath": request.path,
        "rawQueryString": request.query,
        "headers": _headers(request),
        "requestContext": _context(request, api, request_id, now),
        "isBase64Encoded": encoded,
    }
    return made | {name: value for name, value in optional.items() if value}


def _headers(request: HttpRequest) -> dict[str, str]:
    names = dict.fromkeys(name.lower() for name, _ in request.headers)
    return {name: request.header(name) for name in names if name != "cookie"}


def _context(request: HttpRequest, api: HttpApi, request_id: str, now: datetime) -> dict[str, Json]:
    context: dict[str, Json] = {
        "accountId": api.account,
        "apiId": api.api_id,
        "domainName": api.domain_name,
        "domainPrefix": api.domain_prefix or api.domain_name.partition(".")[0],
        "http": {
            "method": request.method,
            "path": unquote(request.path),
            "protocol": request.protocol,
            "sourceIp": request.source_ip,
            "userAgent": request.header("user-agent"),
        },
        "requestId": request_id,
        "routeKey": api.route_key,
        "stage": api.stage,
        "time": clf_time(now),
        "timeEpoch": int(now.timestamp() * 1000),
    }
    return context if api.authorizer is None else context | {"authorizer": dict(api.authorizer)}


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def clf_time(now: datetime) -> str:
    """A time as web servers log it, in UTC, whatever the machine's language: ``12/Mar/2020:19:03:58 +0000``."""
    return f"{now:%d}/{_MONTHS[now.month - 1]}/{now:%Y:%H:%M:%S} +0000"


def response(payload: Json) -> HttpResponse:
    """The response from what a handler returned.

    With a ``statusCode`` it is taken as a response; anything else is the body of a JSON response with status 200 (a
    text as it stands). Raises ``MalformedResponse``.
    """
    if not isinstance(payload, dict) or "statusCode" not in payload:
        text = payload if isinstance(payload, str) else json.dumps(payload, separators=(",", ":"), ensure_ascii=False)
        body = text.encode(errors="surrogatepass")
        return HttpResponse(200, (("Content-Type", "application/json"),), body)
    headers = [*single_headers(payload.get("headers")), *cookies_of(payload)]
    return HttpResponse(status_of(payload), with_default(headers, "Content-Type", "application/json"), body_of(payload))


def api_response(payload: Json, function_error: str | None) -> HttpResponse:
    """An HTTP API's response to a finished invocation; 500 where the function failed or answered in no valid form."""
    try:
        if function_error is None:
            return response(payload)
    except MalformedResponse:
        pass
    return json_response(500, {"message": "Internal Server Error"})


def api_timed_out() -> HttpResponse:
    """503 of an HTTP API whose function took too long."""
    return json_response(503, {"message": "Service Unavailable"})
