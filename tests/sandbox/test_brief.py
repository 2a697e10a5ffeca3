"""What is sent and received without waiting is what the other end gets and gives."""

import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from unittest.mock import Mock

import pytest

from tests.sandbox.conftest import Create
from tutor.sandbox import brief, cell
from tutor.sandbox.runtime.bootstrap_line import Channel
from tutor.sandbox.wire import pack


def test_short_and_long_pieces_arrive_whole() -> None:
    """A piece that is longer than the ear holds at once is no shorter for it."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setblocking(False)
        ear = brief.Ear(ours.fileno())
        for size in (1, 1 << 14, 100_000):
            theirs.sendall(b"x" * size)
            got = b""
            while len(got) < size:
                got += ear.take()
            assert got == b"x" * size


def test_silence_is_told_from_a_word_and_from_the_end() -> None:
    """Where there is nothing to hear there is nothing to see; a word and a closed end are seen, and nothing is lost."""
    ours, theirs = socket.socketpair()
    with ours:
        ours.setblocking(False)
        ear, eye = brief.Ear(ours.fileno()), brief.Eye(ours.fileno())
        with theirs:
            assert not eye.sees()
            with pytest.raises(BlockingIOError):
                ear.take()
            theirs.send(b"word")
            assert eye.sees()
            assert ear.take() == b"word"
        assert eye.sees()
        assert ear.take() == b""


def test_a_signal_is_no_word() -> None:
    """Nothing is seen where a look is broken off by a signal: who then waited for a word would wait for ever."""
    before = signal.signal(signal.SIGALRM, lambda *_: None)
    ours, theirs = socket.socketpair()
    try:
        signal.setitimer(signal.ITIMER_REAL, 1e-4, 1e-4)
        with ours, theirs:
            eye = brief.Eye(ours.fileno())
            assert not any(eye.sees() for _ in range(100_000))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        time.sleep(0.01)  # the last one is still told to its own handler
        signal.signal(signal.SIGALRM, before)


def test_what_cannot_be_taken_is_an_error() -> None:
    """A full socket takes some and then nothing, without waiting; one without another end is an error, not a signal."""
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            assert brief.send(ours.fileno(), b"x" * (1 << 24)) < 1 << 24
            with pytest.raises(BlockingIOError):
                brief.send(ours.fileno(), b"x" * (1 << 24))
        with pytest.raises(BrokenPipeError):
            brief.send(ours.fileno(), b"x")


def test_who_is_hastened_waits_for_a_word_and_not_for_ever() -> None:
    """A word that comes is heard whole, however long; where none comes the wait ends by itself."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        brief.hasten(ours, 0.001)
        ear = brief.Ear(ours.fileno())
        with pytest.raises(BlockingIOError):
            ear.wait()
        for size in (1, 1 << 14, 100_000):
            theirs.sendall(b"x" * size)
            got = b""
            while len(got) < size:
                got += ear.wait()
            assert got == b"x" * size


