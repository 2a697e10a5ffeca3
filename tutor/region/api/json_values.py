"""Values of a JSON document as the model's types, or AWS's ``SerializationException``."""

import base64
import binascii
import math
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from botocore.model import Shape

from tutor.errors import ServiceError
from tutor.region.api.text_values import parse_time

Reader = Callable[[Any], Any]

_INTEGERS = {"integer": ("an Integer", 2**31), "long": ("a Long", 2**63)}


def unreadable(value: object, wanted: str) -> ServiceError:
    """AWS's words for a JSON value of the wrong type; ``wanted`` has its article ("an Integer")."""
    if isinstance(value, dict):
        text = "Start of structure or map found where not expected."
    elif isinstance(value, list):
        text = "Start of list found where not expected"
    else:
        text = f"{_token(value)} can not be converted to {wanted}"
    return ServiceError("SerializationException", text)


def _token(value: object) -> str:
    if value is True or value is False:
        return f"{value}_VALUE".upper()
    if value is None:
        return "NULL_VALUE"
    return "STRING_VALUE" if isinstance(value, str) else "NUMBER_VALUE"


def reader(shape: Shape) -> Reader:
    """What turns a JSON value into a value of this shape."""
    return _Readers().of(shape)


class _Readers:
    """Readers by shape; a shape that holds itself gets the reader that is being made."""

    def __init__(self) -> None:
        self._structures: dict[str, Reader] = {}

    def of(self, shape: Shape) -> Reader:
        kind = shape.type_name
        if kind == "structure":
            return self._structures.get(shape.name) or self._structure(shape)
        if kind == "list":
            return _list_reader(self.of(shape.member))
        if kind == "map":
            return _map_reader(self.of(shape.value))
        return _scalar_reader(kind)

    def _structure(self, shape: Shape) -> Reader:
        members: dict[str, tuple[str, Reader]] = {}

        def read(value: Any) -> dict[str, Any]:
            if not isinstance(value, dict):
                raise unreadable(value, "a Structure")
            found = {}
            for wire, (name, read_member) in members.items():
                given = value.get(wire)
                if given is not None:
                    found[name] = read_member(given)
            return found

        self._structures[shape.name] = read
        for name, member in shape.members.items():
            members[member.serialization.get("name", name)] = (name, self.of(member))
        return read


def _list_reader(one: Reader) -> Reader:
    def read(value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise unreadable(value, "a List")
        return [None if item is None else one(item) for item in value]

    return read


def _map_reader(one: Reader) -> Reader:
    def read(value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise unreadable(value, "a Map")
        return {key: None if item is None else one(item) for key, item in value.items()}

    return read


def _scalar_reader(kind: str) -> Reader:
    if kind in _INTEGERS:
        return _integer_reader(*_INTEGERS[kind])
    return _SCALARS[kind]


def _integer_reader(wanted: str, bound: int) -> Reader:
    def read(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not -bound <= value < bound:
            raise unreadable(value, wanted)
        return value

    return read


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise unreadable(value, "a String")
    return value


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise unreadable(value, "a Boolean")
    return value


def _double(value: Any) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise unreadable(value, "a Double")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise unreadable(value, "a Double")
    return number


def _blob(value: Any) -> bytes:
    try:
        return base64.b64decode(_string(value), validate=True)
    except (binascii.Error, ValueError) as error:
        if isinstance(error, ServiceError):
            raise
        raise unreadable(value, "a Blob") from None


def _timestamp(value: Any) -> datetime:
    if isinstance(value, str):
        return parse_time(value)
    try:
        return datetime.fromtimestamp(_double(value), UTC)
    except (OverflowError, OSError, ValueError) as error:
        if isinstance(error, ServiceError):
            raise
        raise unreadable(value, "a Timestamp") from None


_SCALARS: dict[str, Reader] = {
    "string": _string,
    "character": _string,
    "boolean": _boolean,
    "double": _double,
    "float": _double,
    "blob": _blob,
    "timestamp": _timestamp,
}
