"""How honest readiness is: simulated learners of known mastery, whose true probability of passing can be computed.

The learners are not made by the model that judges them: levels, domains and claims spread normally on the logit scale.
They answer so many fresh questions of a bank as large as ours is meant to be; then they sit one exam.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from math import exp
from random import Random
from statistics import mean

from tests.bench.functions import told
from tests.bench.table import Row
from tutor.study.answer import Answer
from tutor.study.blueprint import Blueprint, ContentDomain
from tutor.study.paper import BankEntry
from tutor.study.readiness import Readiness, pass_probability, pass_score, readiness

LEARNERS = 2_000
ANSWERS = (5, 15, 30, 60, 100, 150)
_LEVEL, _DOMAINS, _CLAIMS = (0.9, 0.8), 0.35, 0.8  # logits: mean and deviation of levels, deviations within
_NOW = datetime(2026, 12, 1, tzinfo=UTC)
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
    source="https://docs.aws.amazon.com/aws-certification/",
)
BANK = tuple(
    BankEntry(f"t/q{n}", "t", (f"C-{n}",), {"DVA-C03": (1, 1, 1, 2, 2, 3, 3, 4, 4, 4)[n % 10]}, 2, 1, ("a", "b"), 1)
    for n in range(200)
)


def rows(rounds: int) -> Iterator[Row]:  # the same for every part
    """Coverage of the 90 % interval, alone by the number of answers too; Brier scores beside two naive forecasts."""
    chance = Random(20261201)
    held: dict[int, list[bool]] = {size: [] for size in ANSWERS}
    ours, average, plugged, ready = [], [], [], []
    for learner in range(LEARNERS):
        if learner % 500 == 0:
            told(f"readiness: learner {learner} of {LEARNERS}")
        size = ANSWERS[learner % len(ANSWERS)]
        mastery = _mastery(chance)
        answers = _answers(mastery, size, chance)
        found = readiness(EXAM, BANK, answers, {}, _NOW)
        assert found is not None
        passing = _passing(mastery)
        held[size].append(found.low - 1e-9 <= passing <= found.high + 1e-9)
        passed = chance.random() < passing
        right = mean(answer.correct for answer in answers)
        ours.append((found.probability - passed) ** 2)
        average.append((right - passed) ** 2)
        plugged.append((pass_probability(EXAM.scored, pass_score(EXAM), right) - passed) ** 2)
        ready += [passing] if found.ready else []
    yield from _coverage(held)
    yield _one("readiness: Brier score", mean(ours), "the average of right answers", mean(average), 1.0)
    yield _one("readiness: Brier score", mean(ours), "that average, put into the binomial", mean(plugged), 1.0)
    yield Row(f"readiness: true probability of those {len(ready)} called ready", "%", [100 * one for one in ready])


def _coverage(held: Mapping[int, list[bool]]) -> Iterator[Row]:
    whole = 100 * mean(one for size in held.values() for one in size)
    yield Row(
        f"readiness: truth in the 90 % interval, {LEARNERS} learners", "%", [whole], aim=88, judged="p50", at_least=True
    )
    yield Row("readiness: the same, no interval wider than it must be", "%", [whole], aim=92, judged="p50")
    for size, of_size in held.items():
        yield Row(f"readiness: truth in the interval after {size} answers", "%", [100 * mean(of_size)])


def _one(name: str, value: float, baseline: str, against: float, aim: float) -> Row:
    return Row(name, "", [value], baseline, [against], aim)


def _mastery(chance: Random) -> dict[str, float]:
    level = chance.gauss(*_LEVEL)
    domains = {number: level + chance.gauss(0, _DOMAINS) for number in range(1, 5)}
    return {
        entry.claims[0]: 1 / (1 + exp(-domains[entry.domains["DVA-C03"]] - chance.gauss(0, _CLAIMS))) for entry in BANK
    }


def _passing(mastery: Mapping[str, float]) -> float:
    """The true probability: each domain asks its share of questions, each about any of its claims."""
    by_right = [1.0]
    for number, questions in EXAM.shares(EXAM.scored).items():
        level = mean(mastery[entry.claims[0]] for entry in BANK if entry.domains["DVA-C03"] == number)
        for _ in range(questions):
            by_right = [
                (by_right[n] if n < len(by_right) else 0) * (1 - level) + (by_right[n - 1] * level if n else 0)
                for n in range(len(by_right) + 1)
            ]
    return sum(by_right[pass_score(EXAM) :])


def _answers(mastery: Mapping[str, float], size: int, chance: Random) -> list[Answer]:
    began = _NOW - timedelta(days=1)
    return [
        Answer(
            question_id=entry.id,
            content_hash="",
            seed=0,
            option_order=("a", "b"),
            chosen=("a",) if chance.random() < mastery[entry.claims[0]] else ("b",),
            key=("a",),
            scoring_rule="all-or-nothing",
            confidence=None,
            milliseconds=60_000,
            mode="exam",
            answered_at=began + timedelta(minutes=at),
            claims=entry.claims,
        )
        for at, entry in enumerate(chance.sample(BANK, size))
    ]


__all__ = ["BANK", "EXAM", "Readiness", "rows"]
