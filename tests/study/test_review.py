"""What is due: cards replayed from the events alone."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from fsrs import Rating
from hypothesis import given
from hypothesis import strategies as st

from tests.store.events import BEGAN, an_answer, an_attempt
from tutor.study.answer import Answer, Confidence
from tutor.study.review import cards, due, rating_of

DAY = timedelta(days=1)


def answered(
    days: float, *, right: bool = True, claim: str = "LIM-005", confidence: Confidence | None = None
) -> Answer:
    """An answer that many days after the beginning."""
    return replace(
        an_answer(),
        answered_at=BEGAN + days * DAY,
        chosen=("never", "billed") if right else ("late",),
        confidence=confidence,
        claims=(claim,),
    )


@pytest.mark.parametrize(
    ("right", "confidence", "rating"),
    [
        (True, None, Rating.Good),
        (True, "sure", Rating.Good),
        (True, "unsure", Rating.Hard),
        (True, "guess", Rating.Hard),
        (False, "sure", Rating.Again),
        (False, None, Rating.Again),
    ],
)
def test_a_lucky_guess_is_worth_less_than_knowing(right: bool, confidence: Confidence | None, rating: Rating) -> None:
    """The rating follows from correctness, and a right answer that was doubted comes back sooner."""
    assert rating_of(answered(0, right=right, confidence=confidence)) is rating


def test_nothing_answered_nothing_due() -> None:
    """A newcomer has no cards."""
    assert due(cards([], []), BEGAN) == ()


def test_what_was_right_twice_rests_for_days_and_then_comes_back() -> None:
    """A claim that was answered right on two days is not due on the next, and is due in the end."""
    remembered = cards([answered(0), answered(1)], [])
    assert due(remembered, BEGAN + 1.5 * DAY) == ()
    assert due(remembered, BEGAN + 60 * DAY) == ("LIM-005",)


def test_what_was_wrong_comes_back_before_what_was_right() -> None:
    """Of two claims asked at the same time the one that was wrong is due first."""
    remembered = cards([answered(0, claim="LIM-001"), answered(0, right=False, claim="LIM-009")], [])
    assert remembered["LIM-009"].due < remembered["LIM-001"].due
    assert due(remembered, BEGAN + DAY) == ("LIM-009", "LIM-001")


def test_a_claim_has_one_card_whatever_question_asked_it() -> None:
    """Two wordings of one claim are two reviews of one card."""
    remembered = cards([answered(0), replace(answered(1), question_id="limits/another")], [])
    assert list(remembered) == ["LIM-005"]
    assert (remembered["LIM-005"].asked, remembered["LIM-005"].right) == (2, 2)


def test_a_passed_lab_counts_as_practice_but_alone_asks_for_nothing() -> None:
    """A lab strengthens its claims' cards; a claim that no question has asked yet is never due."""
    passed = replace(an_attempt(), passed=True, solution_shown=False, claims=("LIM-005",))
    alone = cards([], [passed])
    assert (alone["LIM-005"].practised, alone["LIM-005"].asked) == (1, 0)
    assert due(alone, BEGAN + 900 * DAY) == ()
    asked = answered(-1)
    assert cards([asked], [passed])["LIM-005"].due > cards([asked], [])["LIM-005"].due


@pytest.mark.parametrize(("passed", "shown"), [(False, False), (True, True)])
def test_a_failed_or_copied_lab_is_no_practice(passed: bool, shown: bool) -> None:
    """A lab that failed, or passed after its solution had been shown, says nothing about memory."""
    assert cards([], [replace(an_attempt(), passed=passed, solution_shown=shown)]) == {}


@given(st.lists(st.tuples(st.integers(0, 400), st.booleans()), min_size=1, max_size=8), st.randoms())
def test_cards_depend_on_the_events_alone(events: list[tuple[int, bool]], random: Random) -> None:
    """The same answers in any order of reading give the same card: nothing is drawn, no clock is read."""
    answers = [answered(hours / 10, right=right) for hours, right in dict(events).items()]
    shuffled = list(answers)
    random.shuffle(shuffled)
    assert cards(answers, []) == cards(shuffled, [])
