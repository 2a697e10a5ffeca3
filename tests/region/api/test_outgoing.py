"""Answers as bytes: their framing, and what may not stand in a head."""

import pytest

from tutor.region.api.message import HttpResponse
from tutor.region.api.outgoing import chunk, head


def lines(response: HttpResponse, method: str = "GET", minor: int = 1, *, keep: bool = True) -> list[str]:
    """The head's lines without the date."""
    made = head(response, method, minor, keep=keep)
    assert made is not None
    assert made.endswith(b"\r\n\r\n")
    return [line for line in made.decode("latin-1").split("\r\n") if line and not line.startswith("Date: ")]


def test_the_servers_own_fields_are_left_to_it() -> None:
    """Also where an application gives them; the names of others stay as they are written."""
    fields = (("x-amzn-RequestId", "1"), ("content-length", "7"), ("Connection", "close"), ("Date", "today"))
    assert lines(HttpResponse(200, fields, b"body")) == ["HTTP/1.1 200 OK", "x-amzn-RequestId: 1", "Content-Length: 4"]
    assert (head(HttpResponse(200, fields), "GET", 1, keep=True) or b"").count(b"Date: ") == 1


def test_the_end_of_a_body_can_be_found() -> None:
    """By its length, by chunks, or for a client of HTTP/1.0 by the connection's end; some answers have no body."""
    streamed = HttpResponse(200, (), iter(()))
    assert lines(streamed) == ["HTTP/1.1 200 OK", "Transfer-Encoding: chunked"]
    assert lines(streamed, minor=0, keep=False) == ["HTTP/1.1 200 OK", "Connection: close"]
    assert lines(HttpResponse(200, (), b"x"), "HEAD", 0) == [
        "HTTP/1.1 200 OK",
        "Content-Length: 1",
        "Connection: keep-alive",
    ]
    told = HttpResponse(200, (("content-length", "7"),))
    assert lines(told, "HEAD") == ["HTTP/1.1 200 OK", "Content-Length: 7"]
    assert lines(HttpResponse(204)) == ["HTTP/1.1 204 No Content"]
    assert chunk(b"x" * 17) == b"11\r\n" + b"x" * 17 + b"\r\n"


@pytest.mark.parametrize(
    "response",
    [
        HttpResponse(200, (("X", "a\r\nSet-Cookie: b"),)),
        HttpResponse(200, (("X", "a\nb"),)),
        HttpResponse(200, (("X", "a\0b"),)),
        HttpResponse(200, (("X: y\r\nZ", "a"),)),
        HttpResponse(200, (("", "a"),)),
        HttpResponse(101),
        HttpResponse(99),
        HttpResponse(1000),
    ],
)
def test_no_handler_writes_another_head(response: HttpResponse) -> None:
    """A field that ends its line, a name that is none, a status behind which another answer is waited for."""
    assert head(response, "GET", 1, keep=True) is None


def test_letters_beyond_latin_are_utf_8() -> None:
    """As browsers and AWS's own clients read them."""
    assert "✓".encode() in (head(HttpResponse(200, (("X", "✓"),)), "GET", 1, keep=True) or b"")
