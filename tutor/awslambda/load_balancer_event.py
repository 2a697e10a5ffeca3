"""The event of an Application Load Balancer with a Lambda target, and the response from a handler's answer.

Source: developer guide, services-alb; Elastic Load Balancing user guide, lambda-functions.
"""

from tutor.awslambda.http_message import (
    HttpRequest,
    HttpResponse,
    MalformedResponse,
    body_of,
    multi_headers,
    single_headers,
    status_of,
    with_default,
)
from tutor.awslambda.invocation import Json
from tutor.awslambda.quotas import Quotas


def event(request: HttpRequest, target_group_arn: str, *, multi_value: bool = False) -> dict[str, Json]:
    """The event of one request. ``multi_value``: the target group's setting; without it the last value wins.

    The balancer does not decode the query's parameters, so the handler must. Names of headers are in lower case.
    """
    body, encoded = request.event_body()
    headers: dict[str, list[str]] = {}
    for name, value in request.headers:
        headers.setdefault(name.lower(), []).append(value)
    parameters: dict[str, list[str]] = {}
    for pair in filter(None, request.query.split("&")):
        name, _, value = pair.partition("=")
        parameters.setdefault(name, []).append(value)
    several: dict[str, Json] = {"multiValueQueryStringParameters": parameters, "multiValueHeaders": headers}
    single: dict[str, Json] = {
        "queryStringParameters": {name: values[-1] for name, values in parameters.items()},
        "headers": {name: values[-1] for name, values in headers.items()},
    }
    return {
        "requestContext": {"elb": {"targetGroupArn": target_group_arn}},
        "httpMethod": request.method,
        "path": request.path,
        **(several if multi_value else single),
        "body": body,
        "isBase64Encoded": encoded,
    }


def too_large(request: HttpRequest, quotas: Quotas) -> bool:
    """Whether the balancer refuses the request's body (413)."""
    return len(request.body) > quotas.alb_payload


def payload_too_large() -> HttpResponse:
    """413 for a request over the limit."""
    return _page(413, "Request Entity Too Large")


def response(payload: Json, function_error: str | None, quotas: Quotas, *, multi_value: bool = False) -> HttpResponse:
    """The response to a finished invocation; 502 where the function failed or answered in no valid form.

    An answer over 1 MB is none, and with ``multi_value`` its headers must be ``multiValueHeaders``.
    """
    try:
        if function_error is not None or not isinstance(payload, dict):
            raise MalformedResponse("no response")
        several, single = payload.get("multiValueHeaders"), payload.get("headers")
        headers = multi_headers(several) if multi_value else single_headers(single)
        body = body_of(payload)
        if len(body) > quotas.alb_payload:
            raise MalformedResponse("the body is too large")
        return HttpResponse(status_of(payload), with_default(headers, "Content-Type", "application/octet-stream"), body)
    except MalformedResponse:
        return bad_gateway()


def bad_gateway() -> HttpResponse:
    """The balancer's own page."""
    return _page(502, "Bad Gateway")


def _page(status: int, reason: str) -> HttpResponse:
    title = f"{status} {reason}"
    page = (
        f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n"
        "</body>\r\n</html>\r\n"
    )
    return HttpResponse(status, (("Server", "awselb/2.0"), ("Content-Type", "text/html")), page.encode())
