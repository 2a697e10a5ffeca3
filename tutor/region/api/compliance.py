"""Whether an answer is what the model promises: read back by botocore's own parser and judged by the model's shapes."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from botocore.awsrequest import HTTPHeaders
from botocore.exceptions import EventStreamError
from botocore.model import OperationModel, Shape
from botocore.parsers import ResponseParserError, create_parser

from tutor.region.api.errors import known_errors, status_of
from tutor.region.api.message import HttpResponse
from tutor.region.api.model import operation_model
from tutor.region.api.rule import rules_of

_FIRST_ERROR = 300
_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "long": int,
    "double": (int, float),
    "float": (int, float),
    "boolean": bool,
    "blob": bytes,
    "timestamp": datetime,
}


def complies(operation: str, response: HttpResponse) -> list[str]:
    """What is wrong with an answer to an operation, each as a sentence; empty where it complies.

    A success has the model's status and members of the model's types, patterns, enums and ranges, and no others. A
    refusal is an error of the model or one that all services share, with its status. An iterator in the body is used
    up.
    """
    model, body = operation_model(operation), response.data()
    if response.status >= _FIRST_ERROR:
        return _judge_error(response, body)
    try:
        parsed = _parse(model, response, body)
    except (ResponseParserError, EventStreamError, ValueError) as error:
        return [f"{operation}: botocore cannot read the answer: {error}"]
    problems = _judge_status(model, response)
    shape = model.output_shape
    if shape is None:
        return [*problems, *([f"{operation}: a body where the model has none: {body[:80]!r}"] if body.strip() else [])]
    if "payload" not in shape.serialization:
        problems += _undeclared(json.loads(body or b"{}"), shape, operation)
    _judge(parsed, shape, operation, problems)
    return problems


def _parse(model: OperationModel, response: HttpResponse, body: bytes) -> dict[str, Any]:
    """The members of a success, as botocore reads them; what streams is read whole."""
    payload = model.output_shape.serialization.get("payload") if model.output_shape is not None else None
    answer = {
        "status_code": response.status,
        "headers": HTTPHeaders.from_pairs(response.headers),
        "body": _Stream(body) if model.has_event_stream_output else b"" if model.has_streaming_output else body,
        "context": {"operation_name": model.name},
    }
    parsed: dict[str, Any] = _parser().parse(answer, model.output_shape)
    parsed.pop("ResponseMetadata", None)
    if model.has_event_stream_output:
        parsed[str(payload)] = list(parsed[str(payload)])
    elif model.has_streaming_output:
        parsed[str(payload)] = body
    return parsed


@dataclass(frozen=True)
class _Stream:
    """The body as botocore's event stream wants it."""

    data: bytes

    def stream(self) -> Iterator[bytes]:
        yield self.data


@cache
def _parser() -> Any:
    return create_parser("rest-json")


def _judge_status(model: OperationModel, response: HttpResponse) -> list[str]:
    members = model.output_shape.members if model.output_shape is not None else {}
    if any(member.serialization.get("location") == "statusCode" for member in members.values()):
        return []
    promised = int(model.http.get("responseCode", 200))
    return [] if response.status == promised else [f"{model.name}: status {response.status}, not {promised}"]


def _judge_error(response: HttpResponse, body: bytes) -> list[str]:
    code = response.header("x-amzn-ErrorType") or ""
    if code not in known_errors():
        return [f"no error of AWS's: {code!r}"]
    try:
        document = json.loads(body)
    except ValueError:
        return [f"{code}: the body is no JSON: {body[:80]!r}"]
    problems = []
    if status_of(code) != response.status:
        problems.append(f"{code}: status {response.status}, not {status_of(code)}")
    if not any(isinstance(document.get(name), str) for name in ("message", "Message")):
        problems.append(f"{code}: no message")
    return problems


def _undeclared(document: Any, shape: Shape, path: str) -> list[str]:
    """Members of a JSON document that the model does not have, at any depth."""
    if shape.type_name == "structure" and isinstance(document, dict):
        wire = {member.serialization.get("name", name): member for name, member in shape.members.items()}
        problems = [f"{path}: no member {name} in the model" for name in document if name not in wire]
        inner = [(document[name], member, f"{path}.{name}") for name, member in wire.items() if name in document]
    elif shape.type_name == "list" and isinstance(document, list):
        problems, inner = [], [(item, shape.member, f"{path}[{place}]") for place, item in enumerate(document)]
    elif shape.type_name == "map" and isinstance(document, dict):
        problems, inner = [], [(item, shape.value, f"{path}.{key}") for key, item in document.items()]
    else:
        return []
    return problems + [problem for part in inner for problem in _undeclared(*part)]


def _judge(value: Any, shape: Shape, path: str, problems: list[str]) -> None:
    """Types, required members, patterns, enums and bounds of a parsed value, at any depth."""
    kind = shape.type_name
    inside = _INSIDE.get(kind)
    if inside is None and not _is(value, kind):
        problems.append(f"{path}: {value!r} is no {kind}")
        return
    if inside is not None and not isinstance(value, list if kind == "list" else dict):
        if not (shape.serialization.get("eventstream") and isinstance(value, list)):
            problems.append(f"{path}: {value!r} is no {kind}")
            return
        for event in value:
            _judge(event, shape, path, problems)
        return
    problems.extend(f"{path}: {value!r}: {rule.text}" for rule in rules_of(shape) if not rule.holds(value))
    if inside is not None:
        inside(value, shape, path, problems)


def _is(value: Any, kind: str) -> bool:
    if isinstance(value, bool) and kind != "boolean":
        return False
    return isinstance(value, _TYPES[kind])


def _judge_structure(value: Any, shape: Shape, path: str, problems: list[str]) -> None:
    problems.extend(f"{path}: no {name}" for name in shape.required_members if name not in value)
    for name, member in shape.members.items():
        if name in value:
            _judge(value[name], member, f"{path}.{name}", problems)


def _judge_list(value: Any, shape: Shape, path: str, problems: list[str]) -> None:
    for place, item in enumerate(value):
        _judge(item, shape.member, f"{path}[{place}]", problems)


def _judge_map(value: Any, shape: Shape, path: str, problems: list[str]) -> None:
    for key, item in value.items():
        _judge(key, shape.key, f"{path} key", problems)
        _judge(item, shape.value, f"{path}.{key}", problems)


_INSIDE: dict[str, Callable[[Any, Shape, str, list[str]], None]] = {
    "structure": _judge_structure,
    "list": _judge_list,
    "map": _judge_map,
}
