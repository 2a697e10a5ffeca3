"""An operation's result as an HTTP answer, as its model says: status, headers, body."""

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cache
from typing import Any

from botocore.model import OperationModel, Shape

from tutor.errors import Defect
from tutor.region.api.eventstream import CONTENT_TYPE, encode_events
from tutor.region.api.message import HttpResponse
from tutor.region.api.model import operation_model

Writer = Callable[[Any], Any]
"""Turns a value of a shape into a JSON value."""

_NO_CONTENT = 204
_NO_METADATA: Mapping[str, Mapping[str, str]] = {"HTTPHeaders": {}}


class ResponseWriter:
    """How one operation's results are written; made once, from its model."""

    def __init__(self, model: OperationModel) -> None:
        self._name = model.name
        self._status = int(model.http.get("responseCode", 200))
        self._status_member: str | None = None
        self._headers: list[tuple[str, str, Callable[[Any], str]]] = []
        self._body: dict[str, tuple[str, Writer]] = {}
        self._ignored: set[str] = set()
        self._shape = shape = model.output_shape
        self._payload: str | None = shape.serialization.get("payload") if shape is not None else None
        self._events = model.has_event_stream_output
        for name, member in (shape.members if shape is not None else {}).items():
            self._place(name, member)

    def _place(self, name: str, member: Shape) -> None:
        location, wire = member.serialization.get("location"), member.serialization.get("name", name)
        if location == "statusCode":
            self._status_member = name
        elif location == "header" and self._events and wire.lower() == "content-type":
            self._ignored.add(name)  # an event stream's own type stands there
        elif location == "header":
            self._headers.append((name, wire, _header_writer(member)))
        elif name != self._payload:
            self._body[name] = (wire, writer(member))

    def write(self, result: Mapping[str, Any], request_id: str) -> HttpResponse:
        """The answer. Members without a value are left out; one that the model does not have is our ``Defect``.

        ``ResponseMetadata`` is none of them: it has, as boto3 tells them, ``HTTPHeaders`` that no model knows.
        """
        status = self._status
        headers = [("x-amzn-RequestId", request_id)]
        left = {name: value for name, value in result.items() if value is not None and name not in self._ignored}
        headers += left.pop("ResponseMetadata", _NO_METADATA)["HTTPHeaders"].items()
        if self._status_member is not None:
            status = int(left.pop(self._status_member, status))
        for name, wire, write in self._headers:
            if name in left:
                headers.append((wire, write(left.pop(name))))
        kind, body = self._written(left)
        if left:
            raise Defect(f"{self._name} has no member {', '.join(left)} in its answer.")
        if status == _NO_CONTENT:
            return HttpResponse(status, tuple(headers))
        return HttpResponse(status, (("Content-Type", kind), *headers), body)

    def _written(self, left: dict[str, Any]) -> tuple[str, bytes | Iterator[bytes]]:
        """Type and bytes of the body; what goes into it is taken out of what is left."""
        if self._payload is None:
            here = [(*self._body[name], left.pop(name)) for name in [*left] if name in self._body]
            document = {wire: write(value) for wire, write, value in here}
            return "application/json", json.dumps(document).encode()
        assert self._shape is not None  # it has the payload
        member, value = self._shape.members[self._payload], left.pop(self._payload, None)
        if self._events:
            return CONTENT_TYPE, encode_events(member, value if value is not None else ())
        if member.type_name == "structure":
            return "application/json", json.dumps(writer(member)(value or {})).encode()
        return "application/json", value if value is not None else b""


def writer(shape: Shape) -> Writer:
    """What turns a value of this shape into a JSON value."""
    return _Writers().of(shape)


class _Writers:
    """Writers by shape; a shape that holds itself gets the writer that is being made."""

    def __init__(self) -> None:
        self._structures: dict[str, Writer] = {}

    def of(self, shape: Shape) -> Writer:
        kind = shape.type_name
        if kind == "structure":
            return self._structures.get(shape.name) or self._structure(shape)
        if kind == "list":
            return _list_writer(shape.name, self.of(shape.member))
        if kind == "map":
            each = self.of(shape.value)
            return lambda value: {key: each(item) for key, item in value.items()}
        if kind == "timestamp":
            return _time_writer(shape.serialization.get("timestampFormat", "unixtimestamp"))
        if kind == "blob":
            return lambda value: base64.b64encode(value).decode()
        return lambda value: value

    def _structure(self, shape: Shape) -> Writer:
        members: dict[str, tuple[str, Writer]] = {}

        def write(value: Any) -> dict[str, Any]:
            unknown = [name for name in value if name not in members]
            if unknown:
                raise Defect(f"{shape.name} has no member {', '.join(unknown)}.")
            return {members[name][0]: members[name][1](given) for name, given in value.items() if given is not None}

        self._structures[shape.name] = write
        for name, member in shape.members.items():
            members[name] = (member.serialization.get("name", name), self.of(member))
        return write


def _list_writer(name: str, one: Writer) -> Writer:
    def write(value: Any) -> list[Any]:
        if not isinstance(value, list | tuple):
            raise Defect(f"{value!r} is no list for {name}.")
        return [one(item) for item in value]

    return write


def _header_writer(member: Shape) -> Callable[[Any], str]:
    if member.type_name == "timestamp":
        return lambda value: str(_time_writer(member.serialization.get("timestampFormat", "rfc822"))(value))
    if member.type_name == "boolean":
        return lambda value: str(value).lower()
    return str


def _time_writer(form: str) -> Callable[[Any], Any]:
    """A time in a form of the model; a time is an aware ``datetime`` or seconds since 1970."""

    def write(value: Any) -> Any:
        time = value if isinstance(value, datetime) else datetime.fromtimestamp(value, UTC)
        if form == "rfc822":
            return format_datetime(time.astimezone(UTC), usegmt=True)
        if form == "iso8601":
            return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return round(time.timestamp(), 3)

    return write


@cache
def response_writer(operation: str) -> ResponseWriter:
    """The writer of an operation's answers, made when it is first asked for."""
    return ResponseWriter(operation_model(operation))
