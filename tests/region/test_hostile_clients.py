"""Clients that mean ill, or do ill, at the region's own port: who means well is served, and nothing changes."""

import random
import socket
import struct
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from tests.region.api.conversation import Conversation
from tests.region.conftest import Clients, a_function
from tutor.region.region import Region

_INVOKE = "POST /2015-03-31/functions/f/invocations HTTP/1.1"
_SIGNED = (
    "Host: 127.0.0.1",
    "X-Amz-Date: 20260101T000000Z",
    "Authorization: AWS4-HMAC-SHA256 Credential=tutor/20260101/us-east-1/lambda/aws4_request, "
    f"SignedHeaders=host;x-amz-date, Signature={'0' * 64}",
)
_LONG = 100_000_000


def _half_a_head(client: Conversation) -> None:
    client.socket.sendall(f"{_INVOKE}\r\nX-Slow: ".encode())


def _half_a_body(client: Conversation) -> None:
    client.send(_INVOKE, *_SIGNED, "Content-Length: 1000", body=b'{"half')


def _endless_chunks(client: Conversation) -> None:
    client.send(_INVOKE, *_SIGNED, "Transfer-Encoding: chunked", body=b"1\r\n1\r\n" * 20_000)


def _noise(client: Conversation) -> None:
    client.socket.sendall(random.Random(1).randbytes(2000))


def _reset(client: Conversation) -> None:
    client.send(_INVOKE, *_SIGNED, "Content-Length: 2", body=b"{}")
    client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def _many_at_once(client: Conversation) -> None:
    for _ in range(100):
        client.send("GET /2015-03-31/functions HTTP/1.1", *_SIGNED)


def _nothing(client: Conversation) -> None:
    """Only be there."""


@pytest.mark.parametrize(
    "hostile", [_half_a_head, _half_a_body, _endless_chunks, _noise, _reset, _many_at_once, _nothing]
)
def test_nobody_keeps_a_good_client_from_being_served(
    region: Region, served: Clients, hostile: Callable[[Conversation], None]
) -> None:
    """Forty of one kind at a time. What the region keeps stays as it is."""
    a_function(region, "def handler(event, context):\n    return 1\n")
    functions = served("lambda")
    before = functions.get_function(FunctionName="f")["Configuration"]
    port = urlsplit(functions.meta.endpoint_url).port
    crowd = [Conversation(port) for _ in range(40)]
    try:
        for client in crowd:
            hostile(client)
        assert functions.invoke(FunctionName="f")["Payload"].read() == b"1"
        assert served("lambda").get_function(FunctionName="f")["Configuration"] == before
        assert [each["FunctionName"] for each in functions.list_functions()["Functions"]] == ["f"]
    finally:
        for client in crowd:
            client.close()


@pytest.mark.parametrize(
    ("lines", "status", "code"),
    [
        ((_INVOKE, *_SIGNED), 413, f"{_LONG} byte payload is too large for the RequestResponse invocation type"),
        (("POST /2015-03-31/functions HTTP/1.1", *_SIGNED), 413, "Request must be smaller than 70167211 bytes"),
        ((_INVOKE, "Host: 127.0.0.1"), 403, "Missing Authentication Token"),
        (("POST /nowhere HTTP/1.1", *_SIGNED), 404, "No operation of Lambda"),
    ],
)
def test_a_long_body_is_refused_unread(served: Clients, lines: tuple[str, ...], status: int, code: str) -> None:
    """From its announcement alone: no leave is given to send it."""
    with Conversation(urlsplit(served("lambda").meta.endpoint_url).port) as client:
        client.send(*lines, "Expect: 100-continue", f"Content-Length: {_LONG}")
        answer = client.answer()
    assert answer[0] == status
    assert code in answer[2].decode()


def test_a_long_payload_arrives_whole(region: Region, served: Clients) -> None:
    """As long as it may be, there and back."""
    a_function(region, "def handler(event, context):\n    return event\n", MemorySize=512)
    payload = b'"' + b"x" * (region.quotas.request_payload - 2) + b'"'
    assert served("lambda").invoke(FunctionName="f", Payload=payload)["Payload"].read() == payload


def test_a_function_url_reads_nothing_too_long(region: Region) -> None:
    """More than a function may be invoked with is refused from its announcement."""
    a_function(region, "def handler(event, context):\n    return 1\n")
    made = region.client("lambda").create_function_url_config(FunctionName="f", AuthType="NONE")
    with Conversation(urlsplit(made["FunctionUrl"]).port or 0) as client:
        client.send("POST / HTTP/1.1", "Host: h", f"Content-Length: {_LONG}")
        assert client.answer()[0] == 413
