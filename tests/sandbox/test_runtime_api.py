"""The Runtime API as a runtime inside meets it: states, statuses, limits, streams, and clients that mean no good."""

import base64
import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.sandbox import doors
from tutor.sandbox.api_server import ApiServer
from tutor.sandbox.http_request import BrokenRequest, Request, RequestReader
from tutor.sandbox.runtime_api import RuntimeApi
from tutor.sandbox.wire import Message, Reader, pack

LIMIT, STREAMED = 1000, 5000
NEXT = "/2018-06-01/runtime/invocation/next"
EVENT = {"id": "one", "arn": "arn:aws:lambda:us-east-1:123456789012:function:f", "deadline_ms": 1700000000123.7}


class Tutor:
    """The tutor's end: a served API, and what it was told."""

    def __init__(self) -> None:
        self.line, theirs = socket.socketpair()
        self.line.settimeout(10)
        door = doors.listen("127.0.0.1", 0)
        self.address: tuple[str, int] = door.getsockname()
        self.server = ApiServer(door, theirs)
        self.server.start([RuntimeApi(self.server.tell, LIMIT, STREAMED)])
        self._reader = Reader(1 << 20)
        self._found: list[Message] = []
        self._clients: list[http.client.HTTPConnection] = []

    def send(self, header: dict[str, Any], body: bytes = b"{}") -> None:
        self.line.sendall(pack(header, body))

    def told(self) -> Message:
        """The next message from the server."""
        while not self._found:
            self._found += self._reader.feed(self.line.recv(1 << 16))
        return self._found.pop(0)

    def quiet(self) -> bool:
        """Whether nothing was told by now."""
        self.line.settimeout(0.2)
        try:
            self._found += self._reader.feed(self.line.recv(1 << 16))
        except TimeoutError:
            return not self._found
        finally:
            self.line.settimeout(10)
        return not self._found

    def client(self) -> http.client.HTTPConnection:
        self._clients.append(http.client.HTTPConnection(*self.address, timeout=10))
        return self._clients[-1]

    def close(self) -> None:
        for client in self._clients:
            client.close()
        self.line.close()
        self.server.close()

    def connect(self) -> socket.socket:
        return socket.create_connection(self.address, timeout=10)


@pytest.fixture
def tutor() -> Iterator[Tutor]:
    """A server without an environment around it."""
    made = Tutor()
    yield made
    made.close()


