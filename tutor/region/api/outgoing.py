"""Answers as bytes: the head of one, and the pieces of a body whose length is not known."""

import re
import time
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from typing import Literal

from tutor.region.api.message import HttpResponse

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_OF_THE_CONNECTION = frozenset({"connection", "content-length", "keep-alive", "transfer-encoding"})
"""Header fields that the server sets itself."""

_BODILESS = (204, 304)
_FINAL, _LAST = 200, 999  # what is below is followed by another answer
LAST_CHUNK = b"0\r\n\r\n"
"""The end of a body in chunks."""

_Standing = Literal["sent", "ours", "date", "none"]
"""What becomes of a header field: it is sent; the server has its own; it is the date; its name is none."""


def plain(status: int, text: str) -> HttpResponse:
    """An answer in plain text."""
    return HttpResponse(status, (("Content-Type", "text/plain; charset=utf-8"),), f"{text}\n".encode())


def has_body(response: HttpResponse, method: str) -> bool:
    """Whether the answer to such a request has a body on the wire."""
    return method != "HEAD" and response.status not in _BODILESS


def head(response: HttpResponse, method: str, minor: int, *, keep: bool) -> bytes | None:
    """The status line, the header fields and the empty line; what is said of the connection itself is left out.

    None where a client would read something else than was meant: a status of no end, a field that ends its line.
    """
    if not _FINAL <= response.status <= _LAST:
        return None
    lines = [f"HTTP/1.1 {response.status} {_reason(response.status)}"]
    dated = False
    for name, value in response.headers:
        standing = _standing(name)
        if standing == "none":
            return None
        if standing != "ours":
            lines.append(f"{name}: {value}")
            dated = dated or standing == "date"
    if not dated:
        lines.append(f"Date: {_date(int(time.time()))}")
    lines += _framing(response, method, minor, keep=keep)
    text = "\r\n".join(lines)
    ends = len(lines) - 1
    return _encoded(text) if text.count("\n") == ends == text.count("\r") and "\0" not in text else None


def _framing(response: HttpResponse, method: str, minor: int, *, keep: bool) -> tuple[str, ...]:
    """How the end of the body is found, and whether the connection is kept; then the empty line."""
    kept = ("", "") if keep and minor else ("Connection: keep-alive" if keep else "Connection: close", "", "")
    if isinstance(response.body, bytes):
        return kept if response.status in _BODILESS else (f"Content-Length: {_length(response, method)}", *kept)
    return ("Transfer-Encoding: chunked", *kept) if minor and has_body(response, method) else kept


def _length(response: HttpResponse, method: str) -> str:
    """The body's length; to HEAD that of the body which GET would get, where the answer says it."""
    own = str(len(response.data()))
    if method != "HEAD":
        return own
    said = next((value for name, value in response.headers if name.lower() == "content-length"), own)
    return said if said.isascii() and said.isdigit() else own


def chunk(piece: bytes) -> bytes:
    """A piece of a body whose length is not known. It must not be empty: that would be the end."""
    return b"%x\r\n%b\r\n" % (len(piece), piece)


def _encoded(text: str) -> bytes:
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


@lru_cache(maxsize=1000)
def _standing(name: str) -> _Standing:
    lower = name.lower()
    if lower in _OF_THE_CONNECTION:
        return "ours"
    if not _TOKEN.fullmatch(name):
        return "none"
    return "date" if lower == "date" else "sent"


@lru_cache(maxsize=1)
def _date(second: int) -> str:
    return formatdate(second, usegmt=True)


@lru_cache(maxsize=100)
def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
