"""Item statistics: figures only where there are answers enough, and what they are."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.store.events import BEGAN, an_answer
from tutor.study.answer import Answer
from tutor.study.item_statistics import apart, item_statistics


def answered(question: str, right: bool, wrong: str = "late", at: int = 0) -> Answer:
    """A right or wrong answer."""
    chosen = ("never", "billed") if right else (wrong,)
    return replace(an_answer(at, question), chosen=chosen, answered_at=BEGAN + timedelta(minutes=at))


def test_few_answers_give_no_figure() -> None:
    """Nine answers have no facility, and it is said what is missing."""
    (item,) = item_statistics([[answered("q", True, at=number) for number in range(9)]])
    assert (item.facility, item.discrimination, item.used) == (None, None, None)
    assert "facility from 10 answers" in item.told


def test_one_learner_alone_has_every_answer_counted() -> None:
    """Twenty answers of one learner have a share of right ones and the use of options, never a discrimination."""
    answers = [answered("q", number % 4 != 0, at=number) for number in range(20)]
    (item,) = item_statistics([answers])
    assert item.facility == pytest.approx(0.75)
    assert item.used == {"late": 5, "never": 15, "billed": 15}
    assert item.discrimination is None
    assert item.told == "too few for discrimination from 30 learners"


def test_a_class_counts_first_answers_only() -> None:
    """Of several learners each one's first answer counts, however often they tried again; cramming never does."""
    learner = [answered("q", False, at=0), answered("q", True, at=1), answered("q", True, at=2)]
    crammed = [replace(answered("q", True), mode="cram"), answered("q", False, at=1)]
    (item,) = item_statistics([*([learner] * 11), crammed])
    assert (item.answers, item.facility) == (12, 0.0)


def test_an_option_that_nobody_chooses_is_idle() -> None:
    """A wrong option below one in twenty is named; a right one never."""
    (item,) = item_statistics([[answered("q", True, at=number) for number in range(40)]])
    assert item.idle == ("late",)


def test_discrimination_is_the_correlation_with_the_rest() -> None:
    """A question that the strong alone get right has 1, one that everybody gets right has none."""
    strong = [answered("hard", True), answered("a", True), answered("b", True), answered("easy", True)]
    weak = [answered("hard", False), answered("a", False), answered("b", False), answered("easy", True)]
    found = {item.question_id: item for item in item_statistics([*([strong] * 15), *([weak] * 15)])}
    assert found["hard"].discrimination == pytest.approx(1.0)
    assert found["easy"].discrimination is None
    fewer = {item.question_id: item for item in item_statistics([*([strong] * 15), *([weak] * 14)])}
    assert fewer["hard"].discrimination is None


def test_a_correlation_that_cannot_be_is_said() -> None:
    """Thirty learners who all answered alike, or nothing else, tell nobody apart."""
    alike = [answered("q", True), answered("r", True)]
    found = item_statistics([alike] * 30)
    assert all(item.discrimination is None and "no discrimination" in item.told for item in found)
    (alone,) = item_statistics([[answered("q", number % 2 == 0)] for number in range(30)])
    assert "no discrimination" in alone.told


def test_one_person_in_two_files_is_one_learner() -> None:
    """Progress as of last week and as of today has answers in common; two people have none."""
    week, today = [answered("q", False, at=0)], [answered("q", False, at=0), answered("r", True, at=5)]
    other = [answered("q", False, at=3)]
    learners = apart([week, other, today, []])
    assert len(learners) == 2
    assert sorted(len(answers) for answers in learners) == [1, 2]
