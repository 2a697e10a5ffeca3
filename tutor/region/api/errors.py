"""A refusal as AWS's HTTP answer: status, ``x-amzn-ErrorType`` and a body of the error shape's members."""

import json
from collections.abc import Mapping
from functools import cache

from botocore.model import StructureShape

from tutor.errors import ServiceError
from tutor.region.api.message import HttpResponse
from tutor.region.api.model import service_model

# Errors that every service has and no model names. Source: Lambda API reference, "Common Error Types".
_COMMON: Mapping[str, int] = {
    "AccessDenied": 403,
    "AccessDeniedException": 403,
    "ExpiredTokenException": 403,
    "IncompleteSignatureException": 403,
    "InvalidClientTokenId": 403,
    "InvalidClientTokenIdException": 403,
    "InvalidSignatureException": 403,
    "MethodNotAllowedException": 405,
    "MissingAuthenticationTokenException": 403,
    "NotImplementedException": 400,
    "OptInRequired": 403,
    "RequestEntityTooLargeException": 413,
    "SerializationException": 400,
    "ServiceUnavailableException": 503,
    "ThrottlingException": 400,
    "UnknownOperationException": 404,
    "UnrecognizedClientException": 403,
    "ValidationException": 400,
}
_SHAPES: Mapping[str, str] = {"RequestEntityTooLargeException": "RequestTooLargeException"}
"""Names on the wire that differ from the model's shape. Source: recordings of the service."""

_CAPITAL_MESSAGE = frozenset({"AccessDeniedException", "SerializationException", "UnknownOperationException"})
"""Errors of the layers before Lambda, whose member is ``Message``."""


@cache
def _shape_of(code: str) -> StructureShape | None:
    name = _SHAPES.get(code, code)
    shape = service_model().shape_for(name) if name in service_model().shape_names else None
    return shape if shape is not None and shape.metadata.get("exception") else None


@cache
def known_errors() -> frozenset[str]:
    """Every error code that the service may answer with: the model's, on the wire, and those of all services."""
    names = service_model().shape_names
    return frozenset(_COMMON) | {name for name in names if service_model().shape_for(name).metadata.get("exception")}


def status_of(code: str) -> int:
    """The HTTP status of an error code: the model's, or the one that all services share, or 400."""
    shape = _shape_of(code)
    if shape is not None:
        return int(shape.metadata["error"]["httpStatusCode"])
    return _COMMON.get(code, 400)


def error_response(error: ServiceError, request_id: str) -> HttpResponse:
    """The answer that AWS's service gives for a refusal. A detail that is empty is left out (``{"Type": ""}``)."""
    headers = [
        ("Content-Type", "application/json"),
        ("x-amzn-RequestId", request_id),
        ("x-amzn-ErrorType", error.code),
    ]
    body: dict[str, str] = {}
    members = {"Type": _type_of(error.code), "message": error.message, "Message": error.message, **error.details}
    shape = _shape_of(error.code)
    if shape is None:
        body["Message" if error.code in _CAPITAL_MESSAGE else "message"] = error.message
    else:
        for name, member in shape.members.items():
            if not members.get(name):
                continue  # some of the service's errors lack a member that they might have
            if member.serialization.get("location") == "header":
                headers.append((member.serialization["name"], members[name]))
            else:
                body[member.serialization.get("name", name)] = members[name]
    return HttpResponse(status_of(error.code), tuple(headers), json.dumps(body).encode())


def _type_of(code: str) -> str:
    """Whose fault an error is, in AWS's words: ``User`` or ``Service``."""
    shape = _shape_of(code)
    return "User" if shape is None or shape.metadata["error"].get("senderFault") else "Service"
