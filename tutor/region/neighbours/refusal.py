"""A refusal in the form of the service that gives it: code, text, status and body by its protocol."""

import json
from collections.abc import Callable
from xml.sax.saxutils import escape

from tutor.region.api.message import HttpResponse
from tutor.region.neighbours.asked import Asked
from tutor.region.neighbours.policy import Decision

_CODES = {"sns": "AuthorizationError", "ec2": "UnauthorizedOperation", "sqs": "AccessDenied"}
_REQUEST = "00000000-0000-0000-0000-000000000000"


def denied_text(arn: str, action: str, resource: str, decision: Decision) -> str:
    """AWS's sentence of a denial. SQS and SNS write the action in their own way, S3 puts the resource in quotes."""
    service, _, operation = action.partition(":")
    if service == "sqs":
        action = action.lower()
    if service == "sns":
        action = f"SNS:{operation}"
    why = decision.why.replace(f"{service}:{operation}", action)
    if service == "s3":
        resource = f'"{resource}"'
    if service == "sts":
        why = ""
    on = "" if resource == "*" else f" on resource: {resource}"
    return f"User: {arn} is not authorized to perform: {action}{on}{why}"


def denied(wish: Asked, message: str) -> HttpResponse:
    """The answer to a request that is not allowed."""
    plain = "AccessDeniedException" if wish.protocol in ("json", "rest-json") else "AccessDenied"
    code = _CODES.get(wish.service, plain)
    status = 400 if wish.protocol == "json" and wish.service != "sqs" else 403
    return refused(wish.protocol, code, message, status)


def refused(protocol: str, code: str, message: str, status: int = 400) -> HttpResponse:
    """An error of this code in the form that clients of this protocol read; json where it is none of AWS's."""
    kind, body, fields = _FORMS.get(protocol, _json)(code, message)
    return HttpResponse(status, (("content-type", kind), ("x-amzn-requestid", _REQUEST), *fields), body.encode())


Form = tuple[str, str, tuple[tuple[str, str], ...]]


def _json(code: str, message: str) -> Form:
    fields = (("x-amzn-errortype", code), ("x-amzn-query-error", f"{code};Sender"))
    return "application/x-amz-json-1.0", json.dumps({"__type": code, "message": message, "Message": message}), fields


def _query(code: str, message: str) -> Form:
    error = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
    return "text/xml", f"<ErrorResponse>{error}<RequestId>{_REQUEST}</RequestId></ErrorResponse>", ()


def _xml(code: str, message: str) -> Form:
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    told = f"<Code>{code}</Code><Message>{escape(message)}</Message><RequestId>{_REQUEST}</RequestId>"
    return "application/xml", f"{head}<Error>{told}</Error>", ()


def _ec2(code: str, message: str) -> Form:
    error = f"<Errors><Error><Code>{code}</Code><Message>{escape(message)}</Message></Error></Errors>"
    return "text/xml", f"<Response>{error}<RequestID>{_REQUEST}</RequestID></Response>", ()


_FORMS: dict[str, Callable[[str, str], Form]] = {
    "json": _json,
    "rest-json": _json,
    "query": _query,
    "rest-xml": _xml,
    "ec2": _ec2,
}
