"""The timeline: lines in region time, in order, and not without end."""

import threading
from collections.abc import Iterator

import pytest

from tutor.region.clock import Clock
from tutor.region.observing import timeline
from tutor.region.observing.timeline import Timeline


@pytest.fixture
def clock() -> Iterator[Clock]:
    """A fast clock."""
    clock = Clock("fast", start=1000.0)
    yield clock
    clock.close()


def test_a_line_has_the_time_since_the_beginning(clock: Clock) -> None:
    """Hours, minutes and seconds of region time, function, kind, attempt, text; what is missing leaves no gap."""
    kept = Timeline(clock)
    clock.advance(3661)
    assert kept.line(kept.note("retry", "f", "failed", attempt=2)) == "+01:01:01 f retry attempt 2 failed"
    assert kept.line(kept.note("poll", "", "nothing there")) == "+01:01:01 poll nothing there"


def test_only_what_is_new(clock: Clock) -> None:
    """``since`` an order gives what came after it."""
    kept = Timeline(clock)
    first = kept.note("invoke", "f", "one")
    second = kept.note("invoke", "f", "two")
    assert kept.entries() == (first, second)
    assert kept.entries(first.order) == (second,)
    assert kept.entries(second.order) == ()
    assert kept.entries(second.order + 5) == ()


def test_old_lines_are_forgotten(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is bounded; the last lines stay, with their order."""
    monkeypatch.setattr(timeline, "_MOST", 3)
    kept = Timeline(clock)
    notes = [kept.note("invoke", "f", str(number)) for number in range(5)]
    assert kept.entries() == tuple(notes[2:])
    assert kept.entries(notes[0].order) == tuple(notes[2:])
    assert kept.entries(notes[3].order) == (notes[4],)


def test_many_threads_lose_no_line(clock: Clock) -> None:
    """Every order is given once."""
    kept = Timeline(clock)
    threads = [threading.Thread(target=lambda: [kept.note("invoke", "f", "") for _ in range(200)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [entry.order for entry in kept.entries()] == list(range(1, 1601))
