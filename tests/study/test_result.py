"""Results: all or nothing, no penalty, what was changed counts nothing, and what to look at first."""

from datetime import UTC, datetime, timedelta

import pytest

from tutor.study.blueprint import Blueprint, ContentDomain
from tutor.study.paper import Paper, PaperQuestion
from tutor.study.result import Result, estimated_scaled, result_of, walk
from tutor.study.score import Score
from tutor.study.sitting import Seal, SittingEvent, begin, replay

NOON = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
EXAM = Blueprint(
    "DVA-C03", "Developer", questions=65, minutes=130, scored=50, unscored=15, scale=(100, 1000), pass_mark=720,
    domains=(ContentDomain(1, "Development", 60), ContentDomain(2, "Security", 40)), as_of="2026-11-20", source="x",
)  # fmt: skip
KEYS = (("a",), ("a", "b"), ("c",), ("d",), ("a",))
DOMAINS = (1, 1, 2, 2, 2)
SEALS = tuple(Seal("hash", key, (f"LIM-00{number}",)) for number, key in enumerate(KEYS))


def sat(*events: SittingEvent, unscored: int | None = None, void: frozenset[int] = frozenset()) -> Result:
    questions = tuple(
        PaperQuestion(f"t/{number}", 0, ("a", "b", "c", "d"), number != unscored, domain)
        for number, domain in enumerate(DOMAINS)
    )
    sitting = replay(begin("one", Paper("mock", questions, 130, "DVA-C03"), "exam", NOON), events)
    return result_of(sitting, SEALS, EXAM, void)


def answered(number: int, *chosen: str, sure: str | None = None) -> SittingEvent:
    return SittingEvent("answered", NOON + timedelta(seconds=number), number, chosen, sure)  # type: ignore[arg-type]


def test_a_question_counts_whole_or_not_at_all() -> None:
    """Both right options in any order count; one of two, or two and a wrong one, count nothing."""
    assert sat(answered(1, "b", "a")).raw == Score(5, 1)
    assert sat(answered(1, "a")).raw == Score(5, 0)
    assert sat(answered(1, "a", "b", "c")).raw == Score(5, 0)


def test_a_wrong_answer_costs_no_more_than_a_blank() -> None:
    """Guessing never lowers the score."""
    blank, wrong = sat(answered(0, "a")), sat(answered(0, "a"), answered(2, "a"))
    assert blank.raw == wrong.raw == Score(5, 1)
    assert (blank.blank, wrong.blank) == ((1, 2, 3, 4), (1, 3, 4))


def test_the_last_answer_counts() -> None:
    """What was changed counts as it was left; what was cleared is blank."""
    assert sat(answered(0, "b"), answered(0, "a")).raw.right == 1
    assert sat(answered(0, "a"), SittingEvent("cleared", NOON, 0)).blank == (0, 1, 2, 3, 4)


def test_an_unscored_question_is_not_in_the_score() -> None:
    """It is marked, and teaches, but counts neither in the raw score nor in its domain."""
    result = sat(answered(0, "a"), answered(2, "c"), unscored=2)
    assert result.raw == Score(4, 1)
    assert result.by_domain == {1: Score(2, 1), 2: Score(2, 0)}
    assert result.by_claim["LIM-002"] == Score(1, 1)


def test_a_question_that_was_changed_counts_nothing_anywhere() -> None:
    """It is told as void, and is neither wrong, blank, slow nor part of any score."""
    result = sat(answered(0, "b", sure="sure"), void=frozenset({0, 3}))
    assert result.void == (0, 3)
    assert result.raw == Score(3, 0)
    assert result.by_domain == {1: Score(1, 0), 2: Score(2, 0)}
    assert set(result.by_claim) == {"LIM-001", "LIM-002", "LIM-004"}
    assert (result.sure_but_wrong, result.blank) == ((), (1, 2, 4))
    assert walk(result) == (1, 2, 4)


def test_the_walk_begins_with_what_was_sure_but_wrong() -> None:
    """Sure first, then unsure and what was not said, then guesses, then blanks; what was right is left out."""
    result = sat(answered(0, "b", sure="guess"), answered(1, "c", "d"), answered(2, "a", sure="sure"), answered(4, "a"))
    assert result.sure_but_wrong == (2,)
    assert walk(result) == (2, 1, 0, 3)


def test_slow_is_half_as_long_again_as_the_exam_s_pace() -> None:
    """At two minutes a question, more than three are slow."""
    shown = (
        SittingEvent("shown", NOON, 0),
        SittingEvent("shown", NOON + timedelta(seconds=180), 1),
        SittingEvent("shown", NOON + timedelta(seconds=361), 2),
    )
    assert sat(*shown).slow == (1,)


@pytest.mark.parametrize(("right", "scaled"), [(0, 100), (50, 1000), (34, 712), (35, 730)])
def test_the_scaled_score_is_a_line_over_the_scale(right: int, scaled: int) -> None:
    """720 is passed from 35 of 50 on, by the estimate that the exam facts name."""
    assert estimated_scaled(Score(50, right), (100, 1000)) == scaled


def test_nothing_asked_has_no_scaled_score() -> None:
    """A paper of which every question is void says nothing of anybody."""
    assert sat(void=frozenset(range(5))).scaled is None
