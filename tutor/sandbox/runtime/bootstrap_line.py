"""The Python runtime's line to the supervisor, and JSON on the shortest way.

Loaded once with ``bootstrap``. Between an event and its answer little more is done than this: each call that is not
made is a hundredth of what an invocation costs.
"""

from __future__ import annotations

import json
import os
import select
import struct
import time

_PREFIX = struct.Struct("!IQ")
_SHORTEST = _PREFIX.size
_AHEAD = 1 << 14  # an event comes in one piece, most of the time
_LONGEST_PIECE = 1 << 20
_now = time.perf_counter  # the real one, also where the function has put another clock in its place
_decoded = json.JSONDecoder().scan_once  # type: ignore[attr-defined] # typeshed lacks it
_encoder = getattr(json.encoder, "c_make_encoder", None)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any


def decode(body: bytes) -> Any:
    """The value of a JSON text, as ``json.loads`` gives it. Raises what that raises."""
    try:
        text = body.decode()
        value, end = _decoded(text, 0)
        if end == len(text):
            return value
    except (ValueError, StopIteration):
        pass
    return json.loads(body)  # white space around it, another encoding, or none at all


def encoder(default: Callable[[Any], Any] | None, *, ascii_only: bool) -> Callable[[Any], str]:
    """What ``json.JSONEncoder.encode`` does, by an encoder that is made once. It raises what that raises."""
    careful = json.JSONEncoder(ensure_ascii=ascii_only, default=default).encode
    if _encoder is None:
        return careful
    written = json.encoder.encode_basestring_ascii if ascii_only else json.encoder.encode_basestring
    pieces = _encoder(None, default, written, None, ": ", ", ", False, False, True)

    def encode(value: Any) -> str:
        try:
            return "".join(pieces(value, 0))
        except (TypeError, ValueError, RecursionError):
            return careful(value)  # it knows what is wrong, and tells it in its own words

    return encode


_header = encoder(None, ascii_only=True)


class Channel:
    """The line to the supervisor: a JSON header and a body, both with their length in front."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._held = b""  # what came with what was asked for
        self._next_within = 0.0
        self._looks = select.poll()
        self._looks.register(descriptor, select.POLLIN)
        os.set_inheritable(descriptor, False)

    def receive(self) -> tuple[dict[str, Any], bytes]:
        """Wait for the next event: (header, body).

        Where the last one came with word that the next comes soon, it is looked for so long before going to sleep.
        """
        if self._next_within:
            self._look()
        header, body = self._message()
        self._next_within = header.get("next_within_s", 0.0)
        return header, body

    def _message(self) -> tuple[dict[str, Any], bytes]:
        data = self._held or os.read(self._descriptor, _AHEAD)
        if len(data) >= _SHORTEST:
            header_size, body_size = _PREFIX.unpack_from(data)
            end = _SHORTEST + header_size
            if len(data) == end + body_size:
                self._held = b""
                return _decoded(data[_SHORTEST:end].decode(), 0)[0], data[end:]
        elif not data:
            os._exit(0)
        self._held = data
        header_size, body_size = _PREFIX.unpack(self._read(_SHORTEST))
        header = json.loads(self._read(header_size).decode())
        return header, self._read(body_size)

    def _look(self) -> None:
        looks = self._looks.poll
        until = _now() + self._next_within
        while not looks(0) and _now() < until:
            pass

    def _read(self, size: int) -> bytes:
        pieces = [self._held]
        missing = size - len(self._held)
        while missing > 0:
            piece = os.read(self._descriptor, max(min(missing, _LONGEST_PIECE), _AHEAD))
            if not piece:
                os._exit(0)
            pieces.append(piece)
            missing -= len(piece)
        data = b"".join(pieces)
        self._held = data[size:]
        return data[:size]

    def wait_in_snapshot(self) -> Any:
        """Tell that a snapshot can be taken, and wait to be restored; by which name that is to be told."""
        self.send({"kind": "snapshot", "ready": True})
        return self.receive()[0]["id"]

    def send(self, header: Mapping[str, Any], body: bytes = b"") -> None:
        """Send one message whole."""
        text = _header(header).encode()
        data = _PREFIX.pack(len(text), len(body)) + text + body
        sent = os.write(self._descriptor, data)
        if sent < len(data):
            self._send_rest(memoryview(data)[sent:])

    def _send_rest(self, data: memoryview) -> None:
        while data:
            data = data[os.write(self._descriptor, data) :]
