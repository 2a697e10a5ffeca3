"""The HTTP server: what it does with clients that are quick, slow, many, wrong or gone."""

import hashlib
import os
import queue
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.region.api.conversation import Conversation
from tutor.errors import HostError
from tutor.region.api.listener import Listener
from tutor.region.api.message import HttpRequest, HttpResponse


def echo(request: HttpRequest) -> HttpResponse:
    """Says what it got: method, raw path and query, length and digest of the body."""
    kind = "bytes" if isinstance(request.body, bytes) else "file"
    digest = hashlib.sha256(request.data()).hexdigest()[:8]
    text = f"{request.method} {request.path} {request.query} {kind} {request.size()} {digest} {request.headers['host']}"
    return HttpResponse(200, (("X-Two", "1"), ("X-Two", "2"), ("Content-Length", "999")), text.encode())


@pytest.fixture
def listener() -> Iterator[Listener]:
    """A listener without sockets; afterwards no thread and no temporary file of it is left."""
    made = Listener()
    yield made
    made.close()
    until = time.monotonic() + 30
    while left := [thread.name for thread in threading.enumerate() if thread.name.startswith("listener")]:
        assert time.monotonic() < until, left
        time.sleep(0.01)


def test_a_request_arrives_as_it_was_sent(listener: Listener) -> None:
    """Path and query are raw, header names are one whatever their case, and the answer's length is the body's."""
    with Conversation(listener.listen(echo).port) as client:
        client.send("PUT /a%2Fb/%c3%a9?x=%20+&y HTTP/1.1", "hOsT: one", "Content-Length: 3", body=b"abc")
        status, headers, body = client.answer()
        assert (status, headers["content-length"]) == (200, str(len(body)))
        assert body.decode().startswith("PUT /a%2Fb/%c3%a9 x=%20+&y bytes 3 ba7816bf one")


def test_a_connection_is_kept(listener: Listener) -> None:
    """Several requests on one connection, also sent before the answers are read."""
    with Conversation(listener.listen(echo).port) as client:
        for number in range(5):
            client.send(f"GET /{number} HTTP/1.1", "Host: h")
        assert [client.answer()[2].split()[1] for _ in range(5)] == [b"/0", b"/1", b"/2", b"/3", b"/4"]


def test_a_chunked_body_is_joined(listener: Listener) -> None:
    """As clients send that do not know the length."""
    with Conversation(listener.listen(echo).port) as client:
        client.send("POST / HTTP/1.1", "Host: h", "Transfer-Encoding: chunked", body=b"2\r\nab\r\n1\r\nc\r\n0\r\n\r\n")
        assert b"bytes 3 ba7816bf" in client.answer()[2]


def test_who_asks_first_is_told_to_go_on(listener: Listener) -> None:
    """``Expect: 100-continue``, as botocore asks for S3."""
    with Conversation(listener.listen(echo).port) as client:
        client.send("PUT /k HTTP/1.1", "Host: h", "Expect: 100-continue", "Content-Length: 3")
        assert client.head() == 100
        client.socket.sendall(b"abc")
        assert client.answer()[0] == 200


