"""A subscription to telemetry: what is asked for, and what AWS refuses of it.

Source: developer guide, telemetry-api and telemetry-api-reference.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tutor.awslambda.quotas import Quotas
from tutor.errors import ServiceError

SCHEMA_VERSIONS = ("2022-07-01", "2022-12-13", "2025-01-29")
"""Since the second of them a line in JSON is an object in the events."""
TYPES = ("platform", "function", "extension")
HOSTS = ("sandbox.localdomain", "sandbox")
_RESERVED_PORT = 9001
_LAST_PORT = 65535


@dataclass(frozen=True)
class Subscription:
    """What one extension wants to hear of, and where. Sizes in bytes, ``timeout`` in ms."""

    name: str
    schema_version: str
    types: tuple[str, ...]
    protocol: str
    port: int
    path: str
    max_items: int
    max_bytes: int
    timeout: int

    @property
    def json_as_objects(self) -> bool:
        """Whether lines in JSON are given as objects."""
        return self.schema_version != SCHEMA_VERSIONS[0]


def subscription(name: str, document: Any, quotas: Quotas) -> Subscription:
    """The subscription that ``document`` asks for. Raises ``ServiceError`` that names all that is wrong with it."""
    if not isinstance(document, Mapping):
        raise ServiceError("ValidationError", "the request should be a JSON object")
    problems: list[str] = []
    version = _one_of(document, "schemaVersion", SCHEMA_VERSIONS, problems)
    types = _types(document.get("types"), problems)
    protocol, port, path = _destination(document.get("destination"), problems)
    buffering = document.get("buffering") or {}
    if not isinstance(buffering, Mapping):
        problems.append("buffering should be an object")
        buffering = {}
    items = _number(buffering, "maxItems", (quotas.telemetry_items_min, quotas.telemetry_items_max), None, problems)
    size = _number(buffering, "maxBytes", (quotas.telemetry_bytes_min, quotas.telemetry_bytes_max), None, problems)
    times = (quotas.telemetry_timeout_min, quotas.telemetry_timeout_max)
    timeout = _number(buffering, "timeoutMs", times, quotas.telemetry_timeout_default, problems)
    if problems:
        raise ServiceError("ValidationError", "; ".join(problems))
    return Subscription(name, version, types, protocol, port, path, items, size, timeout)


def _one_of(document: Mapping[str, Any], name: str, allowed: tuple[str, ...], problems: list[str]) -> str:
    value = document.get(name)
    if value not in allowed:
        problems.append(f"{name} should be one of {', '.join(allowed)}")
    return str(value)


def _types(value: Any, problems: list[str]) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        problems.append("types should not be empty")
        return ()
    unknown = [str(kind) for kind in value if kind not in TYPES]
    if unknown:
        problems.append(f"types should be among {', '.join(TYPES)}, not {', '.join(unknown)}")
    return tuple(dict.fromkeys(kind for kind in TYPES if kind in value))


def _destination(value: Any, problems: list[str]) -> tuple[str, int, str]:
    if not isinstance(value, Mapping):
        problems.append("destination is not provided")
        return "", 0, ""
    protocol = _one_of(value, "protocol", ("HTTP", "TCP"), problems)
    try:
        place = urlsplit(str(value.get("URI") or ""))
        port = place.port
    except ValueError:
        problems.append(f"URI port should be at most {_LAST_PORT}")
        return protocol, 0, ""
    if place.hostname not in HOSTS:
        problems.append(f"URI host should be {HOSTS[0]}")
    if not port:
        problems.append("URI port is not provided")
    elif port == _RESERVED_PORT:
        problems.append(f"URI port {_RESERVED_PORT} is reserved")
    path = (place.path or "/") + (f"?{place.query}" if place.query else "")
    return protocol, port or 0, path


def _number(
    buffering: Mapping[str, Any], name: str, allowed: tuple[int, int], default: int | None, problems: list[str]
) -> int:
    """A size of the buffer; the least one is the default where no other is given."""
    least, most = allowed
    value = buffering.get(name, least if default is None else default)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        problems.append(f"{name} should be between {least} and {most}")
        return least
    return value
