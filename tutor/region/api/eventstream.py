"""AWS's event stream: a response that comes as framed events.

A frame is: total length and length of headers (4 bytes each, big-endian), a CRC-32 of those eight bytes; headers
(length of name, name, type, length of value, value); payload; a CRC-32 of everything before it.
Source: the Smithy specification, "Amazon Event Stream".
"""

import json
import struct
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from zlib import crc32

from botocore.model import Shape

CONTENT_TYPE = "application/vnd.amazon.eventstream"

_STRING = 7  # a header's type
_OVERHEAD = 16  # bytes of a frame that are neither headers nor payload
_JSON = "application/json"
_KINDS = {"blob": "application/octet-stream", "string": "text/plain"}


def encode_message(headers: Mapping[str, str], payload: bytes) -> bytes:
    """One frame."""
    head = b"".join(_header(name, value) for name, value in headers.items())
    prelude = struct.pack("!II", _OVERHEAD + len(head) + len(payload), len(head))
    message = prelude + struct.pack("!I", crc32(prelude)) + head + payload
    return message + struct.pack("!I", crc32(message))


def _header(name: str, value: str) -> bytes:
    key, data = name.encode(), value.encode()
    return struct.pack("!B", len(key)) + key + struct.pack("!BH", _STRING, len(data)) + data


def encode_events(stream: Shape, events: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """Frames of the events of an operation's stream, each a mapping of the event's name to its members."""
    for event in events:
        for name, members in event.items():
            yield _encode_event(name, stream.members[name], members)


def _encode_event(name: str, shape: Shape, members: Mapping[str, Any]) -> bytes:
    kind = "exception" if shape.metadata.get("exception") else "event"
    headers = {":message-type": kind, f":{kind}-type": name}
    payload = b""
    document: dict[str, Any] = {}
    for key, value in members.items():
        member = shape.members[key]
        if value is None:
            continue
        if member.serialization.get("eventheader"):
            headers[key] = str(value)
        elif member.serialization.get("eventpayload"):
            headers[":content-type"] = _KINDS.get(member.type_name, _JSON)
            payload = value if isinstance(value, bytes) else str(value).encode()
        else:
            document[member.serialization.get("name", key)] = value
    if ":content-type" not in headers:
        headers[":content-type"], payload = _JSON, json.dumps(document).encode()
    return encode_message(headers, payload)