def test_a_long_body_is_a_file(listener: Listener) -> None:
    """70 MB never stand in memory before the application wants them there."""
    size = 70_000_000
    with Conversation(listener.listen(echo).port) as client:
        client.send("POST / HTTP/1.1", "Host: h", f"Content-Length: {size}")
        piece = bytes(1_000_000)
        for _ in range(size // len(piece)):
            client.socket.sendall(piece)
        digest = hashlib.sha256(bytes(size)).hexdigest()[:8]
        assert f"file {size} {digest}".encode() in client.answer()[2]


def test_slow_and_half_requests_keep_nobody(listener: Listener) -> None:
    """More half requests than there are threads, and the next one is answered all the same."""
    small = Listener(most_requests=2)
    port = small.listen(echo).port
    waiting = [Conversation(port) for _ in range(20)]
    try:
        for number, client in enumerate(waiting):
            client.send("POST / HTTP/1.1", "Host: h", "Content-Length: 10", body=b"12345" if number % 2 else b"")
        with Conversation(port) as client:
            client.send("GET / HTTP/1.1", "Host: h")
            assert client.answer()[0] == 200
        waiting[1].socket.sendall(b"67890")
        assert waiting[1].answer()[0] == 200
    finally:
        for client in waiting:
            client.close()
        small.close()


def test_long_running_requests_run_at_once(listener: Listener) -> None:
    """A hundred wait for each other, which they could not do one after another."""
    together = threading.Barrier(100)

    def meet(request: HttpRequest) -> HttpResponse:
        together.wait(60)
        return HttpResponse(200, (), b"met")

    port = listener.listen(meet).port
    clients = [Conversation(port) for _ in range(100)]
    for client in clients:
        client.send("GET / HTTP/1.1", "Host: h")
    for client in clients:
        assert client.answer()[2] == b"met"
        client.close()


def test_a_stream_is_sent_as_it_comes(listener: Listener) -> None:
    """A piece arrives before the next one is made, and the iterator is closed at the end."""
    pieces: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    closed = threading.Event()

    def stream() -> Iterator[bytes]:
        try:
            yield from iter(pieces.get, b"")
        finally:
            closed.set()

    with Conversation(listener.listen(lambda request: HttpResponse(200, (), stream())).port) as client:
        client.send("GET / HTTP/1.1", "Host: h")
        pieces.put(b"one")
        assert client.head() == 200
        assert client.chunk() == b"one"
        pieces.put(b"two")
        assert client.chunk() == b"two"
        pieces.put(b"")
        assert client.chunk() == b""
    assert closed.wait(30)


def test_a_client_that_goes_ends_its_stream(listener: Listener) -> None:
    """Nothing is made for somebody who hung up."""
    closed = threading.Event()

    def stream() -> Iterator[bytes]:
        try:
            while True:
                yield bytes(100_000)
        finally:
            closed.set()

    with Conversation(listener.listen(lambda request: HttpResponse(200, (), stream())).port) as client:
        client.send("GET / HTTP/1.1", "Host: h")
        client.head()
    assert closed.wait(30)


def test_closing_ends_who_cannot_write(listener: Listener) -> None:
    """A client that reads nothing of a long stream keeps no thread when the listener ends."""
    closed, written = threading.Event(), list[int]()

    def stream() -> Iterator[bytes]:
        try:
            while True:
                yield bytes(100_000)
                written.append(1)
        finally:
            closed.set()

    own = Listener()
    with Conversation(own.listen(lambda request: HttpResponse(200, (), stream())).port) as client:
        client.send("GET / HTTP/1.1", "Host: h")
        before = 0
        while not written or len(written) > before:  # until it waits for the client
            before = len(written)
            time.sleep(0.2)
        own.close()
        assert closed.wait(30)


def test_a_request_may_outlive_its_socket(listener: Listener) -> None:
    """Who ends after its socket was closed does no harm, not even to a file that got the same descriptor."""
    go, ended = threading.Event(), threading.Event()

    def wait(request: HttpRequest) -> HttpResponse:
        go.wait(30)
        ended.set()
        return HttpResponse(200)

    served = listener.listen(wait)
    with Conversation(served.port) as client:
        client.send("GET / HTTP/1.1", "Host: h")
        listener.on_loop(lambda: None)
        served.close()
        pipes = [os.pipe() for _ in range(20)]
        go.set()
        listener.close()
        for reading, writing in pipes:
            os.close(writing)
            assert os.read(reading, 1) == b""
            os.close(reading)


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (("NONSENSE",), 400),
        (("GET / HTTP/1.1", "no colon here"), 400),
        (("GET / HTTP/1.1", "Content-Length: -1"), 400),
        (("GET / HTTP/1.1", "Content-Length: many"), 400),
        (("GET / HTTP/1.1", "Content-Length: 1", "Content-Length: 2"), 400),
        (("POST / HTTP/1.1", "Content-Length: 99999999999"), 413),
        (("GET / HTTP/1.1", "X: " + "x" * 300_000), 431),
        (("GET /" + "x" * 300_000 + " HTTP/1.1",), 431),
        (("POST / HTTP/1.1", "Transfer-Encoding: sideways"), 400),
    ],
)
def test_what_is_no_http_is_refused(listener: Listener, lines: tuple[str, ...], status: int) -> None:
    """With a 4xx and an end of the connection; the next client is served."""
    port = listener.listen(echo).port
    with Conversation(port) as client:
        client.send(*lines)
        assert client.answer()[0] == status
        client.rest()
    with Conversation(port) as client:
        client.send("GET / HTTP/1.1", "Host: h")
        assert client.answer()[0] == 200