def call(client: http.client.HTTPConnection, method: str, path: str, body: Any = None, **headers: str) -> Any:
    """(status, document, headers) of one call."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    client.request(method, path, body, named, encode_chunked=isinstance(body, list))
    response = client.getresponse()
    text = response.read()
    return response.status, json.loads(text) if text[:1] == b"{" else text.decode(), response.headers


def post(client: http.client.HTTPConnection, what: str, body: Any = b"{}", **headers: str) -> Any:
    return call(client, "POST", f"/2018-06-01/runtime/{what}", body, **headers)


def begin(tutor: Tutor, client: http.client.HTTPConnection, body: bytes = b"{}", **more: Any) -> Any:
    """Bring a runtime to its first event."""
    tutor.send({**EVENT, **more}, body)
    found = call(client, "GET", NEXT)
    assert tutor.told().header == {"kind": "ready", "ready": True}
    return found


def test_next_gives_the_event_and_what_lambda_says_about_it(tutor: Tutor) -> None:
    """Request id, deadline, ARN and trace come as headers, what has no value does not come, the body is the event."""
    status, document, headers = begin(
        tutor, tutor.client(), b'{"n": 1}', client_context={"custom": {"a": "b"}}, trace_id="Root=1-2-3"
    )
    assert (status, document) == (200, {"n": 1})
    assert headers["Content-Type"] == "application/json"
    assert headers["Lambda-Runtime-Aws-Request-Id"] == "one"
    assert headers["Lambda-Runtime-Deadline-Ms"] == "1700000000123"
    assert headers["Lambda-Runtime-Invoked-Function-Arn"] == EVENT["arn"]
    assert headers["Lambda-Runtime-Trace-Id"] == "Root=1-2-3"
    assert json.loads(headers["Lambda-Runtime-Client-Context"]) == {"custom": {"a": "b"}}
    assert headers["Lambda-Runtime-Cognito-Identity"] is None


def test_an_event_waits_for_the_runtime_and_the_runtime_for_an_event(tutor: Tutor) -> None:
    """``next`` is a long poll: it answers when an event comes, however late that is."""
    client = tutor.client()
    client.request("GET", NEXT)
    assert tutor.told().header["kind"] == "ready"
    assert tutor.quiet()
    tutor.send(EVENT, b"[1]")
    assert client.getresponse().read() == b"[1]"


def test_an_answer_ends_the_invocation_when_the_next_event_is_asked_for(tutor: Tutor) -> None:
    """INVOKE ends with ``next``: what a runtime does between its answer and that belongs to the invocation."""
    client = tutor.client()
    begin(tutor, client)
    assert post(client, "invocation/one/response", b'"done"')[:2] == (202, {"status": "OK"})
    assert tutor.quiet()
    client.request("GET", NEXT)
    told = tutor.told()
    assert (told.header["kind"], told.header["id"], told.body) == ("response", "one", b'"done"')


def test_errors_carry_their_type_from_the_header_or_the_document(tutor: Tutor) -> None:
    """An error's type is the header's; without the header it is the document's."""
    client = tutor.client()
    begin(tutor, client)
    document = json.dumps({"errorType": "InDocument", "errorMessage": "no"}).encode()
    assert post(client, "invocation/one/error", document, Lambda_Runtime_Function_Error_Type="My.Type")[0] == 202
    tutor.send({**EVENT, "id": "two"})
    call(client, "GET", NEXT)
    told = tutor.told()
    assert (told.header["kind"], told.header["type"], told.body) == ("error", "My.Type", document)
    assert post(client, "invocation/two/error", document)[0] == 202
    client.request("GET", NEXT)
    assert tutor.told().header["type"] == "InDocument"


def test_an_init_error_is_told_at_once_and_only_during_init(tutor: Tutor) -> None:
    """A runtime that cannot begin says so; one that has begun cannot say it any more."""
    client = tutor.client()
    assert post(client, "init/error", b'{"errorType": "No.Config"}')[0] == 202
    assert tutor.told().header == {"kind": "init_error", "ready": True, "type": "No.Config"}
    status, document, _ = post(client, "init/error")
    assert (status, document["errorType"]) == (403, "InvalidStateTransition")


@pytest.mark.parametrize("call_again", ["invocation/one/response", "invocation/one/error"])
def test_calls_out_of_turn_are_forbidden(tutor: Tutor, call_again: str) -> None:
    """An answer before an event, a second answer, and ``next`` before an answer: 403 with AWS's error type."""
    client = tutor.client()
    assert post(client, call_again)[0] == 403
    begin(tutor, client)
    status, document, _ = call(client, "GET", NEXT)
    assert (status, document["errorType"]) == (403, "InvalidStateTransition")
    assert post(client, "invocation/one/response")[0] == 202
    status, document, _ = post(client, call_again)
    assert (status, document["errorType"]) == (403, "InvalidStateTransition")
    assert "ResponseSent" in document["errorMessage"]


def test_another_invocations_id_is_a_bad_request_and_changes_nothing(tutor: Tutor) -> None:
    """400 ``InvalidRequestID``; the right id is still taken afterwards."""
    client = tutor.client()
    begin(tutor, client)
    status, document, _ = post(client, "invocation/other/response")
    assert (status, document) == (400, {"errorMessage": "Invalid request ID", "errorType": "InvalidRequestID"})
    assert post(client, "invocation/one/response")[0] == 202


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/"), ("GET", "/2018-06-01/runtime"), ("POST", NEXT), ("GET", "/2018-06-01/runtime/init/error")],
)
def test_what_is_not_there_is_not_found(tutor: Tutor, method: str, path: str) -> None:
    """Unknown paths and methods are a 404 and cost the connection nothing."""
    client = tutor.client()
    assert call(client, method, path)[0] == 404
    assert begin(tutor, client)[0] == 200


