"""Sittings: what is marked stays marked, time goes on honestly, and what a phase does not allow is an error."""

from datetime import UTC, datetime, timedelta

import pytest

from tutor.errors import Defect
from tutor.study.paper import Paper, PaperQuestion
from tutor.study.sitting import Did, Phase, Sitting, SittingEvent, SittingMode, after, begin, replay

NOON = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
PAPER = Paper("mock", tuple(PaperQuestion(f"t/{name}", 0, ("a", "b", "c", "d")) for name in "xyz"), 10)


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def sat(*events: SittingEvent, mode: SittingMode = "exam", paper: Paper = PAPER) -> Sitting:
    return replay(begin("one", paper, mode, NOON), events)


def test_everything_that_is_marked_stays() -> None:
    """Answers, their changes, flags, struck options and notes are kept by question."""
    sitting = sat(
        SittingEvent("shown", at(0), 0),
        SittingEvent("answered", at(1), 0, ("a",), "sure"),
        SittingEvent("answered", at(2), 0, ("b",), "guess"),
        SittingEvent("answered", at(2), 0, ("b",), "guess"),
        SittingEvent("flagged", at(2), 1),
        SittingEvent("struck", at(2), 1, "c"),
        SittingEvent("struck", at(2), 1, "d"),
        SittingEvent("unstruck", at(2), 1, "c"),
        SittingEvent("noted", at(3), 2, "look at the role"),
    )
    first, second, third = sitting.questions
    assert (first.chosen, first.confidence, first.changes) == (("b",), "guess", 1)
    assert (second.flagged, second.struck) == (True, frozenset({"d"}))
    assert third.note == "look at the role"
    assert sitting.unanswered == (1, 2)


def test_time_is_counted_for_the_question_that_is_shown() -> None:
    """Each question gets the time during which it was the one on the screen."""
    sitting = sat(
        SittingEvent("shown", at(0), 0),
        SittingEvent("shown", at(2), 1),
        SittingEvent("shown", at(5), 0),
        SittingEvent("submitted", at(6)),
    )
    assert [question.milliseconds for question in sitting.questions] == [180_000, 180_000, 0]


def test_the_clock_goes_on_while_nobody_looks() -> None:
    """After a crash the time that passed is gone; at the end nothing is left, and never less than nothing."""
    sitting = sat(SittingEvent("answered", at(1), 0, ("a",)))
    assert sitting.remaining(at(4)) == timedelta(minutes=6)
    assert sitting.remaining(at(400)) == timedelta(0)
    assert sitting.over(at(400))
    assert not sitting.over(at(9))


def test_a_clock_that_was_set_back_gives_no_time_back() -> None:
    """An event before the last one counts as at the last one, and the time left does not grow."""
    sitting = sat(SittingEvent("shown", at(5), 0), SittingEvent("answered", at(-60), 0, ("a",)))
    assert sitting.remaining(at(-60)) == timedelta(minutes=5)
    assert sitting.questions[0].milliseconds == 0


def test_a_pause_stops_the_clock_where_it_is_allowed() -> None:
    """Practice may pause: that time is not counted, neither for the paper nor for the question. An exam may not."""
    sitting = sat(
        SittingEvent("shown", at(0), 0), SittingEvent("paused", at(2)), SittingEvent("resumed", at(8)), mode="practice"
    )
    assert sitting.remaining(at(9)) == timedelta(minutes=7)
    assert sitting.questions[0].milliseconds == 120_000
    assert sat(SittingEvent("paused", at(2)), mode="practice").remaining(at(50)) == timedelta(minutes=8)
    with pytest.raises(Defect, match="exam sitting"):
        sat(SittingEvent("paused", at(2)))


def test_no_limit_is_no_limit() -> None:
    """A paper without minutes is never over by itself."""
    sitting = sat(paper=Paper("free", PAPER.questions, None))
    assert sitting.remaining(at(9999)) is None
    assert not sitting.over(at(9999))


@pytest.mark.parametrize("did", ["answered", "flagged", "submitted", "resumed", "shown"])
def test_after_handing_in_nothing_changes(did: Did) -> None:
    """A submitted sitting takes no event more."""
    sitting = sat(SittingEvent("submitted", at(1)))
    assert sitting.phase is Phase.SUBMITTED
    assert sitting.over(at(1))
    with pytest.raises(Defect, match="submitted"):
        after(sitting, SittingEvent(did, at(2), 0, ("a",)))