def test_sockets_come_and_go_while_it_runs(listener: Listener, tmp_path: Path) -> None:
    """Each has its own application; unix sockets too; one ends and the others go on."""
    first = listener.listen(lambda request: HttpResponse(201))
    second = listener.listen(lambda request: HttpResponse(202))
    door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    door.bind(str(tmp_path / "door"))
    listener.serve(door, lambda request: HttpResponse(203))
    with Conversation(first.port) as client:
        client.send("GET / HTTP/1.1", "Host: h")
        assert client.answer()[0] == 201
        first.close()
        assert client.rest() == b""
    with pytest.raises(ConnectionRefusedError):
        Conversation(first.port)
    with Conversation(second.port) as client:
        client.send("GET / HTTP/1.1", "Host: h")
        assert client.answer()[0] == 202
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as unix:
        unix.settimeout(30)
        unix.connect(str(tmp_path / "door"))
        unix.sendall(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        assert unix.recv(100).startswith(b"HTTP/1.1 203")


def test_a_port_in_use_is_told(listener: Listener) -> None:
    """In a sentence with the port's number."""
    port = listener.listen(echo).port
    with pytest.raises(HostError, match=str(port)):
        listener.listen(echo, port)


def test_it_listens_on_loopback_alone(listener: Listener) -> None:
    """The address of a socket of its own is 127.0.0.1."""
    assert listener.listen(echo).address.startswith("http://127.0.0.1:")


def test_an_application_that_fails_ends_one_request(listener: Listener) -> None:
    """Nothing of the fault is in the answer, and the next request is answered."""

    def fail(request: HttpRequest) -> HttpResponse:
        if request.path == "/fail":
            raise RuntimeError("a secret")
        return HttpResponse(200)

    port = listener.listen(fail).port
    with Conversation(port) as client:
        client.send("GET /fail HTTP/1.1", "Host: h")
        status, _, body = client.answer()
        assert status == 500
        assert b"secret" not in body
    with Conversation(port) as client:
        client.send("GET / HTTP/1.1", "Host: h")
        assert client.answer()[0] == 200


def test_no_content_keeps_the_connection_usable(listener: Listener) -> None:
    """A 204 has no body, a HEAD's answer has none either."""
    port = listener.listen(lambda request: HttpResponse(204 if request.method == "DELETE" else 200, (), b"")).port
    with Conversation(port) as client:
        client.send("HEAD / HTTP/1.1", "Host: h")
        assert client.answer()[0] == 200
        client.send("DELETE / HTTP/1.1", "Host: h")
        assert client.answer()[0] == 204


def test_a_client_that_goes_on_asking_meets_the_same_thread(listener: Listener) -> None:
    """No other thread comes in between; after a while of silence the connection is served all the same."""
    threads = list[str]()

    def note(request: HttpRequest) -> HttpResponse:
        threads.append(str(threading.get_ident()))
        return HttpResponse(200)

    with Conversation(listener.listen(note).port) as client:
        for pause in (0.0, 0.0, 0.0, 1.5):
            time.sleep(pause)
            client.send("GET / HTTP/1.1", "Host: h")
            assert client.answer()[0] == 200
    assert len(set(threads[:3])) == 1
    assert len(threads) == 4


def test_idle_connections_keep_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is room for no more, the one that is idle longest ends."""
    monkeypatch.setattr("tutor.region.api.listener._connection_limit", lambda: 100)
    own = Listener()
    port = own.listen(echo).port
    idle = [Conversation(port) for _ in range(300)]
    try:
        for client in idle[:10]:
            client.send("GET / HTTP/1.1")
        with Conversation(port) as client:
            client.send("GET / HTTP/1.1", "Host: h")
            assert client.answer()[0] == 200
        assert sum(len(served.connections) for served in own.sockets) <= 100
    finally:
        for client in idle:
            client.close()
        own.close()


def test_who_takes_no_answer_keeps_no_thread() -> None:
    """A client reads nothing of a long answer; with one thread alone the next client is answered."""
    own = Listener(most_requests=1)
    port = own.listen(lambda request: HttpResponse(200, (), bytes(50_000_000) if request.path == "/long" else b"")).port
    with Conversation(port) as slow, Conversation(port) as client:
        slow.send("GET /long HTTP/1.1", "Host: h")
        client.send("GET / HTTP/1.1", "Host: h")
        assert client.answer()[0] == 200
        assert len(slow.answer()[2]) == 50_000_000
        slow.send("GET / HTTP/1.1", "Host: h")
        assert slow.answer()[0] == 200
    own.close()


def test_a_body_that_is_not_wanted_is_refused_before_it_is_sent(listener: Listener) -> None:
    """The client gets the answer, whether it waits for leave or goes on with its body."""
    refused = HttpResponse(413, (), b"too long")
    port = listener.listen(echo, doorkeeper=lambda request, size: refused).port
    with Conversation(port) as client:
        client.send("PUT / HTTP/1.1", "Host: h", "Expect: 100-continue", "Content-Length: 1000000")
        assert client.answer()[::2] == (413, b"too long")
    with Conversation(port) as client:
        client.send("PUT / HTTP/1.1", "Host: h", "Content-Length: 20000000")
        for _ in range(20):
            client.socket.sendall(bytes(1_000_000))
        assert client.answer()[::2] == (413, b"too long")


def test_half_a_request_is_told_so(listener: Listener) -> None:
    """Where the client has ended its own side."""
    with Conversation(listener.listen(echo).port) as client:
        client.send("PUT / HTTP/1.1", "Host: h", "Content-Length: 10", body=b"half")
        client.socket.shutdown(socket.SHUT_WR)
        assert client.answer()[0] == 400


@pytest.mark.parametrize(("keep", "kept"), [("keep-alive", True), ("close", False)])
def test_the_older_version(listener: Listener, keep: str, kept: bool) -> None:
    """HTTP/1.0 closes unless it is asked to stay, and a stream ends with the connection."""
    port = listener.listen(lambda request: HttpResponse(200, (), iter([b"a", b"", b"b"]))).port
    with Conversation(port) as client:
        client.send("GET / HTTP/1.0", f"Connection: {keep}")
        assert client.head() == 200
        assert client.rest() == b"ab"
    with Conversation(listener.listen(echo).port) as client:
        client.send("GET / HTTP/1.0", "Host: h", f"Connection: {keep}")
        assert client.answer()[1]["connection"] == keep
        if kept:
            client.send("GET / HTTP/1.0", "Host: h")
            assert client.answer()[0] == 200
        assert client.rest() == b""


def test_what_cannot_be_sent_on_is_a_bad_gateway(listener: Listener) -> None:
    """A field with a line's end in it, as a handler may give; the connection goes on."""
    answers = iter([HttpResponse(200, (("X", "a\r\nY: b"),), b"secret"), HttpResponse(200)])
    with Conversation(listener.listen(lambda request: next(answers)).port) as client:
        for status in (502, 200):
            client.send("GET / HTTP/1.1", "Host: h")
            assert client.answer()[0] == status
