"""Readiness: the probability of passing an exam's Lambda part today, with its interval, from fresh answers alone.

The model. Every claim has a mastery, the probability that a question about it is answered right. The claims of a
content domain spread around the domain's level, the domains' levels around the learner's own, all as Beta distributions
with fixed spreads: what was answered in one place says something about the others, and less about those further away.
The exam asks ``scored`` questions by the blueprint's weights; it is passed from the first raw score whose estimated
scaled score reaches the pass mark (AWS does not publish its formula). What was not asked widens the interval.

Everything is summed over fixed grids: nothing is drawn, so that the same answers always give the same figures.
``make bench`` shows how the intervals hold for simulated learners of known mastery (part ``readiness``).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from math import ceil, comb, erf, exp, lgamma, log, sqrt

from tutor.study.answer import Answer
from tutor.study.blueprint import Blueprint
from tutor.study.paper import BankEntry
from tutor.study.review import GOAL, ReviewCard, recall

READY = 0.9
"""``ready`` only when the interval's lower end is at least this."""
INTERVAL = 0.9
WINDOW = 150
"""So many of the newest fresh answers count: what one knew long before says little about today."""
FRESH_AFTER = timedelta(days=60)
"""A question that was not seen for so long is fresh again."""
CHANCE = 0.25
"""What guessing gets: the mastery that is left of a claim that was forgotten."""

_LEVEL = (3.0, 1.5)  # Beta prior of the learner's level: people sit in front of a tutor at about two thirds
_DOMAIN_SPREAD, _CLAIM_SPREAD = 30.0, 6.0  # as so many answers: the greater, the closer together
_GRID = tuple((step + 0.5) / 40 for step in range(40))
_STEPS = 500


@dataclass(frozen=True)
class Readiness:
    """The probability of passing ``blueprint``, from ``low`` to ``high`` nine times in ten, from ``fresh`` answers."""

    blueprint: str
    probability: float
    low: float
    high: float
    fresh: int

    @property
    def ready(self) -> bool:
        """Whether even the interval's lower end is high enough."""
        return self.low >= READY


@dataclass(frozen=True)
class _Evidence:
    """What is known of one claim; ``kept`` is the share of its mastery above chance that was not forgotten since."""

    right: float = 0.0
    asked: float = 0.0
    kept: float = 1.0


def fresh(answers: Iterable[Answer]) -> tuple[Answer, ...]:
    """The newest answers to questions never seen before, or not for a long time. Cramming is left out."""
    seen: dict[str, datetime] = {}
    found = []
    for answer in sorted(answers, key=lambda one: one.answered_at):
        before = seen.get(answer.question_id)
        if answer.mode != "cram" and (before is None or answer.answered_at - before >= FRESH_AFTER):
            found.append(answer)
        seen[answer.question_id] = answer.answered_at
    return tuple(found[-WINDOW:])


def readiness(
    blueprint: Blueprint,
    bank: Iterable[BankEntry],
    answers: Iterable[Answer],
    cards: Mapping[str, ReviewCard],
    now: datetime,
) -> Readiness | None:
    """How ready these answers show one to be; None where no fresh answer says anything yet.

    An answer to a question of several claims is shared out among them, so that it counts once. One that is about no
    claim of this exam says nothing: what was imported, another exam's matter.
    """
    domains: dict[int, dict[str, _Evidence]] = {domain.number: {} for domain in blueprint.domains}
    covering = [entry for entry in bank if entry.domains.get(blueprint.name) in domains]
    asked = {claim for entry in covering for claim in entry.claims}
    met = fresh(answer for answer in answers if not asked.isdisjoint(answer.claims))
    if not met:
        return None
    evidence = _evidence(met, cards, now)
    for entry in covering:
        domains[entry.domains[blueprint.name]] |= {claim: evidence.get(claim, _Evidence()) for claim in entry.claims}
    mastery = _mastery(
        [(domain.weight / 100, Counter(domains[domain.number].values())) for domain in blueprint.domains]
    )
    passing = _passing(blueprint.scored, pass_score(blueprint))
    probability = sum(weight * passed for weight, passed in zip(mastery, passing, strict=True))
    low, high = (passing[_quantile(mastery, share)] for share in ((1 - INTERVAL) / 2, (1 + INTERVAL) / 2))
    return Readiness(blueprint.name, probability, low, high, len(met))


def pass_score(blueprint: Blueprint) -> int:
    """The first raw score whose estimated scaled score reaches the pass mark: 35 of 50 for 720 between 100 and 1000."""
    least, most = blueprint.scale
    return ceil(blueprint.scored * (blueprint.pass_mark - least) / (most - least))


def pass_probability(questions: int, wanted: int, mastery: float) -> float:
    """The probability of at least ``wanted`` right answers when each is right with the probability ``mastery``."""
    return sum(
        comb(questions, right) * mastery**right * (1 - mastery) ** (questions - right)
        for right in range(wanted, questions + 1)
    )


