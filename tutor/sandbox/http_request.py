"""HTTP/1.1 requests put together from whatever pieces arrive, as the APIs inside an environment speak it.

What comes from inside is not trusted: a head is short, a body is kept up to a limit that its head decides, and what is
no HTTP is refused. Standard: RFC 9112.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

_LONGEST_HEAD = 5 << 18  # a cause for X-Ray may be 1 MB, and travels in a header
_LONGEST_LINE = 1 << 12
_REQUEST_LINE = re.compile(rb"([A-Z]{1,20}) (\S{1,65536}) HTTP/1\.([01])")
_SIZE = re.compile(rb"[0-9]{1,18}")
_CHUNK_SIZE = re.compile(rb"([0-9a-fA-F]{1,15})[ \t]*(?:;.*)?")


class BrokenRequest(Exception):
    """The other side does not speak HTTP/1.1; the text says how."""


@dataclass
class Request:
    """One request. Names of headers and trailers are lower-case.

    ``size`` is the body's length in bytes as it came; ``body`` is cut to its first ``keep`` bytes.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    keep_alive: bool
    body: bytes = b""
    size: int = 0
    trailers: Mapping[str, str] = field(default_factory=dict)

    @property
    def expects_continue(self) -> bool:
        """Whether the client waits for leave before it sends the body."""
        return self.headers.get("expect", "").lower() == "100-continue"


class RequestReader:
    """One connection's bytes in, its requests out, one at a time.

    ``keep`` says, from a request's head, how many bytes of its body are worth keeping; ``heard`` is given every piece
    of a body as it comes.
    """

    def __init__(self, keep: Callable[[Request], int], heard: Callable[[Request, bytes], object] | None = None) -> None:
        self._keep = keep
        self._heard = heard
        self._pieces = bytearray()
        self._seen = 0
        self._request: Request | None = None
        self._body = bytearray()
        self._missing = 0
        self._step: Callable[[], bool] = self._head

    @property
    def began(self) -> Request | None:
        """The request whose body is on its way."""
        return self._request

    @property
    def waiting(self) -> int:
        """How many bytes have come and were not looked at."""
        return len(self._pieces)

    def feed(self, data: bytes) -> None:
        """Take bytes in."""
        self._pieces += data

    def take(self) -> Request | None:
        """The next request, when it is whole. Raises ``BrokenRequest``."""
        while self._step():
            if self._step == self._head and self._request is not None:
                found, self._request = self._request, None
                found.body, self._body = bytes(self._body), bytearray()
                return found
        return None

    def _head(self) -> bool:
        end = self._pieces.find(b"\r\n\r\n", max(0, self._seen - 3))
        self._seen = len(self._pieces)
        if end < 0:
            if self._seen > _LONGEST_HEAD:
                raise BrokenRequest("the head is too long")
            return False
        first, *lines = bytes(self._pieces[:end]).lstrip(b"\r\n").split(b"\r\n")
        del self._pieces[: end + 4]
        self._seen = 0
        match = _REQUEST_LINE.fullmatch(first)
        if match is None:
            raise BrokenRequest("the request line is none")
        headers = _fields(lines)
        closes = headers.get("connection", "keep-alive" if match[3] == b"1" else "close").lower()
        self._request = Request(match[1].decode(), match[2].decode("latin-1"), headers, "close" not in closes)
        self._prepare_body(headers)
        return True

    def _prepare_body(self, headers: Mapping[str, str]) -> None:
        self._room = self._keep(self._request) if self._request else 0
        coding, length = headers.get("transfer-encoding"), headers.get("content-length", "0").encode()
        if coding is not None:
            if coding.lower() != "chunked":
                raise BrokenRequest("the transfer coding is not known")
            self._step = self._chunk_size
        elif _SIZE.fullmatch(length):
            self._missing = int(length)
            self._step = self._sized
            if not self._missing:
                self._step = self._head
        else:
            raise BrokenRequest("the content length is no number")

    def _drain(self) -> None:
        """Take what has come of the body, and keep what there is room for."""
        assert self._request is not None
        piece = self._pieces[: self._missing]
        del self._pieces[: self._missing]
        self._missing -= len(piece)
        self._request.size += len(piece)
        self._body += piece[: max(0, self._room - len(self._body))]
        if self._heard is not None and piece:
            self._heard(self._request, bytes(piece))

    def _sized(self) -> bool:
        self._drain()
        if self._missing:
            return False
        self._step = self._head
        return True

    def _line(self) -> bytes | None:
        end = self._pieces.find(b"\r\n")
        if end < 0:
            if len(self._pieces) > _LONGEST_LINE:
                raise BrokenRequest("a line of the body is too long")
            return None
        line = bytes(self._pieces[:end])
        del self._pieces[: end + 2]
        return line

    def _chunk_size(self) -> bool:
        line = self._line()
        if line is None:
            return False
        match = _CHUNK_SIZE.fullmatch(line)
        if match is None:
            raise BrokenRequest("a chunk's size is none")
        self._missing = int(match[1], 16)
        self._step = self._chunk if self._missing else self._trailers
        return True

    def _chunk(self) -> bool:
        self._drain()
        if self._missing or len(self._pieces) < 2:
            return False
        if self._pieces[:2] != b"\r\n":
            raise BrokenRequest("a chunk does not end where it should")
        del self._pieces[:2]
        self._step = self._chunk_size
        return True

    def _trailers(self) -> bool:
        end = 0 if self._pieces[:2] == b"\r\n" else self._pieces.find(b"\r\n\r\n")
        if end < 0:
            if len(self._pieces) > _LONGEST_HEAD:
                raise BrokenRequest("the trailers are too long")
            return False
        assert self._request is not None
        if end:
            self._request.trailers = _fields(bytes(self._pieces[:end]).split(b"\r\n"))
        del self._pieces[: end + (4 if end else 2)]
        self._step = self._head
        return True


def _fields(lines: Sequence[bytes]) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(b":")
        if not colon or not name or name != name.strip():
            raise BrokenRequest("a header has no name")
        found[name.decode("latin-1").lower()] = value.strip().decode("latin-1")
    return found


def response(status: int, body: bytes = b"", headers: Mapping[str, str] | None = None) -> bytes:
    """The bytes of an answer. Line ends inside a header's value, which would forge another header, become spaces."""
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"]
    for name, value in {"Content-Type": "application/json", **(headers or {}), "Content-Length": len(body)}.items():
        lines.append(f"{name}: {str(value).translate({10: ' ', 13: ' '})}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace") + body


def refusal(error_type: str, message: str) -> bytes:
    """The body of an answer that says no, as the Runtime API writes it."""
    return json.dumps({"errorMessage": message, "errorType": error_type}).encode() + b"\n"
