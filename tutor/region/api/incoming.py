"""Requests out of the bytes of one connection, free of sockets.

llhttp (the parser of Node.js, by httptools) reads HTTP/1 strictly: a request with two lengths, with a length and a
transfer coding, with a bare line feed or a folded line is none. What is here bounds how much of it may come.
"""

import tempfile
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import urlsplit

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser

from tutor.region.api.doorkeeper import Doorkeeper
from tutor.region.api.message import Headers, HttpRequest, HttpResponse
from tutor.region.api.outgoing import plain

_KIB = 1024
HELD = 512 * _KIB
"""The longest body that is held in memory, in bytes; a longer one is in a file that has no name."""

_LONGEST_HEAD = 128 * _KIB
_MOST_FIELDS = 1000
_LONGEST_BODY = 2 * _KIB**3  # a neighbour's upload may be longer than a function's package
_VERSIONS = {"1.0": 0, "1.1": 1}
_OFFER = frozenset({b"connection", b"upgrade", b"http2-settings"})
_SINGLE = frozenset({"host", "content-length", "authorization", "expect"})
"""Fields that mean nothing when they are given twice."""


@dataclass
class Arrived:
    """A whole request. ``minor`` is its version's second digit; ``keep`` whether the connection may serve another."""

    request: HttpRequest
    minor: int
    keep: bool


