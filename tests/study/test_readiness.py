"""Readiness: the pass mark, which answers count, and an interval that narrows only with fresh answers."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.bench.readiness import BANK, EXAM
from tests.store.events import BEGAN, an_answer
from tutor.study.answer import Answer
from tutor.study.readiness import WINDOW, Readiness, fresh, pass_probability, pass_score, readiness
from tutor.study.review import cards

DAY = timedelta(days=1)


def answered(number: int, right: bool = True, days: float = 0) -> Answer:
    """An answer to one question of the bank."""
    return replace(
        an_answer(number, f"t/q{number}"),
        chosen=("never", "billed") if right else ("late",),
        claims=(f"C-{number}",),
        answered_at=BEGAN + days * DAY + timedelta(minutes=number),
    )


def judged(answers: list[Answer], days: float = 1) -> Readiness:
    """The readiness that many days after the beginning."""
    found = readiness(EXAM, BANK, answers, cards(answers, []), BEGAN + days * DAY)
    assert found is not None
    return found


def test_the_pass_mark_is_35_of_50() -> None:
    """720 between 100 and 1000 is the first raw score at or above 68.9 %."""
    assert pass_score(EXAM) == 35


@pytest.mark.parametrize(("mastery", "passes"), [(0.72, 0.69), (0.75, 0.84), (0.78, 0.93), (0.80, 0.97), (0.85, 0.998)])
def test_an_exam_of_fifty_questions_is_noisy(mastery: float, passes: float) -> None:
    """The probability of passing at a known mastery is the binomial's, as published beside the aims."""
    assert pass_probability(50, 35, mastery) == pytest.approx(passes, abs=0.006)


def test_without_an_answer_nothing_is_said() -> None:
    """A newcomer gets no figure at all."""
    assert readiness(EXAM, BANK, [], {}, BEGAN) is None


def test_a_question_seen_again_soon_is_not_fresh() -> None:
    """Only the first answer to a question counts, until it was not seen for a long time; cramming never does."""
    again = [answered(1), answered(1, days=30), answered(1, days=95), replace(answered(2), mode="cram")]
    assert fresh(again) == (again[0], again[2])


def test_only_the_newest_answers_count() -> None:
    """What was known long before is left out."""
    answers = [answered(number) for number in range(WINDOW + 10)]
    assert fresh(answers) == tuple(answers[10:])


def test_what_is_about_no_claim_of_the_exam_says_nothing() -> None:
    """Imported questions and another exam's matter give no figure, and push no answer out of the newest."""
    foreign = [
        replace(answered(number, days=0.5), question_id=f"imported/q{number}", claims=("X-1",) * (number % 2))
        for number in range(WINDOW)
    ]
    assert readiness(EXAM, BANK, foreign, {}, BEGAN) is None
    own = [answered(number) for number in range(40)]
    assert judged([*own, *foreign]) == judged(own)


def test_few_right_answers_make_nobody_ready() -> None:
    """Ten right answers of ten leave a wide interval; a hundred of a hundred make ready."""
    few = judged([answered(number) for number in range(10)])
    many = judged([answered(number) for number in range(100)])
    assert not few.ready
    assert many.ready
    assert few.high - few.low > 10 * (many.high - many.low)
    assert few.low <= few.probability <= few.high


def test_wrong_answers_lower_it() -> None:
    """Half of the answers right is far from passing."""
    half = judged([answered(number, right=number % 2 == 0) for number in range(60)])
    assert half.high < 0.2


def test_one_answer_about_two_claims_counts_once() -> None:
    """A question of two claims says no more than a question of one."""
    bank = [replace(entry, claims=(*entry.claims, f"{entry.claims[0]}b")) for entry in BANK]
    double = [replace(answered(number), claims=(f"C-{number}", f"C-{number}b")) for number in range(5)]
    two = readiness(EXAM, bank, double, {}, BEGAN + DAY)
    assert two is not None
    assert two.low == pytest.approx(judged([answered(number) for number in range(5)]).low, abs=0.1)


def test_what_is_forgotten_lowers_it() -> None:
    """The same answers say less after half a year without any review."""
    answers = [answered(number, right=number % 10 != 0) for number in range(80)]
    assert judged(answers, days=180).probability < judged(answers, days=1).probability - 0.05


def test_domains_without_answers_keep_it_open() -> None:
    """Sixty right answers in one content domain alone leave the interval wider than sixty over all of them."""
    one = [entry for entry in BANK if entry.domains["DVA-C03"] == 1][:60]
    alone = judged([answered(int(entry.id.removeprefix("t/q"))) for entry in one])
    spread = judged([answered(number) for number in range(60)])
    assert alone.low < spread.low
