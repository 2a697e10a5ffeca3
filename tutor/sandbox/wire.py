"""Messages on a stream socket: a JSON header and a body of bytes, both with their length in front.

Used between the tutor and a supervisor, and between a supervisor and the runtime inside. What comes from inside
is not trusted: a reader is told how much it may keep.
"""

import json
import struct
from typing import Any, NamedTuple

from tutor.sandbox import json_text

_PREFIX = struct.Struct("!IQ")
_SHORT = 1 << 16
_encode, _decode = json_text.encoder(ascii_only=True), json_text.decoder(json.JSONDecoder())


class BrokenMessage(Exception):
    """The other side does not speak this protocol."""


class Message(NamedTuple):
    """One message. ``body`` is empty and ``size`` tells its length where it was longer than could be kept."""

    header: dict[str, Any]
    body: bytes
    size: int


def head(header: dict[str, Any], size: int) -> bytes:
    """The bytes of a message that stand before its body of ``size`` bytes."""
    text = _encode(header).encode()
    return _PREFIX.pack(len(text), size) + text


def pack(header: dict[str, Any], body: bytes = b"") -> bytes:
    """The bytes of one message."""
    return head(header, len(body)) + body


class Reader:
    """Puts messages together from whatever pieces arrive.

    ``keep`` is the longest body in bytes that is kept, ``longest_header`` the longest header that is accepted.
    """

    def __init__(self, keep: int, longest_header: int = _SHORT) -> None:
        self._keep = keep
        self._longest_header = longest_header
        self._pieces = bytearray()
        self._header: dict[str, Any] | None = None
        self._size = 0
        self._missing = 0

    def feed(self, data: bytes) -> list[Message]:
        """Take bytes in; return the messages that are complete now. Raises ``BrokenMessage``."""
        if not self._pieces and self._header is None and (whole := self._whole(data)):
            return [whole]
        self._pieces += data
        found: list[Message] = []
        while self._begun() and (message := self._finished()):
            found.append(message)
        return found

    def _whole(self, data: bytes) -> Message | None:
        """The one message that is all of ``data``, as most are."""
        if len(data) < _PREFIX.size:
            return None
        header_size, body_size = _PREFIX.unpack_from(data)
        end = _PREFIX.size + header_size
        if header_size > self._longest_header or body_size > self._keep or len(data) != end + body_size:
            return None
        return Message(_header(data[_PREFIX.size : end]), data[end:], body_size)

    def _begun(self) -> bool:
        if self._header is not None:
            return True
        if len(self._pieces) < _PREFIX.size:
            return False
        header_size, body_size = _PREFIX.unpack_from(self._pieces)
        if header_size > self._longest_header:
            raise BrokenMessage("header too long")
        end = _PREFIX.size + header_size
        if len(self._pieces) < end:
            return False
        header = _header(self._pieces[_PREFIX.size : end])
        self._header, self._size, self._missing = header, body_size, body_size
        del self._pieces[:end]
        return True

    def _finished(self) -> Message | None:
        if self._size > self._keep:
            dropped = min(self._missing, len(self._pieces))
            del self._pieces[:dropped]
            self._missing -= dropped
            return self._message(b"") if self._missing == 0 else None
        if len(self._pieces) < self._size:
            return None
        with memoryview(self._pieces) as pieces:
            body = bytes(pieces[: self._size])
        del self._pieces[: self._size]
        return self._message(body)

    def _message(self, body: bytes) -> Message:
        message = Message(self._header or {}, body, self._size)
        self._header = None
        return message


def _header(text: bytes | bytearray) -> dict[str, Any]:
    try:
        header = _decode(text.decode())
    except (ValueError, RecursionError) as error:
        raise BrokenMessage("header is no JSON") from error
    if not isinstance(header, dict):
        raise BrokenMessage("header is no object")
    return header
