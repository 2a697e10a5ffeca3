"""What is sent and received without waiting is what the other end gets and gives."""

import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tutor.sandbox import brief


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