def _evidence(met: Iterable[Answer], cards: Mapping[str, ReviewCard], now: datetime) -> dict[str, _Evidence]:
    shares: dict[str, list[float]] = {}
    for answer in met:
        for claim in answer.claims:
            shares.setdefault(claim, [0.0, 0.0])
            shares[claim][0] += answer.correct / len(answer.claims)
            shares[claim][1] += 1 / len(answer.claims)
    return {
        claim: _Evidence(round(won, 6), round(of, 6), _kept(cards.get(claim), now))
        for claim, (won, of) in shares.items()
    }


def _kept(card: ReviewCard | None, now: datetime) -> float:
    """All of it until the card is due, and then as FSRS forgets it; rounded, so that like claims are one."""
    return 1.0 if card is None else round(min(1.0, recall(card, now) / GOAL), 2)


def _mastery(domains: Sequence[tuple[float, Counter[_Evidence]]]) -> list[float]:
    """How probable each step of the whole paper's mastery is (``_STEPS`` of them from 0 to 1)."""
    likelihoods = [[_likelihood(level, claims) for level in _GRID] for _, claims in domains]
    moments = [[_moments(level, claims) for level in _GRID] for _, claims in domains]
    steps = [0.0] * _STEPS
    weights, normals = [], []
    for at in range(len(_GRID)):
        weight, mean, variance = _beta_weights(*_LEVEL)[at], 0.0, 0.0
        for (share, _), likely, moment in zip(domains, likelihoods, moments, strict=True):
            evidence, of_domain, spread = _domain(_around(at), likely, moment)
            weight *= evidence
            mean += share * of_domain
            variance += share**2 * spread
        weights.append(weight)
        normals.append((mean, sqrt(variance)))
    whole = sum(weights)
    for weight, (mean, deviation) in zip(weights, normals, strict=True):
        if weight > whole * 1e-6:
            for step, mass in _spread(mean, deviation):
                steps[step] += weight / whole * mass
    total = sum(steps)
    return [step / total for step in steps]


def _domain(
    prior: Sequence[float], likely: Sequence[float], moments: Sequence[tuple[float, float]]
) -> tuple[float, float, float]:
    """For one level of the learner: how probable the domain's answers are, and its mastery's mean and variance."""
    weights = [before * now for before, now in zip(prior, likely, strict=True)]
    evidence = sum(weights)
    mean = sum(weight * at for weight, (at, _) in zip(weights, moments, strict=True)) / evidence
    square = sum(weight * (spread + at * at) for weight, (at, spread) in zip(weights, moments, strict=True)) / evidence
    return evidence, mean, max(square - mean * mean, 1e-9)


def _likelihood(level: float, claims: Counter[_Evidence]) -> float:
    a, b = _CLAIM_SPREAD * level, _CLAIM_SPREAD * (1 - level)
    return exp(
        sum(
            count * (_log_beta(a + one.right, b + one.asked - one.right) - _log_beta(a, b))
            for one, count in claims.items()
            if one.asked
        )
    )


def _moments(level: float, claims: Counter[_Evidence]) -> tuple[float, float]:
    """Mean and variance of the domain's mastery, the mean of its claims', where the domain's level is known."""
    number = sum(claims.values())
    if not number:
        return level, 0.0
    mean = variance = 0.0
    for one, count in claims.items():
        a, b = _CLAIM_SPREAD * level + one.right, _CLAIM_SPREAD * (1 - level) + one.asked - one.right
        of_claim = a / (a + b)
        mean += count * (CHANCE + (of_claim - CHANCE) * one.kept if of_claim > CHANCE else of_claim)
        variance += count * one.kept**2 * of_claim * (1 - of_claim) / (a + b + 1)
    return mean / number, variance / number**2


def _spread(mean: float, deviation: float) -> list[tuple[int, float]]:
    """A normal distribution's share in each step within four deviations."""
    first = max(0, int((mean - 4 * deviation) * _STEPS))
    last = min(_STEPS, int((mean + 4 * deviation) * _STEPS) + 1)
    below = [0.5 * (1 + erf((step / _STEPS - mean) / (deviation * sqrt(2)))) for step in range(first, last + 1)]
    return [(first + at, below[at + 1] - below[at]) for at in range(len(below) - 1)]


def _quantile(mastery: Sequence[float], share: float) -> int:
    below = 0.0
    for step, weight in enumerate(mastery):
        below += weight
        if below >= share:
            return step
    return len(mastery) - 1


@lru_cache
def _passing(questions: int, wanted: int) -> tuple[float, ...]:
    return tuple(pass_probability(questions, wanted, (step + 0.5) / _STEPS) for step in range(_STEPS))


@lru_cache
def _around(at: int) -> tuple[float, ...]:
    """How probable each level of a domain is, for a learner at this step of the grid."""
    return _beta_weights(_DOMAIN_SPREAD * _GRID[at], _DOMAIN_SPREAD * (1 - _GRID[at]))


@lru_cache
def _beta_weights(a: float, b: float) -> tuple[float, ...]:
    weights = [exp((a - 1) * log(at) + (b - 1) * log(1 - at) - _log_beta(a, b)) for at in _GRID]
    return tuple(weight / sum(weights) for weight in weights)


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)
