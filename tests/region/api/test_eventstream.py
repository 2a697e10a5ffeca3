"""Event streams, read back by botocore's own decoder."""

from typing import Any

from botocore.eventstream import EventStreamBuffer

from tutor.region.api.eventstream import encode_events, encode_message
from tutor.region.api.model import operation_model


def test_botocore_decodes_a_frame() -> None:
    """Headers and payload come back, both checksums hold, in whatever pieces the bytes arrive."""
    headers, payload = {":message-type": "event", ":event-type": "Größe"}, bytes(range(256)) * 300
    frames = encode_message(headers, payload) + encode_message({}, b"")
    buffer, found = EventStreamBuffer(), []
    for start in range(0, len(frames), 1000):
        buffer.add_data(frames[start : start + 1000])
        found.extend(buffer)
    assert [(message.headers, message.payload) for message in found] == [(headers, payload), ({}, b"")]


def test_events_are_written_as_their_shapes_say() -> None:
    """A payload's bytes stand as they are, other members as JSON."""
    shape = operation_model("InvokeWithResponseStream").output_shape
    assert shape is not None
    stream = shape.members["EventStream"]
    complete: dict[str, Any] = {"InvokeComplete": {"ErrorCode": "E", "LogResult": None}}
    events = [{"PayloadChunk": {"Payload": b"\xff"}}, complete]
    buffer = EventStreamBuffer()
    buffer.add_data(b"".join(encode_events(stream, events)))
    chunk, end = list(buffer)
    assert [message.headers[":event-type"] for message in (chunk, end)] == ["PayloadChunk", "InvokeComplete"]
    assert chunk.headers[":content-type"] == "application/octet-stream"
    assert (chunk.payload, end.payload) == (b"\xff", b'{"ErrorCode": "E"}')


def test_an_event_is_sent_when_it_happens() -> None:
    """Nothing is asked of the function before the one before it is out."""
    shape = operation_model("InvokeWithResponseStream").output_shape
    assert shape is not None
    left = [b"1", b"2", b"3"]
    events = ({"PayloadChunk": {"Payload": left.pop(0)}} for _ in range(3))
    next(encode_events(shape.members["EventStream"], events))
    assert left == [b"2", b"3"]
