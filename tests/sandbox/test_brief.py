"""What is sent and received without waiting is what the other end gets and gives."""

import socket

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
    """Nothing to hear is silence; a word and a closed end are not, and the word is still there afterwards."""
    ours, theirs = socket.socketpair()
    with ours:
        ours.setblocking(False)
        ear = brief.Ear(ours.fileno())
        with theirs:
            assert brief.silent(ours.fileno())
            with pytest.raises(BlockingIOError):
                ear.take()
            theirs.send(b"word")
            assert not brief.silent(ours.fileno())
            assert ear.take() == b"word"
        assert not brief.silent(ours.fileno())
        assert ear.take() == b""


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
