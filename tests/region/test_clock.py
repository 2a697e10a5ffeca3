"""The region's clock: nothing waits for real in fast mode, and the same run gives the same order."""

import threading
import time
from collections.abc import Iterator

import pytest

from tutor.errors import UsageError
from tutor.region.clock import Clock


@pytest.fixture
def clock() -> Iterator[Clock]:
    """A fast clock that begins at 1,000."""
    clock = Clock("fast", start=1000.0)
    yield clock
    clock.close()


def test_jumps_to_what_is_due(clock: Clock) -> None:
    """Six hours of waiting happen at once, and each call sees the moment for which it was made."""
    seen: list[float] = []
    for seconds in (21600, 60, 180):
        clock.after(seconds, lambda: seen.append(clock.now()))
    assert clock.drain(30)
    assert seen == [1060, 1180, 22600]
    assert clock.now() == 22600


def test_equal_moments_keep_their_order(clock: Clock) -> None:
    """What is due at the same moment comes by its order, not by when it was asked for."""
    seen: list[int] = []
    clock.pause()
    for order in (7, 3, 5):
        clock.at(1010, lambda order=order: seen.append(order), order=order)  # type: ignore[misc]
    clock.run()
    assert clock.drain(30)
    assert seen == [3, 5, 7]


def test_results_come_in_order_whatever_ends_first(clock: Clock) -> None:
    """Work that runs at the same time is told in its order, also when the last ended first."""
    told: list[int] = []
    gates = [threading.Event() for _ in range(3)]

    def job(number: int) -> int:
        if number < 2:
            assert gates[number + 1].wait(30)
        gates[number].set()
        return number

    for number in range(3):
        clock.work(lambda number=number: job(number), told.append, order=number)  # type: ignore[misc]
    assert clock.drain(30)
    assert told == [0, 1, 2]


def test_stands_still_for_what_takes_less_than_a_second(clock: Clock) -> None:
    """Short work takes none of the region's time, so retries of two runs fall on the same moments."""
    clock.work(lambda: time.sleep(0.05), lambda _: None)
    assert clock.drain(30)
    assert clock.now() == 1000


def test_does_not_jump_while_something_runs(clock: Clock) -> None:
    """A handler that runs meets no moment later than its own run has reached."""
    late: list[float] = []
    with clock.running():
        clock.after(600, lambda: late.append(clock.now()))
        time.sleep(0.1)
        assert late == []
    assert clock.drain(30)
    assert late == [1600]


def test_counts_the_whole_seconds_of_what_runs(clock: Clock) -> None:
    """A handler that runs a second and more finds later what became due meanwhile."""
    with clock.running():
        while clock.now() < 1001:
            time.sleep(0.02)
    assert clock.now() >= 1001


def test_what_is_only_held_takes_no_time(clock: Clock) -> None:
    """Whatever the machine needs beside a handler (to load, to write) is none of the region's time."""
    with clock.held():
        clock.after(600, lambda: None)
        time.sleep(1.1)
        assert clock.now() == 1000
    assert clock.drain(30)
    assert clock.now() == 1600


def test_a_schedule_is_no_reason_to_jump(clock: Clock) -> None:
    """An endless schedule neither spins the clock nor keeps it from coming to rest; ``advance`` meets its firings."""
    fired: list[float] = []

    def fire() -> None:
        fired.append(clock.now())
        clock.after(60, fire, perpetual=True)

    clock.after(60, fire, perpetual=True)
    assert clock.drain(30)
    assert fired == []
    clock.advance(180)
    assert fired == [1060, 1120, 1180]


def test_steps_one_appointment_at_a_time(clock: Clock) -> None:
    """While paused nothing happens but what each step lets happen."""
    seen: list[str] = []
    clock.pause()
    happened = threading.Semaphore(0)

    def note(what: str) -> None:
        seen.append(what)
        happened.release()

    clock.after(1, lambda: note("first"))
    clock.after(2, lambda: note("second"))
    clock.step()
    assert happened.acquire(timeout=30)
    assert seen == ["first"]
    clock.run()
    assert clock.drain(30)
    assert seen == ["first", "second"]


