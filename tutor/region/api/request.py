"""Parameters from a request, as an operation's model says: path, query, headers and body.

Members that the model does not have are ignored, as REST-JSON services do; a value of another type is a
``SerializationException``. Whether values are within their ranges is asked in ``constraints``.
"""

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

from botocore.model import OperationModel, Shape

from tutor.errors import ServiceError
from tutor.region.api.json_values import Reader, reader, unreadable
from tutor.region.api.message import HttpRequest
from tutor.region.api.model import operation_model
from tutor.region.api.text_values import text_reader

_Query = Mapping[str, list[str]]


class RequestReader:
    """How one operation's requests are read; made once, from its model."""

    def __init__(self, model: OperationModel) -> None:
        self._model = model
        self._labels: list[tuple[str, str, Callable[[str], Any]]] = []
        self._query: list[tuple[str, Callable[[_Query], Any]]] = []
        self._headers: list[tuple[str, str, Callable[[str], Any]]] = []
        self._prefixes: list[tuple[str, str]] = []
        self._body: dict[str, tuple[str, Reader]] = {}
        shape = model.input_shape
        self._payload: str | None = shape.serialization.get("payload") if shape is not None else None
        self._needed = _empty_payloads(shape)
        for name, member in (shape.members if shape is not None else {}).items():
            self._place(name, member)
        self._payload_reader = _payload_reader(shape.members[self._payload]) if shape and self._payload else None

    def _place(self, name: str, member: Shape) -> None:
        location, wire = member.serialization.get("location"), member.serialization.get("name", name)
        if location == "uri":
            self._labels.append((name, wire, text_reader(member, "iso8601")))
        elif location == "querystring":
            self._query.append((name, _query_reader(wire, member)))
        elif location == "header":
            self._headers.append((name, wire, text_reader(member, "rfc822")))
        elif location == "headers":
            self._prefixes.append((name, wire.lower()))
        elif name != self._payload:
            self._body[wire] = (name, reader(member))

    def read(self, request: HttpRequest, labels: Mapping[str, str]) -> dict[str, Any]:
        """The parameters by the model's names. Raises ``ServiceError`` for what cannot be read."""
        parameters: dict[str, Any] = {}
        for name, wire, read in self._labels:
            if wire in labels:
                parameters[name] = read(labels[wire])
        if self._query and request.query:
            self._read_query(_query(request.query), parameters)
        for name, wire, read in self._headers:
            value = request.headers.get(wire)
            if value is not None:
                parameters[name] = read(value)
        for name, prefix in self._prefixes:
            found = {key[len(prefix) :]: value for key, value in request.headers.items() if key.startswith(prefix)}
            if found:
                parameters[name] = found
        self._read_body(request, parameters)
        return parameters

    def _read_query(self, query: _Query, parameters: dict[str, Any]) -> None:
        for name, read in self._query:
            value = read(query)
            if value is not None:
                parameters[name] = value

    def _read_body(self, request: HttpRequest, parameters: dict[str, Any]) -> None:
        if self._payload is not None and self._payload_reader is not None:
            data = request.data()
            if data or self._payload in self._needed:
                parameters[self._payload] = self._payload_reader(self, data)
            return
        if not self._body:
            return
        data = request.data()
        document = self.parse(data) if data.strip() else {}
        if not isinstance(document, dict):
            raise unreadable(document, "a Structure")
        for wire, (name, read) in self._body.items():
            value = document.get(wire)
            if value is not None:
                parameters[name] = read(value)

    def parse(self, data: bytes) -> Any:
        """A JSON document. What is none is the error that the model has for it, else ``SerializationException``."""
        try:
            text = data.decode()
            document = json.loads(text, parse_constant=_refuse_constant)
            if "\\u" in text:
                json.dumps(document, ensure_ascii=False).encode()  # half a surrogate pair is no text
        except RecursionError:
            raise ServiceError("SerializationException", "The request body is nested too deeply.") from None
        except ValueError as error:
            raise self._no_json(error) from None
        return document

    def _no_json(self, error: ValueError) -> ServiceError:
        own = "InvalidRequestContentException"
        if any(shape.name == own for shape in self._model.error_shapes):
            return ServiceError(own, f"Could not parse request body into json: {error}")
        return ServiceError("SerializationException", f"Could not parse request body into json: {error}")


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"Non-standard token '{name}'")


def _query(raw: str) -> _Query:
    try:
        pairs = parse_qsl(raw, keep_blank_values=True, errors="strict")
    except ValueError:  # UnicodeDecodeError is one
        raise ServiceError("SerializationException", "The query string is not UTF-8.") from None
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def _query_reader(wire: str, member: Shape) -> Callable[[_Query], Any]:
    if member.type_name == "list":
        one = text_reader(member.member, "iso8601")
        return lambda query: [one(value) for value in query[wire]] if wire in query else None
    if member.type_name == "map":  # every field of the query that no other member takes
        return lambda query: {name: values[-1] for name, values in query.items()} or None
    single = text_reader(member, "iso8601")
    return lambda query: single(query[wire][-1]) if wire in query else None


def _empty_payloads(shape: Shape | None) -> frozenset[str]:
    """Required payloads of bytes: an empty body is one."""
    if shape is None:
        return frozenset()
    return frozenset(name for name in shape.required_members if shape.members[name].type_name == "blob")


def _payload_reader(member: Shape) -> Callable[[RequestReader, bytes], Any]:
    if member.type_name == "blob":
        return lambda _, data: data
    if member.type_name == "string":
        return lambda _, data: data.decode(errors="replace")
    read = reader(member)
    return lambda owner, data: read(owner.parse(data))


@cache
def request_reader(operation: str) -> RequestReader:
    """The reader of an operation's requests, made when it is first asked for."""
    return RequestReader(operation_model(operation))
