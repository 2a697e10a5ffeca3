"""Responses on their way: streams with their bandwidth, pieces that are heard at once, and answers that break off."""

import time
from typing import Any

from tests.sandbox.test_custom_runtimes import Make, by_hand, provided
from tutor.awslambda.invocation_request import InvocationRequest

__all__ = ["provided"]


def test_an_answer_that_breaks_off_is_truncated(provided: Make) -> None:
    """Half of an announced body, or chunks without their end: the caller gets that error, and the runtime goes on."""
    serve = """
import socket
if event == "whole":
    answer("whole")
else:
    how = "Content-Length: 100" if event == "length" else "Transfer-Encoding: chunked"
    with socket.create_connection((api.host, api.port)) as half:
        body = '"half' if event == "length" else '5\\r\\n"half'
        half.sendall(f"POST /2018-06-01/runtime/invocation/{request}/response HTTP/1.1\\r\\nHost: x\\r\\n{how}\\r\\n\\r\\n{body}".encode())
        time.sleep(0.1)
    time.sleep(0.1)
"""
    function = by_hand(provided, serve)
    for event in ("length", "chunks"):
        cut = function.invoke(event)
        assert cut.payload == {
            "errorType": "Runtime.TruncatedResponse",
            "errorMessage": f"RequestId: {cut.report.request_id} Error: Response was truncated",
        }
    assert function.invoke("whole").payload == "whole"


def test_a_runtime_that_ends_in_the_middle_of_its_answer_has_ended(provided: Make) -> None:
    """Its exit is what is told, as it would be without the half of an answer."""
    serve = """
import socket
half = socket.create_connection((api.host, api.port))
half.sendall(f"POST /2018-06-01/runtime/invocation/{request}/response HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 100\\r\\n\\r\\n1".encode())
time.sleep(0.1)
os._exit(3)
"""
    assert by_hand(provided, serve).invoke().error_type == "Runtime.ExitError"


STREAMS = """
mode = {"Lambda-Runtime-Function-Response-Mode": "streaming", "Transfer-Encoding": "chunked"}
chunks = [b'"', *[b"s" * 65536 for _ in range(event * 16)], b'"']
api.request("POST", f"/2018-06-01/runtime/invocation/{request}/response", chunks, mode, encode_chunked=True)
api.getresponse().read()
"""


def test_a_stream_has_its_bandwidth_after_the_first_megabytes(provided: Make, quotas: Any) -> None:
    """What is more than may come at any speed takes its time: three megabytes beyond it, at two a second, 1.5 s."""
    function = by_hand(provided, STREAMS, timeout=20)
    beyond = quotas.streaming_uncapped + 3
    found = function.invoke(beyond)
    assert len(found.payload) == beyond << 20
    assert found.report.duration_ms >= 3 / quotas.streaming_bandwidth * 1000 - 300  # the last piece waits for none


def test_pieces_of_a_stream_are_heard_at_once(provided: Make) -> None:
    """Whoever asked for them gets a streamed answer piece by piece, before the invocation is over; no other answer."""
    serve = """
if event == "whole":
    answer("whole")
else:
    def chunks():
        for letter in "ab":
            yield letter.encode()
            time.sleep(0.5)
    mode = {"Lambda-Runtime-Function-Response-Mode": "streaming", "Transfer-Encoding": "chunked"}
    mode["Content-Type"] = "text/x-letters"
    api.request("POST", f"/2018-06-01/runtime/invocation/{request}/response", chunks(), mode, encode_chunked=True)
    api.getresponse().read()
"""
    function = by_hand(provided, serve)
    heard: list[tuple[float, bytes]] = []
    kinds = []

    def hear(piece: bytes, kind: str) -> None:
        heard.append((time.monotonic(), piece))
        kinds.append(kind)

    request = InvocationRequest(on_streamed=hear)
    found = function.invoke("stream", request)
    over = time.monotonic()
    assert found.payload == "ab"
    assert [piece for _, piece in heard] == [b"a", b"b"]
    assert kinds == ["text/x-letters"] * 2
    assert over - heard[0][0] > 0.9
    heard.clear()
    function.invoke("whole", request)
    assert heard == []