def test_an_answer_over_the_limit_is_refused_and_told(tutor: Tutor) -> None:
    """413 for the runtime; the tutor hears of it without getting the bytes. One at the limit passes."""
    client = tutor.client()
    begin(tutor, client)
    status, document, _ = post(client, "invocation/one/response", b"x" * (LIMIT + 1))
    assert (status, document["errorType"]) == (413, "RequestEntityTooLarge")
    tutor.send({**EVENT, "id": "two"})
    call(client, "GET", NEXT)
    told = tutor.told()
    assert (told.header["too_large"], told.size) == (LIMIT, 0)
    assert post(client, "invocation/two/response", b"y" * LIMIT)[0] == 202
    client.request("GET", NEXT)
    assert tutor.told().body == b"y" * LIMIT


def test_a_stream_is_put_together_up_to_its_own_limit(tutor: Tutor) -> None:
    """Chunks become one payload, longer than an ordinary answer may be; past the streamed limit it is refused."""
    client = tutor.client()
    mode = {"Lambda_Runtime_Function_Response_Mode": "streaming"}
    begin(tutor, client)
    assert post(client, "invocation/one/response", [b"a" * 1500, b"b" * 1500], **mode)[0] == 202
    tutor.send({**EVENT, "id": "two"})
    call(client, "GET", NEXT)
    told = tutor.told()
    assert told.header["streamed"]
    assert told.body == b"a" * 1500 + b"b" * 1500
    assert post(client, "invocation/two/response", [b"c" * 3000] * 2, **mode)[0] == 413
    client.request("GET", NEXT)
    assert tutor.told().header["too_large"] == STREAMED


def test_an_error_behind_a_stream_travels_in_the_trailers(tutor: Tutor) -> None:
    """A stream that broke off is an error with the document that its trailer carries in base64."""
    begin(tutor, tutor.client())
    document = b'{"errorMessage": "half way"}'
    with tutor.connect() as raw:
        raw.sendall(
            b"POST /2018-06-01/runtime/invocation/one/response HTTP/1.1\r\nHost: x\r\n"
            b"Lambda-Runtime-Function-Response-Mode: streaming\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"4\r\nhalf\r\n0\r\nLambda-Runtime-Function-Error-Type: Broken\r\n"
            b"Lambda-Runtime-Function-Error-Body: " + base64.b64encode(document) + b"\r\n\r\n"
        )
        assert raw.recv(100).startswith(b"HTTP/1.1 202 ")
    tutor.client().request("GET", NEXT)
    told = tutor.told()
    assert (told.header["kind"], told.header["type"], told.body) == ("error", "Broken", document)


def test_an_unknown_response_mode_is_refused(tutor: Tutor) -> None:
    """400 for the runtime, and an error of the invocation."""
    client = tutor.client()
    begin(tutor, client)
    status, document, _ = post(client, "invocation/one/response", Lambda_Runtime_Function_Response_Mode="telepathy")
    assert (status, document["errorType"]) == (400, "InvalidFunctionResponseMode")
    client.request("GET", NEXT)
    assert tutor.told().header["type"] == "Runtime.InvalidResponseModeHeader"


def test_a_body_may_wait_for_leave(tutor: Tutor) -> None:
    """curl sends ``Expect: 100-continue`` in front of long bodies and waits."""
    begin(tutor, tutor.client())
    with tutor.connect() as raw:
        raw.sendall(
            b"POST /2018-06-01/runtime/invocation/one/response HTTP/1.1\r\n"
            b"Content-Length: 2\r\nExpect: 100-continue\r\n\r\n"
        )
        assert raw.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        raw.sendall(b"{}")
        assert raw.recv(100).startswith(b"HTTP/1.1 202 ")


