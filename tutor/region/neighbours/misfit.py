"""Why a request does not fit its operation's model: asked only where moto fell over it."""

import json
from functools import cache
from typing import Any

from tutor.region.api.message import HttpRequest
from tutor.region.neighbours.asked import Asked
from tutor.region.neighbours.moto_import import moto

_JSON = ("json", "rest-json")
_CODES = {"query": "ValidationError", "ec2": "InvalidParameterValue", "rest-xml": "InvalidRequest"}


def misfit(wish: Asked, request: HttpRequest) -> tuple[str, str] | None:
    """The error's code and text; None for a request that is as its model wants it."""
    if wish.protocol in _JSON and not _is_object(request):
        return "SerializationException", "The request's body is no JSON object."
    shape = moto("core.utils").get_service_model(wish.service).operation_model(wish.operation).input_shape
    if shape is None:
        return None
    code = _CODES.get(wish.protocol, "ValidationException")
    payload = shape.serialization.get("payload")  # the body itself, which is not among the parameters
    for name in shape.required_members:
        if name != payload and wish.parameters.get(name) is None:
            member = name[:1].lower() + name[1:]
            text = f"Value null at '{member}' failed to satisfy constraint: Member must not be null"
            return code, f"1 validation error detected: {text}"
    report = _validator().validate(dict(wish.parameters), shape)
    return (code, f"1 validation error detected: {report.generate_report()}") if report.has_errors() else None


def _is_object(request: HttpRequest) -> bool:
    body = request.data()
    try:
        return not body or isinstance(json.loads(body), dict)
    except ValueError:
        return _is_binary(request)


def _is_binary(request: HttpRequest) -> bool:
    """Whether the body is in a form of its own (CBOR), or a blob."""
    kind = request.headers.get("content-type", "")
    return "cbor" in kind or "octet-stream" in kind


@cache
def _validator() -> Any:
    from botocore.validate import ParamValidator

    return ParamValidator()
