"""Between events nothing moves, and nobody is in the way of the next event."""

import threading

import pytest

from tests.sandbox.conftest import Create
from tutor.sandbox.stillness import Rest, Stillness

pytestmark = pytest.mark.alone


class _Place:
    """An environment that writes down what it is told, and has been looked at."""

    def __init__(self, *, still: bool) -> None:
        self.told: list[bytes] = []
        self.stopped = threading.Event()
        self.looks = 0
        self._still = still

    def send(self, order: bytes) -> None:
        self.told.append(order)
        if order == b"F":
            self.stopped.set()

    def look(self) -> bool:
        self.looks += 1
        return self._still


@pytest.fixture
def stillness() -> Stillness:
    return Stillness()


def test_what_is_not_still_is_stopped_and_goes_on_with_the_next_event(stillness: Stillness) -> None:
    """It is stopped without anybody's asking, once, and told to go on before the event comes."""
    place = _Place(still=False)
    rest = Rest(stillness, place.send, place.look)
    rest.begin(at_once=False)
    assert place.stopped.wait(10)
    rest.end()
    assert place.told == [b"F", b"T"]


def test_what_is_still_is_left_alone(stillness: Stillness) -> None:
    """A runtime that waits for its next event needs neither stopping nor waking."""
    still, other = _Place(still=True), _Place(still=False)
    resting = [Rest(stillness, place.send, place.look) for place in (still, other)]
    for rest in resting:
        rest.begin(at_once=False)
    assert other.stopped.wait(10)  # they are looked at together
    resting[0].end()
    assert (still.looks, still.told) == (1, [])


def test_what_keeps_still_is_stopped_a_little_later_all_the_same(stillness: Stillness) -> None:
    """A runtime that waits at its line may have given itself a timeout there: it is looked at once, then stopped."""
    place = _Place(still=True)
    rest = Rest(stillness, place.send, place.look)
    rest.begin(at_once=False)
    assert place.stopped.wait(10)
    rest.end()
    assert (place.looks, place.told) == (1, [b"F", b"T"])


def test_an_event_that_comes_first_is_not_held_up(stillness: Stillness) -> None:
    """Nobody looks at an environment that is at work again, and none is stopped there."""
    busy, other = _Place(still=False), _Place(still=False)
    rest = Rest(stillness, busy.send, busy.look)
    rest.begin(at_once=False)
    rest.end()
    Rest(stillness, other.send, other.look).begin(at_once=False)
    assert other.stopped.wait(10)
    assert (busy.looks, busy.told) == (0, [])


def test_what_never_keeps_still_is_stopped_at_once(stillness: Stillness) -> None:
    """Where it is known without a look, there is no moment in which it could go on."""
    place = _Place(still=True)
    Rest(stillness, place.send, place.look).begin(at_once=True)
    assert (place.looks, place.told) == (0, [b"F"])


def test_what_has_ended_is_not_stopped(stillness: Stillness) -> None:
    """After the end of its processes nobody sends them an order any more."""
    gone, other = _Place(still=False), _Place(still=False)
    rest = Rest(stillness, gone.send, gone.look)
    rest.begin(at_once=False)
    rest.forget()
    Rest(stillness, other.send, other.look).begin(at_once=False)
    assert other.stopped.wait(10)
    assert gone.told == []


def test_a_handler_has_the_priority_of_everybody(create: Create) -> None:
    """The first process goes before all others; nothing of that is left to the function."""
    function = create("import os\ndef handler(event, context): return os.getpriority(os.PRIO_PROCESS, 0)")
    assert function.invoke({}).payload >= 0


def test_a_function_that_was_ended_goes_no_longer_before_others(create: Create) -> None:
    """While its processes end they come before all else on the host; what begins afterwards does not."""
    function = create("import time\ndef handler(event, context): time.sleep(event)", timeout=1)
    function.invoke(0)
    paths = function.pool.idle[0].group_paths
    names = {"cpu.shares", "cpu.weight"}
    files = [path / name for path in paths for name in names if (path / name).exists()]
    usual = [file.read_text() for file in files]
    assert function.invoke(5).error_type == "Sandbox.Timedout"
    assert not files or [file.read_text() for file in files] != usual
    assert function.invoke(0).function_error is None
    assert [file.read_text() for file in files] == usual
