"""Papers: the blueprint's weights, no question twice, neighbours of different topics, the same from the same seed."""

from collections import Counter
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.study.blueprint import Blueprint, ContentDomain
from tutor.study.paper import BankEntry, Shortage, choice, mock, select, weakest

EXAM = Blueprint(
    name="DVA-C03",
    title="Developer",
    questions=65,
    minutes=130,
    scored=50,
    unscored=15,
    scale=(100, 1000),
    pass_mark=720,
    domains=tuple(ContentDomain(n, f"domain {n}", w) for n, w in ((1, 30), (2, 26), (3, 22), (4, 22))),
    as_of="2026-11-20",
    source="https://docs.aws.amazon.com/exam",
)


def entry(number: int, domain: int | None = 1, topic: str = "limits", difficulty: int = 1) -> BankEntry:
    domains = {} if domain is None else {"DVA-C03": domain}
    return BankEntry(f"{topic}/q{number}", topic, (f"C-{number}",), domains, difficulty, 3, ("a", "b", "c", "d"), 1)


BANK = [entry(number, number % 4 + 1, f"t{number % 7}") for number in range(200)]


def test_a_mock_keeps_the_weights_and_repeats_nothing() -> None:
    """65 questions: 20, 17, 14 and 14 by domain, 50 of them scored, 130 minutes, every question once."""
    paper = mock(EXAM, BANK, Random(1))
    assert Counter(question.domain for question in paper.questions) == {1: 20, 2: 17, 3: 14, 4: 14}
    assert len({question.question_id for question in paper.questions}) == 65
    assert sum(question.scored for question in paper.questions) == 50
    assert (paper.minutes, paper.shortages) == (130, ())


def test_a_bank_that_is_too_small_is_told_by_how_much() -> None:
    """What is missing is said by domain; the paper has what there is, at the exam's pace."""
    bank = [entry(number, 1) for number in range(30)] + [entry(100 + number, 2) for number in range(5)]
    paper = mock(EXAM, bank, Random(1))
    assert paper.shortages == (Shortage(2, 17, 5), Shortage(3, 14, 0), Shortage(4, 14, 0))
    assert len(paper.questions) == 25
    assert paper.minutes == 50
    assert sum(question.scored for question in paper.questions) == 19


@given(st.integers(0, 500))
def test_the_same_seed_gives_the_same_paper(seed: int) -> None:
    """A paper can be composed again from its seed; options are a permutation of the authored ones."""
    paper = mock(EXAM, BANK, Random(seed))
    assert paper == mock(EXAM, list(reversed(BANK)), Random(seed))
    assert all(sorted(question.option_order) == ["a", "b", "c", "d"] for question in paper.questions)
    assert all(0 <= question.seed < 3 for question in paper.questions)


@given(st.integers(0, 500), st.lists(st.sampled_from("abc"), min_size=1, max_size=20))
def test_neighbours_differ_in_topic_where_that_can_be(seed: int, topics: list[str]) -> None:
    """No topic follows itself unless it has more than half of what is left."""
    bank = [entry(number, topic=topic) for number, topic in enumerate(topics)]
    order = [
        question.question_id.partition("/")[0] for question in choice("x", bank, len(bank), Random(seed)).questions
    ]
    most = Counter(topics).most_common(1)[0][1]
    same = sum(one == other for one, other in pairwise(order))
    assert same == max(0, most - (len(topics) - most) - 1)


def test_a_choice_is_of_topics_claims_and_difficulty() -> None:
    """Topics and claims add up, difficulty narrows; nothing named is everything."""
    bank = [entry(1, topic="vpc"), entry(2, topic="limits", difficulty=3), entry(3, topic="limits")]
    assert select(bank) == tuple(bank)
    assert select(bank, topics=["vpc"], claims=["C-2"]) == (bank[0], bank[1])
    assert select(bank, topics=["limits"], difficulty=3) == (bank[1],)
    assert choice("x", bank, 5, Random(1)).shortages == (Shortage(None, 5, 3),)


def test_the_weakest_claims_come_first() -> None:
    """A claim never met is the weakest of all; a question is as weak as its weakest claim."""
    bank = [entry(number) for number in range(4)]
    strength = {"C-0": 0.9, "C-1": 0.2, "C-2": 0.5}
    chosen = {question.question_id for question in weakest("x", bank, strength, 2, Random(3)).questions}
    assert chosen == {"limits/q1", "limits/q3"}


@pytest.mark.parametrize("questions", range(1, 131))
def test_shares_lose_no_question(questions: int) -> None:
    """Whatever the size, the domains' shares add up to it, and none is off by a whole question."""
    shares = EXAM.shares(questions)
    assert sum(shares.values()) == questions
    assert all(abs(shares[one.number] - questions * one.weight / 100) < 1 for one in EXAM.domains)


def test_what_was_asked_least_comes_first() -> None:
    """A second paper repeats nothing of the first while the bank has other questions, and as little as can be after."""
    first = {question.question_id for question in mock(EXAM, BANK, Random(1)).questions}
    again = [question.question_id for question in mock(EXAM, BANK, Random(1), dict.fromkeys(first, 1)).questions]
    assert len(set(again)) == len(again) == len(first)
    for number, wanted in EXAM.shares(EXAM.questions).items():
        pool = {entry.id for entry in BANK if entry.domains.get(EXAM.name) == number}
        assert len(pool & first & set(again)) == max(0, 2 * wanted - len(pool))
