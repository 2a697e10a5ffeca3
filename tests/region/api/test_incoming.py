"""Requests out of bytes: whole ones however they are cut, and a refusal of what is none or too much."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.region.api.incoming import HELD, Arrived, Incoming
from tutor.region.api.message import HttpRequest, HttpResponse

_HEAD = b"POST /p?q HTTP/1.1\r\nHost: h\r\n"
_STREAM = (
    _HEAD + b"Content-Length: 5\r\n\r\nfirst"
    b"\r\nGET http://other/%2F?a HTTP/1.1\r\nhost: h\r\nX-A: 1\r\nx-a:  2 \r\n\r\n"
    + _HEAD
    + b"Transfer-Encoding: chunked\r\n\r\n3\r\nsec\r\n3;x=y\r\nond\r\n0\r\nX-Trailer: t\r\n\r\n"
    b"DELETE / HTTP/1.0\r\n\r\n"
)


def taken(incoming: Incoming) -> list[Arrived]:
    """All that has arrived."""
    return list(iter(incoming.take, None))


def fed(data: bytes) -> Incoming:
    """A connection's bytes, at once."""
    incoming = Incoming()
    incoming.feed(data)
    return incoming


def _descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def status(data: bytes) -> int | None:
    """Of the refusal of these bytes; None where they are not refused."""
    refused = fed(data).refused
    return refused.status if refused else None


@given(st.sets(st.integers(1, len(_STREAM) - 1)))
def test_requests_are_whole_however_they_are_cut(cuts: set[int]) -> None:
    """Several on one connection, with a length, without a body, in chunks, of the older version; at any cuts."""
    incoming, requests = Incoming(), list[Arrived]()
    for start, end in pairwise([0, *sorted(cuts), len(_STREAM)]):
        incoming.feed(_STREAM[start:end])
        requests += taken(incoming)
    assert incoming.refused is None
    told = [(each.request.method, each.request.path, each.request.query, each.request.data()) for each in requests]
    assert told == [
        ("POST", "/p", "q", b"first"),
        ("GET", "/%2F", "a", b""),
        ("POST", "/p", "q", b"second"),
        ("DELETE", "/", "", b""),
    ]
    assert requests[1].request.headers["X-A"] == "1,2"
    assert [(each.minor, each.keep) for each in requests] == [(1, True), (1, True), (1, True), (0, False)]


@pytest.mark.parametrize(
    "lines",
    [
        b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
        b"Content-Length: 2, 2\r\n\r\n{}",
        b"Content-Length: +2\r\n\r\n{}",
        b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n0x2\r\n{}\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n2\n{}\n0\n\n",
        b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
        b"Host: other\r\n\r\n",
        b"X: a\r\n folded\r\n\r\n",
        b"X: a\0b\r\n\r\n",
        b"X: a\rb\r\n\r\n",
        b"X Y: a\r\n\r\n",
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(lines: bytes) -> None:
    """Nobody may smuggle a request through a difference between two readers."""
    assert status(_HEAD + lines) == 400


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\nHost: h\n\n", 400),
        (b"GET /\r\n\r\n", 505),
        (b"GET / HTTP/2.0\r\nHost: h\r\n\r\n", 505),
        (b"GET nowhere HTTP/1.1\r\nHost: h\r\n\r\n", 400),
        (b"GET http://[::1 HTTP/1.1\r\nHost: h\r\n\r\n", 400),
        (b"CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n", 405),
        (_HEAD + b"Expect: a-wonder\r\n\r\n", 417),
        (b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (_HEAD + b"".join(b"X%d: y\r\n" % number for number in range(1001)) + b"\r\n", 431),
        (b"OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", None),
    ],
)
def test_what_is_not_for_a_server_of_http_1_is_refused(data: bytes, expected: int | None) -> None:
    """With the status that says why."""
    assert status(data) == expected


@pytest.mark.parametrize("endless", [b"\r\n", b"X: y\r\n"])
@pytest.mark.parametrize("before", [b"", _HEAD, _HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n"])
def test_no_head_is_endless(before: bytes, endless: bytes) -> None:
    """Nor are empty lines before a request, or fields behind its body."""
    incoming = fed(before)
    for _ in range(100):
        incoming.feed(endless * 1000)
        taken(incoming)
    assert incoming.refused is not None


def test_another_protocol_is_not_taken_up() -> None:
    """The request is served as it is, with its body, and the next one after it."""
    offer = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: A\r\n"
    incoming = Incoming()
    for part in (_HEAD + offer[:30], offer[30:] + b"Content-Length: 2\r\n\r\n{", b"}" + _HEAD + b"\r\n"):
        incoming.feed(part)
    first, second = taken(incoming)
    assert (first.request.path, first.request.data(), first.keep) == ("/p", b"{}", True)
    assert "upgrade" not in first.request.headers
    assert second.request.data() == b""


@pytest.mark.parametrize("announced", [True, False])
def test_who_keeps_the_door_is_asked_before_a_long_body_is_read(announced: bool) -> None:
    """Once its length is known: from the head, or when so much of a body in chunks has come."""
    asked = list[tuple[str, int]]()

    def doorkeeper(request: HttpRequest, size: int) -> HttpResponse | None:
        asked.append((request.path, size))
        return HttpResponse(413) if size > 3 * HELD else None

    incoming = Incoming(doorkeeper)
    if announced:
        incoming.feed(_HEAD + b"Content-Length: %d\r\n\r\n" % (HELD + 1))
        assert (incoming.refused, asked) == (None, [("/p", HELD + 1)])
        incoming.forget()
        incoming = Incoming(doorkeeper)
        incoming.feed(_HEAD + b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % (4 * HELD))
        assert not incoming.asks_to_go_on()
    else:
        incoming.feed(_HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
        for _ in range(4):
            assert incoming.refused is None
            incoming.feed(b"%x\r\n%b\r\n" % (HELD, bytes(HELD)))
    assert incoming.refused is not None
    assert incoming.refused.status == 413
    incoming.forget()


def test_leave_to_send_a_body_is_given_once() -> None:
    """And to nobody who sends it without."""
    incoming = fed(_HEAD + b"Expect: 100-Continue\r\nContent-Length: 2\r\n\r\n")
    assert [incoming.asks_to_go_on(), incoming.asks_to_go_on()] == [True, False]
    assert not fed(_HEAD + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{}").asks_to_go_on()


def test_a_long_body_is_forgotten_with_its_connection() -> None:
    """No file of half a body stays open."""
    before = _descriptors()
    incoming = fed(_HEAD + b"Content-Length: %d\r\n\r\n" % (4 * HELD) + bytes(2 * HELD))
    assert _descriptors() == before + 1
    incoming.forget()
    assert _descriptors() == before