def test_a_paused_clock_advances_and_is_paused_there(clock: Clock) -> None:
    """``advance`` on a paused clock meets what is due on the way, in its order, and nothing later."""
    seen: list[float] = []
    clock.pause()
    for seconds in (90, 60, 61, 30):
        clock.after(seconds, lambda: seen.append(clock.now()))
    clock.advance(60)
    assert seen == [1030, 1060]
    assert clock.now() == 1060
    assert clock.paused
    clock.advance(1)
    assert seen == [1030, 1060, 1061]


def test_a_flowing_clock_stands_while_it_is_paused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pause stops the time itself: it goes on from there, not from where the machine's clock is by then."""
    machine = [50.0]
    monkeypatch.setattr(time, "monotonic", lambda: machine[0])
    clock = Clock("fast", start=1000.0, flowing=True)
    machine[0] += 3
    assert clock.now() == 1003
    clock.pause()
    machine[0] += 600
    assert clock.now() == 1003
    with clock.running():
        machine[0] += 2
    assert clock.now() == 1005
    clock.run()
    machine[0] += 4
    assert clock.now() == 1009
    clock.close()


def test_a_cancelled_appointment_does_not_happen(clock: Clock) -> None:
    """What was cancelled neither happens nor moves the clock."""
    clock.after(50, lambda: pytest.fail("it was cancelled")).cancel()
    assert clock.drain(30)
    assert clock.now() == 1000


def test_a_failing_appointment_does_not_stop_the_clock(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    """A fault in one call is logged, and the next happens all the same."""
    seen: list[int] = []
    clock.after(1, lambda: [][0])
    clock.work(lambda: int("none"), seen.append)
    clock.after(2, lambda: seen.append(2))
    assert clock.drain(30)
    assert seen == [2]
    assert len(caplog.records) == 2


def test_sleeping_takes_region_time_only(clock: Clock) -> None:
    """A thread that sleeps an hour is woken an hour later, at once."""
    clock.sleep(3600)
    assert clock.now() == 4600


def test_a_real_clock_follows_the_machine_and_cannot_be_moved() -> None:
    """In real mode appointments are met by waiting, and ``advance`` is refused with a sentence."""
    clock = Clock("real")
    try:
        met = threading.Event()
        before = time.time()
        clock.after(0.05, met.set)
        assert met.wait(30)
        assert time.time() - before >= 0.05
        with pytest.raises(UsageError, match="--clock fast"):
            clock.advance(10)
    finally:
        clock.close()


class PatientlyWatched(Clock):
    """A flowing fast clock that tells of its waits: seconds, or None for a wait until somebody wakes it."""

    def __init__(self) -> None:
        self.waits: list[float | None] = []
        super().__init__("fast", start=0.0, flowing=True)

    def _patience(self) -> float | None:
        self.waits.append(super()._patience())
        return 0.001

    def settled(self) -> None:
        """Return when it has done all that it does before it waits."""
        seen = len(self.waits)
        while len(self.waits) < seen + 3:
            time.sleep(0.001)


def test_what_never_ends_is_paced_after_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """A served region's clock is free to jump for a day after anybody last did something, then a few times a second."""
    machine = [50.0]
    monkeypatch.setattr(time, "monotonic", lambda: machine[0])
    clock = PatientlyWatched()
    seen: list[float] = []

    def again() -> None:
        seen.append(clock.now())
        clock.after(3600, again)

    clock.after(3600, again)
    clock.settled()
    assert seen == [3600 * hour for hour in range(1, 25)]
    assert clock.waits[-1] == 0.25
    machine[0] += 0.25
    clock.settled()
    assert len(seen) == 25
    clock.stir()
    clock.settled()
    assert len(seen) == 49
    clock.advance(10 * 3600)
    clock.settled()
    assert len(seen) == 59
    clock.close()
