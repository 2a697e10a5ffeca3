"""Progress in words, and scores."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.fakes.shelf import a_claim
from tests.store.events import BEGAN, an_answer
from tutor.study.course import LessonEntry
from tutor.study.progress import Done, marks_of
from tutor.study.review import ReviewCard
from tutor.study.score import Score, by_domain
from tutor.study.standing import of_claims, of_domains, of_labs, of_lesson

LESSON = LessonEntry("u/one", "One", 5, (("u/one/a", "Lab A"), ("u/one/b", "Lab B")), ("t/q1", "t/q2"), ())
SO_FAR = Done(frozenset({"u/one"}), frozenset(), frozenset({"u/one/a"}), frozenset({"t/q1"}), frozenset({"t/q1"}))


def a_card(claim_id: str, due_in: timedelta, asked: int = 2) -> ReviewCard:
    return ReviewCard(claim_id, BEGAN + due_in, BEGAN, 3.0, asked=asked, right=1, practised=0, difficulty=5.0)


def test_a_lesson_says_what_is_done_and_what_is_open() -> None:
    """Status and reason follow from the marks."""
    item = of_lesson(LESSON, marks_of(LESSON, SO_FAR))
    assert (item.id, item.status, item.why) == (
        "u/one", "begun", "text read, 1 of 2 labs passed, 1 of 2 questions right",
    )  # fmt: skip
    assert [(lab.id, lab.status, lab.why) for lab in of_labs(LESSON, marks_of(LESSON, SO_FAR))] == [
        ("u/one/a", "done", "passed"),
        ("u/one/b", "not yet", "not opened yet"),
    ]


def test_scores_go_to_every_domain_that_covers_the_question() -> None:
    """A question that two exams cover counts for both; one that none covers, or that is gone, for none."""
    answers = [an_answer(), replace(an_answer(), chosen=()), an_answer(0, "t/gone"), an_answer(0, "t/none")]
    scores = by_domain(answers, {"limits/timeout-kills": {"SAA-C03": 3, "DVA-C02": 1}, "t/none": {}})
    assert scores == {("DVA-C02", 1): Score(2, 1), ("SAA-C03", 3): Score(2, 1)}
    assert [(item.id, item.why) for item in of_domains(scores)] == [
        ("DVA-C02/1", "1 of 2 answers right"),
        ("SAA-C03/3", "1 of 2 answers right"),
    ]


def test_claims_come_by_urgency() -> None:
    """What is due comes first, then what is remembered, then what was practised or never asked."""
    claims = [a_claim(f"LIM-00{number}", None, {}) for number in range(5)]
    cards = {
        "LIM-003": a_card("LIM-003", timedelta(days=-3)),
        "LIM-002": a_card("LIM-002", timedelta(hours=-5)),
        "LIM-001": a_card("LIM-001", timedelta(minutes=1)),
        "LIM-004": a_card("LIM-004", timedelta(days=9), asked=0),
        "GONE-001": a_card("GONE-001", timedelta(days=-9)),
    }
    items = of_claims(claims, cards, ("GONE-001", "LIM-003", "LIM-002"), BEGAN)
    assert [(item.id, item.status, item.why) for item in items] == [
        ("LIM-003", "due", "1 of 2 right, due 3 days ago"),
        ("LIM-002", "due", "1 of 2 right, due 5 hours ago"),
        ("LIM-001", "remembered", "1 of 2 right, due in 1 minute"),
        ("LIM-004", "practised", "practised in a lab, not asked yet"),
        ("LIM-000", "not asked yet", "no question has asked it"),
    ]


@pytest.mark.parametrize(
    ("ahead", "says"),
    [
        (timedelta(seconds=59), "less than a minute"),
        (timedelta(seconds=60), "1 minute"),
        (timedelta(minutes=119), "119 minutes"),
        (timedelta(minutes=120), "2 hours"),
        (timedelta(hours=47), "47 hours"),
        (timedelta(hours=48), "2 days"),
    ],
)
def test_a_time_ahead_is_said_in_its_largest_unit(ahead: timedelta, says: str) -> None:
    """Nobody is told of zero minutes or of 2,880."""
    (item,) = of_claims([a_claim("LIM-001", None, {})], {"LIM-001": a_card("LIM-001", ahead)}, (), BEGAN)
    assert item.why == f"1 of 2 right, due in {says}"


def test_a_claim_never_asked_has_no_numbers() -> None:
    """An item without a card has nothing to count."""
    (item,) = of_claims([a_claim("LIM-000", None, {})], {}, (), BEGAN)
    assert item.more == {}
