"""The proxy event of an API Gateway REST API (payload format 1.0), and the response from a handler's answer.

Source: API Gateway developer guide, set-up-lambda-proxy-integrations; recordings of the service.
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tutor.awslambda.http_event import clf_time
from tutor.awslambda.http_message import (
    HttpRequest,
    HttpResponse,
    MalformedResponse,
    body_of,
    json_response,
    multi_headers,
    single_headers,
    status_of,
    with_default,
)
from tutor.awslambda.invocation import Json

_MEMBERS = frozenset({"statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"})

_IDENTITY = (
    "accessKey", "accountId", "caller", "cognitoAuthenticationProvider", "cognitoAuthenticationType",
    "cognitoIdentityId", "cognitoIdentityPoolId", "principalOrgId", "user", "userArn",
)  # fmt: skip


@dataclass(frozen=True)
class RestApi:
    """The method that a request came to. ``resource`` is its path with parameters in braces; ``identity`` if known."""

    api_id: str
    account: str
    domain_name: str
    resource: str
    resource_id: str
    stage: str
    deployment_id: str = ""
    path_parameters: Mapping[str, str] = field(default_factory=dict)
    stage_variables: Mapping[str, str] = field(default_factory=dict)
    identity: Mapping[str, str] = field(default_factory=dict)


def event(
    request: HttpRequest, api: RestApi, request_id: str, now: datetime, *, binary: bool = False
) -> dict[str, Json]:
    """The event of one request; ``request.path`` is without the stage. What there is none of, is null.

    ``binary``: the API's binary media types fit the body, so that it comes in base64; any other is taken as text.
    """
    headers: dict[str, list[str]] = {}
    for name, value in request.headers:
        headers.setdefault(_cased(name), []).append(value)
    parameters = request.parameters()
    body = base64.b64encode(request.body).decode() if binary else request.body.decode(errors="replace")
    return {
        "resource": api.resource,
        "path": request.path,
        "httpMethod": request.method,
        "headers": _last(headers),
        "multiValueHeaders": headers or None,
        "queryStringParameters": _last(parameters),
        "multiValueQueryStringParameters": parameters or None,
        "pathParameters": dict(api.path_parameters) or None,
        "stageVariables": dict(api.stage_variables) or None,
        "requestContext": _context(request, api, request_id, now),
        "body": body or None,
        "isBase64Encoded": binary and bool(body),
    }


def _cased(name: str) -> str:
    """A header's name as clients write it: a REST API hands names on with their capitals, which are lost on the way."""
    return "-".join(part.capitalize() for part in name.split("-")) if name.islower() else name


def extended_id(request_id: str) -> str:
    """The longer name that API Gateway has for a request, of its own form; ours follows from the request's id."""
    return base64.b64encode(hashlib.sha256(request_id.encode()).digest()[:11]).decode()


def _last(several: Mapping[str, list[str]]) -> dict[str, str] | None:
    return {name: values[-1] for name, values in several.items()} or None


def _context(request: HttpRequest, api: RestApi, request_id: str, now: datetime) -> dict[str, Json]:
    identity: dict[str, Json] = dict.fromkeys(_IDENTITY) | dict(api.identity)
    identity |= {"sourceIp": request.source_ip, "userAgent": request.header("user-agent") or None}
    return {
        "accountId": api.account,
        "apiId": api.api_id,
        "deploymentId": api.deployment_id,
        "domainName": api.domain_name,
        "domainPrefix": api.domain_name.partition(".")[0],
        "extendedRequestId": extended_id(request_id),
        "httpMethod": request.method,
        "identity": identity,
        "path": f"/{api.stage}{request.path}",
        "protocol": request.protocol,
        "requestId": request_id,
        "requestTime": clf_time(now),
        "requestTimeEpoch": int(now.timestamp() * 1000),
        "resourceId": api.resource_id,
        "resourcePath": api.resource,
        "stage": api.stage,
    }


def response(payload: Json, function_error: str | None, *, binary: bool = False) -> HttpResponse:
    """The response to a finished invocation; 502 where the function failed or answered in no valid form.

    ``binary``: the API's binary media types fit, so that a base64 body is decoded; otherwise it goes out as it is.
    """
    try:
        if function_error is not None or not isinstance(payload, dict) or not _MEMBERS.issuperset(payload):
            raise MalformedResponse("Malformed Lambda proxy response")
        several = multi_headers(payload.get("multiValueHeaders"))
        there = {(name.lower(), value) for name, value in several}
        single = single_headers(payload.get("headers"))
        headers = [*several, *(one for one in single if (one[0].lower(), one[1]) not in there)]
        body = body_of(payload, decode=binary)
        status = status_of(payload) if "statusCode" in payload else 200
        return HttpResponse(status, with_default(headers, "Content-Type", "application/json"), body)
    except MalformedResponse:
        return bad_gateway()


def bad_gateway() -> HttpResponse:
    """502, whatever went wrong behind the API."""
    error = ("x-amzn-ErrorType", "InternalServerErrorException")
    return json_response(502, {"message": "Internal server error"}, error)


def timed_out() -> HttpResponse:
    """504: the function took longer than the integration may (29 s by default)."""
    return json_response(504, {"message": "Endpoint request timed out"})