@pytest.mark.parametrize(
    "bytes_sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"GET / HTTP/2.0\r\n\r\n",
        b"GET\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 9" + b"9" * 30 + b"\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET / HTTP/1.1\r\n: no name\r\n\r\n",
    ],
)
def test_what_is_no_http_is_refused_and_the_connection_closed(tutor: Tutor, bytes_sent: bytes) -> None:
    """400, then the end of that connection; the runtime's own goes on."""
    good = tutor.client()
    with tutor.connect() as raw:
        raw.sendall(bytes_sent)
        answer = b""
        while data := raw.recv(1 << 16):
            answer += data
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert begin(tutor, good)[0] == 200


def test_clients_that_mean_no_good_cost_only_themselves(tutor: Tutor) -> None:
    """Half requests, endless heads, unread answers, pipelines and more connections than allowed: others are served."""
    good = tutor.client()
    good.connect()
    with ExitStack() as stack:
        for number in range(100):
            raw = stack.enter_context(tutor.connect())
            raw.settimeout(0.2)
            try:
                raw.sendall(
                    [b"POST / HTT", b"GET / HTTP/1.1\r\nA: " + b"a" * 50_000, b"GET / HTTP/1.1\r\n\r\n" * 3000][
                        number % 3
                    ]
                )
            except (OSError, TimeoutError):
                continue
        assert begin(tutor, good)[0] == 200
        assert post(good, "invocation/one/response")[0] == 202


def test_a_client_that_never_stops_sending_is_cut_off(tutor: Tutor) -> None:
    """A head without end, and more requests while an answer is owed: the connection ends, memory is not eaten."""
    for endless in (b"GET / HTTP/1.1\r\nA: ", b"GET " + NEXT.encode() + b" HTTP/1.1\r\n\r\n"):
        with tutor.connect() as raw, pytest.raises((ConnectionResetError, BrokenPipeError)):
            raw.sendall(endless + b"a" * (1 << 26))
    assert begin(tutor, tutor.client())[0] == 200


def test_closing_ends_the_thread_the_door_and_every_connection(tutor: Tutor) -> None:
    """Nothing of a server stays: no thread, no listening socket, no client that waits for ever."""
    waiting = tutor.client()
    waiting.request("GET", NEXT)
    tutor.told()
    before = threading.active_count()
    tutor.server.close()
    assert threading.active_count() == before - 1
    with pytest.raises((http.client.HTTPException, ConnectionError)):
        waiting.getresponse()
    with pytest.raises(ConnectionRefusedError):
        tutor.connect()


def test_the_server_ends_when_the_tutors_line_does() -> None:
    """A tutor that forgets its server leaves no thread behind."""
    tutor = Tutor()
    before = threading.active_count()
    tutor.line.close()
    deadline = time.monotonic() + 10
    while threading.active_count() == before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert threading.active_count() == before - 1


REQUESTS = [
    (b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n", b""),
    (b"POST /b HTTP/1.1\r\ncontent-length: 5\r\n\r\nhello", b"hello"),
    (b"POST /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", b"abcde"),
    (b"POST /d HTTP/1.1\r\nTransfer-Encoding: Chunked\r\n\r\nA\r\n0123456789\r\n0\r\nT: v\r\n\r\n", b"0123456789"),
]


@given(st.lists(st.sampled_from(REQUESTS), min_size=1, max_size=5), st.data())
def test_requests_are_the_same_however_their_bytes_arrive(
    chosen: list[tuple[bytes, bytes]], data: st.DataObject
) -> None:
    """Neither a read that ends anywhere nor several requests in one read change what was asked."""
    reader = RequestReader(lambda _: 1000)
    rest = b"".join(text for text, _ in chosen)
    found: list[Request] = []
    while rest:
        size = data.draw(st.integers(1, len(rest)))
        reader.feed(rest[:size])
        rest = rest[size:]
        while (request := reader.take()) is not None:
            found.append(request)
    assert [request.body for request in found] == [body for _, body in chosen]
    assert [request.size for request in found] == [len(body) for _, body in chosen]


@given(st.binary(max_size=300))
def test_any_bytes_are_a_request_or_broken_and_nothing_else(noise: bytes) -> None:
    """No input makes the reader fail in a way that nobody expects."""
    reader = RequestReader(lambda _: 10)
    reader.feed(noise)
    try:
        while reader.take() is not None:
            pass
    except BrokenRequest:
        pass
