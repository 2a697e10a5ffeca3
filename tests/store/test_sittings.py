"""Sittings are kept whole: the paper, the seals, every event; and what is handed in is kept with its answers or not."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.store.events import an_answer
from tutor.errors import TutorError
from tutor.store.memory import DatabaseMemory, open_memory
from tutor.study.paper import Paper, PaperQuestion, Shortage
from tutor.study.sitting import Seal, SittingEvent, SittingRecord, begin

NOON = datetime(2026, 12, 1, 12, 0, 0, 123456, tzinfo=UTC)
PAPER = Paper(
    "DVA-C03",
    (
        PaperQuestion("limits/timeout-kills", 1, ("late", "never", "billed"), scored=False, domain=4),
        PaperQuestion("limits/other", 0, ("a", "b")),
    ),
    130,
    "DVA-C03",
    (Shortage(2, 17, 5), Shortage(None, 3, 1)),
)
SEALS = (Seal("c0ffee", ("never", "billed"), ("LIM-005",)), Seal("beef", ("a",), ()))
EVENTS = (
    SittingEvent("shown", NOON + timedelta(seconds=1), 0),
    SittingEvent("answered", NOON + timedelta(seconds=2), 0, ("never", "late"), "unsure"),
    SittingEvent("struck", NOON + timedelta(seconds=3), 0, "late"),
    SittingEvent("noted", NOON + timedelta(seconds=4), 1, "look at the role"),
    SittingEvent("submitted", NOON + timedelta(seconds=5)),
)


@pytest.fixture
def memory(tmp_path: Path) -> DatabaseMemory:
    return open_memory(f"sqlite:///{tmp_path / 'tutor.db'}")


def test_a_sitting_comes_back_as_it_was(memory: DatabaseMemory) -> None:
    """Every field of the paper, the seals and the events, in order, and the same state follows from them."""
    begun = begin("one", PAPER, "exam", NOON)
    memory.add_sitting(begun, SEALS)
    memory.add_sitting(begin("two", PAPER, "practice", NOON), SEALS)
    for event in EVENTS:
        memory.add_sitting_event("one", event)
    memory.close()
    first, second = memory.sittings()
    assert first == SittingRecord(begun, SEALS, EVENTS)
    assert first.now.questions[0].chosen == ("never", "late")
    assert (second.begun.mode, second.events) == ("practice", ())


def test_no_sittings_before_the_first(memory: DatabaseMemory, tmp_path: Path) -> None:
    """A database that is not there yet has none, and reading does not make it."""
    assert memory.sittings() == ()
    assert not (tmp_path / "tutor.db").exists()


def test_handing_in_keeps_the_answers_with_it(memory: DatabaseMemory) -> None:
    """The event and all answers are there together; where one of them cannot be kept, none is."""
    memory.add_sitting(begin("one", PAPER, "exam", NOON), SEALS)
    memory.add_sitting_event("one", EVENTS[-1], (an_answer(0), an_answer(1)))
    assert memory.answers() == (an_answer(0), an_answer(1))
    broken = SittingEvent("submitted", None)  # type: ignore[arg-type]
    with pytest.raises(TutorError):
        memory.add_sitting_event("one", broken, (an_answer(2),))
    assert len(memory.answers()) == 2
    assert len(memory.sittings()[0].events) == 1
