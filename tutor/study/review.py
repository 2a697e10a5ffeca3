"""What is due for review: one card per claim, whatever wording it was asked in.

Cards are never stored. They are replayed from the answers and the passed labs by FSRS (the ``fsrs``
package with its defaults, without its random spread), so that the same events always give the same
cards. Source of the algorithm: https://github.com/open-spaced-repetition/py-fsrs.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import NamedTuple

from fsrs import Card, Rating, Scheduler

from tutor.study.answer import Answer, LabAttempt

GOAL = 0.9
"""The recall at which a claim is asked again, and that it should have on the day of an exam."""


@dataclass(frozen=True)
class ReviewCard:
    """What is remembered of one claim. Times are aware UTC; ``stability`` is in days, ``difficulty`` 1 to 10 (FSRS).

    ``asked`` and ``right`` count answers; ``practised`` counts passed labs.
    """

    claim_id: str
    due: datetime
    last_review: datetime
    stability: float
    asked: int
    right: int
    practised: int
    difficulty: float


class _Review(NamedTuple):
    at: datetime
    rating: Rating
    answer: Answer | None


def rating_of(answer: Answer) -> Rating:
    """Again for a wrong answer, Hard for a right one that was doubted, else Good."""
    if not answer.correct:
        return Rating.Again
    return Rating.Good if answer.confidence in (None, "sure") else Rating.Hard


def cards(answers: Iterable[Answer], attempts: Iterable[LabAttempt]) -> dict[str, ReviewCard]:
    """The card of every claim that was asked or practised, by claim id.

    A passed lab counts as a Good review of each of its claims, unless the solution had been shown.
    What was crammed moves no card.
    """
    reviews: dict[str, list[_Review]] = {}
    for answer in answers:
        if answer.mode == "cram":
            continue
        review = _Review(answer.answered_at.astimezone(UTC), rating_of(answer), answer)
        for claim_id in dict.fromkeys(answer.claims):
            reviews.setdefault(claim_id, []).append(review)
    for attempt in attempts:
        if attempt.passed and not attempt.solution_shown:
            review = _Review(attempt.attempted_at.astimezone(UTC), Rating.Good, None)
            for claim_id in dict.fromkeys(attempt.claims):
                reviews.setdefault(claim_id, []).append(review)
    return {claim_id: _replay(claim_id, of_claim) for claim_id, of_claim in reviews.items()}


def due(of_claims: Mapping[str, ReviewCard], now: datetime) -> tuple[str, ...]:
    """Claims whose card is due at ``now``, most overdue first.

    A claim that was practised in a lab but never asked waits until a question has asked it once.
    """
    waiting = [card for card in of_claims.values() if card.asked and card.due <= now]
    return tuple(card.claim_id for card in sorted(waiting, key=lambda card: (card.due, card.claim_id)))


def recall(card: ReviewCard, at: datetime) -> float:
    """The probability that the claim is remembered at ``at`` (FSRS's retrievability, in whole days)."""
    kept = Card(card_id=1, stability=card.stability or None, last_review=card.last_review)
    return scheduler().get_card_retrievability(kept, at)


@cache
def scheduler() -> Scheduler:
    """FSRS with its defaults and without its random spread."""
    return Scheduler(desired_retention=GOAL, enable_fuzzing=False)


def _replay(claim_id: str, reviews: list[_Review]) -> ReviewCard:
    in_order = sorted(reviews, key=lambda review: review.at)
    card = Card(card_id=1, due=in_order[0].at)
    for review in in_order:
        card, _ = scheduler().review_card(card, review.rating, review.at)
    asked = [review.answer for review in in_order if review.answer is not None]
    return ReviewCard(
        claim_id,
        card.due,
        in_order[-1].at,
        card.stability or 0.0,
        asked=len(asked),
        right=sum(answer.correct for answer in asked),
        practised=len(in_order) - len(asked),
        difficulty=card.difficulty or 0.0,
    )