class Incoming:
    """Takes bytes as they come and gives whole requests. The ``on_`` methods are the parser's.

    ``refused`` is the answer to what is no request, or too much of one: it is the last of this connection.
    """

    def __init__(self, doorkeeper: Doorkeeper | None = None) -> None:
        self._doorkeeper = doorkeeper
        self._parser = HttpRequestParser(self)
        self._arrived: deque[Arrived] = deque()
        self._quiet = 0  # bytes that came since a request ended, or its body last went on
        self._expects = False
        self.refused: HttpResponse | None = None
        self.on_message_begin()
        self.begun = False

    @property
    def size(self) -> int:
        """How many bytes have come of the body that is being read."""
        return self._size

    def feed(self, data: bytes) -> None:
        """Take what has come. After a refusal nothing more is looked at."""
        if self.refused is not None:
            return
        self._quiet += len(data)
        try:
            self._parser.feed_data(data)
        except HttpParserUpgrade as offer:
            self._stay_http(data[offer.args[0] :])
        except HttpParserError as error:
            self._refuse(plain(400, f"This is no HTTP/1.1 request: {error}."))
        if self._quiet > _LONGEST_HEAD:
            self._refuse(plain(431, "The request's head is too long."))

    def take(self) -> Arrived | None:
        """The next whole request; None where there is none yet."""
        return self._arrived.popleft() if self._arrived else None

    @property
    def waiting(self) -> bool:
        """Whether a request is there to be taken, or a refusal to be given."""
        return bool(self._arrived) or self.refused is not None

    def asks_to_go_on(self) -> bool:
        """Whether the client waits for leave to send the body. True once."""
        asks = self._expects and self.begun and self.refused is None and not self._size
        self._expects = False
        return asks

    def forget(self) -> None:
        """Let go of what is half read."""
        if self._file is not None:
            self._file.close()
        self._held.clear()
        self._arrived.clear()

    def _stay_http(self, rest: bytes) -> None:
        """Another protocol is offered, which is not taken up: it is the same request without the offer."""
        if self.refused is not None:
            return
        self._arrived.pop()
        fields = [field for field in self._fields if field[0].lower() not in _OFFER]
        start = b"%b %b HTTP/1.1\r\n" % (self._parser.get_method(), self._url)
        self._parser = HttpRequestParser(self)
        self.feed(start + b"".join(b"%b: %b\r\n" % field for field in fields) + b"\r\n" + rest)

    def _refuse(self, answer: HttpResponse) -> None:
        self.refused = self.refused or answer

    def on_message_begin(self) -> None:
        """A request begins."""
        self.begun = True
        self._url = b""
        self._fields: list[tuple[bytes, bytes]] = []
        self._head: HttpRequest | None = None
        self._held = bytearray()
        self._file: BinaryIO | None = None
        self._size = 0
        self._next_asking = HELD + 1
        self._chunked = False
        self._expects = False

    def on_url(self, url: bytes) -> None:
        """A part of the target."""
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """A field of the head; those behind a body in chunks are left aside."""
        if self._head is None and len(self._fields) < _MOST_FIELDS:
            self._fields.append((name, value))
        elif self._head is None:
            self._refuse(plain(431, "The request's head has too many fields."))

    def on_headers_complete(self) -> None:
        """The head is whole: whether it can be served is known."""
        fields: dict[str, str] = {}
        for name, value in self._fields:
            lower, text = name.decode("latin-1").lower(), value.decode("latin-1").rstrip(" \t")
            if lower not in fields:
                fields[lower] = text
            elif lower in _SINGLE:
                self._refuse(plain(400, f"The field {lower} is given twice."))
            else:
                fields[lower] = f"{fields[lower]},{text}"
        method = self._parser.get_method().decode("latin-1")
        path, _, query = _target(self._url.decode("latin-1")).partition("?")
        self._head = HttpRequest(method, path, query, Headers.lowered(fields))
        self._chunked = "transfer-encoding" in fields
        self._check_size(int(fields.get("content-length", 0)))
        self._check(method, path, fields)

    def _check(self, method: str, path: str, fields: dict[str, str]) -> None:
        version = self._parser.get_http_version()
        if version not in _VERSIONS:
            self._refuse(plain(505, "HTTP/1.1 is spoken here."))
        elif version == "1.1" and "host" not in fields:
            self._refuse(plain(400, "The request names no host."))
        elif version == "1.0" and self._chunked:
            self._refuse(plain(400, "HTTP/1.0 has no transfer coding."))
        elif method == "CONNECT":
            self._refuse(plain(405, "No tunnels are made here."))
        elif not path.startswith("/") and path != "*":
            self._refuse(plain(400, "The request's target is none."))
        expected = fields.get("expect")
        if expected is not None:
            self._expects = version == "1.1" and expected.lower() == "100-continue"
            if not self._expects and version == "1.1":
                self._refuse(plain(417, f"{expected} cannot be expected here."))

    def _check_size(self, size: int) -> None:
        """A body that is known to be long: whether it is wanted. It is to go to a file."""
        if size <= HELD or self._head is None:
            return
        if size > _LONGEST_BODY:
            self._refuse(plain(413, f"A request's body may have {_LONGEST_BODY} bytes."))
        elif self._doorkeeper is not None and self.refused is None:
            self.refused = self._doorkeeper(self._head, size)

    def on_chunk_header(self) -> None:
        """A chunk begins."""
        self._quiet = 0

    def on_body(self, data: bytes) -> None:
        """A part of the body."""
        self._quiet = 0
        if self.refused is not None:
            return
        self._size += len(data)
        if self._chunked and self._size >= self._next_asking:
            self._next_asking = self._size + HELD
            self._check_size(self._size)
        try:
            self._keep(data)
        except OSError as error:
            self._refuse(plain(507, f"The request's body cannot be kept: {error.strerror}."))

    def _keep(self, data: bytes) -> None:
        if self._file is None and self._size <= HELD:
            self._held += data
            return
        if self._file is None:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115  # who reads the request ends it
            self._file.write(self._held)
            self._held.clear()
        self._file.write(data)

    def on_message_complete(self) -> None:
        """The request is whole."""
        self._quiet = 0
        self.begun = False
        if self.refused is not None or self._head is None:
            return
        head, body = self._head, self._file or bytes(self._held)
        self._file = None
        with suppress(OSError):
            if not isinstance(body, bytes):
                body.seek(0)
        request = HttpRequest(head.method, head.path, head.query, head.headers, body)
        minor = _VERSIONS[self._parser.get_http_version()]
        self._arrived.append(Arrived(request, minor, self._parser.should_keep_alive()))


def _target(url: str) -> str:
    """Path and query of a target; of a proxy's form (``http://host/path``) too."""
    if url.startswith("/") or url == "*":
        return url
    try:
        split = urlsplit(url)
    except ValueError:
        return ""
    if not split.netloc:
        return ""
    return (split.path or "/") + (f"?{split.query}" if split.query else "")
