"""Values that stand as text in a path, a query or a header, as the model's types."""

import base64
import binascii
import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from botocore.model import Shape

from tutor.errors import ServiceError

_INTEGER = re.compile(r"[+-]?[0-9]{1,20}", re.ASCII)
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?", re.ASCII)
_BOUNDS = {"integer": 2**31, "long": 2**63}


def text_reader(shape: Shape, time_format: str) -> Callable[[str], Any]:
    """What turns text into a value of a scalar shape; ``time_format`` is the place's, unless the shape has its own."""
    if shape.type_name == "timestamp":
        form = shape.serialization.get("timestampFormat", time_format)
        return _http_time if form == "rfc822" else parse_time
    return _READERS[shape.type_name]


def _unreadable(wanted: str) -> ServiceError:
    return ServiceError("SerializationException", f"STRING_VALUE can not be converted to {wanted}")


def _integer(text: str) -> int:
    if not _INTEGER.fullmatch(text) or not -_BOUNDS["integer"] <= int(text) < _BOUNDS["integer"]:
        raise _unreadable("an Integer")
    return int(text)


def _long(text: str) -> int:
    if not _INTEGER.fullmatch(text) or not -_BOUNDS["long"] <= int(text) < _BOUNDS["long"]:
        raise _unreadable("a Long")
    return int(text)


def _double(text: str) -> float:
    if not _NUMBER.fullmatch(text) or abs(float(text)) == float("inf"):
        raise _unreadable("a Double")
    return float(text)


def _boolean(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise _unreadable("a Boolean")
    return text.lower() == "true"


def _blob(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise _unreadable("a Blob") from None


def parse_time(text: str) -> datetime:
    """A time as ISO 8601 or as seconds since 1970. Raises ``SerializationException`` for anything else."""
    try:
        if _NUMBER.fullmatch(text):
            return datetime.fromtimestamp(float(text), UTC)
        time = datetime.fromisoformat(text)
        return time.replace(tzinfo=time.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        raise _unreadable("a Timestamp") from None


def _http_time(text: str) -> datetime:
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return parse_time(text)


_READERS: dict[str, Callable[[str], Any]] = {
    "string": lambda text: text,
    "character": lambda text: text,
    "integer": _integer,
    "long": _long,
    "double": _double,
    "float": _double,
    "boolean": _boolean,
    "blob": _blob,
}
