"""The result of a sitting, from what was chosen and what was right. All or nothing for each question, no penalty."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tutor.study.blueprint import Blueprint
from tutor.study.score import Score
from tutor.study.sitting import Seal, Sitting

SURE_FIRST = {"sure": 0, "unsure": 1, "guess": 2, None: 1}
SLOW_FACTOR = 1.5
"""A question is slow when it took so many times the exam's pace (three minutes, where that is two)."""


@dataclass(frozen=True)
class Marked:
    """One question after the end. ``number`` counts from 0; ``void`` where it was changed since and counts nothing."""

    number: int
    question_id: str
    right: bool
    blank: bool
    scored: bool
    void: bool
    sure: str | None
    seconds: float
    domain: int | None
    claims: tuple[str, ...]
    flagged: bool


@dataclass(frozen=True)
class Result:
    """What a sitting came to. ``scaled`` is an estimate, None without a scale; ``slow`` and the rest are numbers."""

    marked: tuple[Marked, ...]
    raw: Score
    scaled: int | None
    by_domain: Mapping[int, Score]
    by_claim: Mapping[str, Score]
    sure_but_wrong: tuple[int, ...]
    slow: tuple[int, ...]
    blank: tuple[int, ...]
    void: tuple[int, ...]


def estimated_scaled(raw: Score, scale: tuple[int, int]) -> int | None:
    """A straight line from the least to the most of the scale: an estimate, for AWS does not publish its formula."""
    if not raw.asked:
        return None
    least, most = scale
    return round(least + (most - least) * raw.right / raw.asked)


def result_of(
    sitting: Sitting, seals: Sequence[Seal], blueprint: Blueprint | None, void: frozenset[int] = frozenset()
) -> Result:
    """The result. ``void`` are the numbers of questions that were changed since the paper was composed."""
    marked = tuple(_marked(sitting, number, seal, number in void) for number, seal in enumerate(seals))
    counted = [one for one in marked if one.scored and not one.void]
    raw = _score(counted)
    pace = blueprint.seconds_a_question if blueprint else 120.0
    domains = sorted({one.domain for one in counted if one.domain is not None})
    claims = sorted({claim for one in marked if not one.void for claim in one.claims})
    wrong = [one for one in marked if not one.right and not one.blank and not one.void]
    return Result(
        marked=marked,
        raw=raw,
        scaled=estimated_scaled(raw, blueprint.scale) if blueprint else None,
        by_domain={domain: _score([one for one in counted if one.domain == domain]) for domain in domains},
        by_claim={claim: _score([one for one in marked if claim in one.claims and not one.void]) for claim in claims},
        sure_but_wrong=tuple(one.number for one in wrong if one.sure == "sure"),
        slow=tuple(one.number for one in marked if one.seconds > SLOW_FACTOR * pace and not one.void),
        blank=tuple(one.number for one in marked if one.blank and not one.void),
        void=tuple(sorted(void)),
    )


def walk(result: Result) -> tuple[int, ...]:
    """The order in which to look at what went wrong: what one was sure of first, then doubts, guesses, blanks."""
    wrong = [one for one in result.marked if not one.right and not one.void]
    return tuple(one.number for one in sorted(wrong, key=lambda one: (one.blank, SURE_FIRST[one.sure], one.number)))


def _marked(sitting: Sitting, number: int, seal: Seal, void: bool) -> Marked:
    question, asked = sitting.questions[number], sitting.paper.questions[number]
    return Marked(
        number=number,
        question_id=asked.question_id,
        right=bool(question.chosen) and sorted(question.chosen) == sorted(seal.key),
        blank=not question.chosen,
        scored=asked.scored,
        void=void,
        sure=question.confidence,
        seconds=question.milliseconds / 1000,
        domain=asked.domain,
        claims=seal.claims,
        flagged=question.flagged,
    )


def _score(marked: Sequence[Marked]) -> Score:
    return Score(len(marked), sum(one.right for one in marked))