def test_what_is_long_is_sent_in_pieces_without_waiting() -> None:
    """A socket that would wait takes no more than it has room for, and then nothing."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        brief.hasten(ours, 60)
        whole = memoryview(b"x" * (1 << 24))
        sent = brief.send_long(ours.fileno(), whole)
        assert 0 < sent < len(whole)
        with pytest.raises(BlockingIOError):
            _all(ours.fileno(), whole)


def _all(descriptor: int, rest: memoryview) -> None:
    while rest:
        rest = rest[brief.send_long(descriptor, rest) :]


def test_a_word_is_heard_however_many_were_waited_for_in_vain() -> None:
    """Whether it looks or sleeps, and whether others wait too: each word is heard once, and the end is empty."""
    ours, theirs = socket.socketpair()
    elsewhere, _kept = socket.socketpair()
    with ours, theirs, elsewhere, _kept, ThreadPoolExecutor() as threads:
        brief.hasten(ours, 0.001)
        ear, other = brief.Ear(ours.fileno()), brief.Ear(elsewhere.fileno())
        for vain in (0, 1, 3, 10):
            for _ in range(vain):
                with pytest.raises(BlockingIOError):
                    ear.wait()
            for number in range(5):
                theirs.send(b"%d" % number)
                assert ear.wait() == b"%d" % number
        beside = threads.submit(other.wait)
        theirs.send(b"word")
        assert ear.wait() == b"word"
        _kept.send(b"its own")
        assert beside.result() == b"its own"
        theirs.close()
        assert ear.wait() == b""


def _channel() -> tuple[socket.socket, Channel]:
    ours, theirs = socket.socketpair()
    return ours, Channel(theirs.detach())


def test_a_runtime_looks_for_an_event_that_comes_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """It looks until the event is there, and reads it then; without word of it nobody looks."""
    ours, channel = _channel()
    looks = Mock(side_effect=[[], [], [(3, 1)]])
    monkeypatch.setattr(channel, "_looks", Mock(poll=looks))
    with ours:
        ours.send(pack({"id": "1", "next_within_s": 60}, b"one"))
        assert channel.receive() == ({"id": "1", "next_within_s": 60}, b"one")
        ours.send(pack({"id": "2"}, b"two"))
        assert channel.receive() == ({"id": "2"}, b"two")
        assert looks.call_count == 3
        ours.send(pack({"id": "3"}, b"three"))
        assert channel.receive() == ({"id": "3"}, b"three")
        assert looks.call_count == 3


@pytest.mark.parametrize("within", [{}, {"next_within_s": 60}])
def test_word_of_the_next_event_comes_with_long_ones_too(
    monkeypatch: pytest.MonkeyPatch, within: dict[str, float]
) -> None:
    """And no word ends the looking, however long the event is with which it did not come."""
    ours, channel = _channel()
    looks = Mock(return_value=[(3, 1)])
    monkeypatch.setattr(channel, "_looks", Mock(poll=looks))
    long = bytes(1 << 15)
    with ours:
        ours.send(pack({"id": "1", **({} if within else {"next_within_s": 60})}, b"one"))
        channel.receive()
        ours.sendall(pack({"id": "2", **within}, long))
        assert channel.receive() == ({"id": "2", **within}, long)
        looks.reset_mock()
        ours.send(pack({"id": "3"}, b"three"))
        assert channel.receive() == ({"id": "3"}, b"three")
        assert looks.call_count == len(within)


def test_a_runtime_that_looked_in_vain_waits_as_ever() -> None:
    """The time for it may be over before the event comes."""
    ours, channel = _channel()
    with ours, ThreadPoolExecutor(1) as thread:
        ours.send(pack({"id": "1", "next_within_s": 1e-9}, b""))
        assert channel.receive() == ({"id": "1", "next_within_s": 1e-9}, b"")
        received = thread.submit(channel.receive)
        with pytest.raises(TimeoutError):
            received.result(0.05)
        ours.send(pack({"id": "2"}, b"two"))
        assert received.result(60) == ({"id": "2"}, b"two")


def test_who_is_called_again_and_again_is_told_so(create: Create, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that has a processor for itself, by a caller that is alone; at 128 MB looking would cost the event its share."""
    told: list[bool] = []

    def packed(header: dict[str, Any], body: bytes) -> bytes:
        told.append("next_within_s" in header)
        return pack(header, body)

    monkeypatch.setattr(cell, "pack", packed)
    monkeypatch.setattr(brief, "_PROCESSORS", 2)
    functions = {
        memory: create("def handler(event, context): return event", memory_size=memory) for memory in (128, 1769)
    }
    functions[1769].invoke(0)
    time.sleep(0.01)
    told.clear()
    assert functions[1769].invoke(1).payload == 1
    assert told == [False]
    monkeypatch.setattr(brief, "LOOKS_S", 0.5)  # no machine is too slow for that
    for memory, function in functions.items():
        told.clear()
        assert [function.invoke(number).payload for number in range(20)] == list(range(20))
        assert any(told) == (memory == 1769)
    with monkeypatch.context() as beside:
        beside.setattr(brief.Ear, "_waiting", {brief.Ear(0)})
        told.clear()
        functions[1769].invoke(2)
        assert told == [False]


def test_a_function_that_sets_its_own_clock_stops_nobody(create: Create, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests freeze time like that, and forget to let it go on."""
    monkeypatch.setattr(brief, "_PROCESSORS", 2)
    monkeypatch.setattr(brief, "LOOKS_S", 0.5)
    function = create(
        "import time\ntime.perf_counter = None\ndef handler(event, context): return event", memory_size=1769
    )
    assert [function.invoke(number).payload for number in range(20)] == list(range(20))
