"""The schedule: every claim remembered on the exam's day, never more than the cap, and said where that cannot be."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.store.events import BEGAN, an_answer
from tutor.study.answer import Act
from tutor.study.review import GOAL, cards, recall
from tutor.study.schedule import Schedule, Target, cram, schedule, target_of

CLAIMS = tuple(f"C-{number}" for number in range(100))
DAY = timedelta(days=1)


def replayed(planned: Schedule, days: int) -> dict[str, float]:
    """The recall on the exam's day of every claim, had each review of the plan been answered right."""
    answers = [
        replace(an_answer(), claims=(claim,), answered_at=BEGAN + day * DAY, confidence=None)
        for day, claims in enumerate(planned.days)
        for claim in claims
    ]
    return {claim: recall(card, BEGAN + days * DAY) for claim, card in cards(answers, []).items()}


@given(st.integers(2, 120), st.integers(1, 60))
@settings(max_examples=30, deadline=None)
def test_never_more_than_the_cap(days: int, cap: int) -> None:
    """Each day has as many reviews as the cap at most, and no claim twice; every claim is either held or short."""
    planned = schedule(CLAIMS, {}, BEGAN, days, cap)
    assert len(planned.days) == days
    assert all(len(claims) <= cap and len(set(claims)) == len(claims) for claims in planned.days)
    assert sorted((*planned.held, *planned.short)) == sorted(CLAIMS)


@pytest.mark.parametrize("days", [3, 10, 29, 60, 200])
def test_what_is_held_is_remembered_on_the_day(days: int) -> None:
    """FSRS itself, given the plan's reviews, says 0.90 or better on the exam's day for at least 95 % of the claims."""
    planned = schedule(CLAIMS, {}, BEGAN, days, 50)
    found = replayed(planned, days)
    held = [claim for claim in planned.held if found[claim] >= GOAL - 0.01]
    assert not planned.short
    assert len(held) >= 0.95 * len(CLAIMS)


def test_a_cap_that_is_too_small_is_told_with_one_that_is_not() -> None:
    """With three days and five a day most claims are short; the cap that is named holds all, one less does not."""
    planned = schedule(CLAIMS, {}, BEGAN, 3, 5)
    assert planned.short
    assert planned.enough is not None
    assert not schedule(CLAIMS, {}, BEGAN, 3, planned.enough).short
    assert schedule(CLAIMS, {}, BEGAN, 3, planned.enough - 1).short


def test_on_the_day_itself_nothing_can_be_planned() -> None:
    """Without a day left there is no plan and no cap that would help."""
    planned = schedule(CLAIMS, {}, BEGAN, 0, 10)
    assert (planned.days, planned.enough, len(planned.short)) == ((), None, len(CLAIMS))


def test_what_will_be_remembered_anyway_is_left_alone() -> None:
    """A claim whose memory lasts beyond the exam is not reviewed again."""
    reviewed = [replace(an_answer(), claims=("C-1",), answered_at=BEGAN + day * DAY) for day in (-60, -50, -20, 0)]
    planned = schedule(("C-1", "C-2"), cards(reviewed, []), BEGAN, 5, 10)
    assert not any("C-1" in claims for claims in planned.days)
    assert planned.held == ("C-1", "C-2")


def test_the_newest_act_holds() -> None:
    """A target and a cap can be set again, and taken away."""
    acts = [Act("target set", "DVA-C03", "2026-12-20", BEGAN), Act("cap set", "", "20", BEGAN)]
    assert target_of(acts) == Target("DVA-C03", "2026-12-20", 20)
    assert target_of([*acts, Act("cap set", "", "5", BEGAN)]).cap == 5
    assert target_of([*acts, Act("target set", "", "", BEGAN), Act("cap set", "", "", BEGAN)]) == Target()


def test_cramming_takes_what_is_least_remembered() -> None:
    """Claims that were never met come first, then those that faded most."""
    old = replace(an_answer(), claims=("C-1",), answered_at=BEGAN - 40 * DAY)
    new = replace(an_answer(), claims=("C-2",), answered_at=BEGAN - DAY)
    assert cram(("C-2", "C-1", "C-3"), cards([old, new], []), BEGAN, 2) == ("C-3", "C-1")


def test_cramming_moves_no_card() -> None:
    """Whatever is crammed, the cards stay as they were."""
    learnt = [replace(an_answer(), answered_at=BEGAN)]
    crammed = [replace(an_answer(number), mode="cram", chosen=()) for number in range(1, 9)]
    assert cards([*learnt, *crammed], []) == cards(learnt, [])
    assert cards(crammed, []) == {}
