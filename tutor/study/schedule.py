"""What to review on which day, so that every claim is remembered on the day of an exam.

Days are counted from today (0) to the exam's (``days``): on each day before it at most ``cap`` claims are reviewed.
A claim is held when its recall on the exam's day is at least ``GOAL``; each review is supposed to be answered right.
What was planned and missed is simply planned anew: nothing is kept but the events.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from fsrs import Card, Rating, State

from tutor.study.answer import Act
from tutor.study.review import GOAL, ReviewCard, scheduler

FARTHEST = 730
"""Days ahead that are planned: two years, after which an exam is another one."""
_BEGAN = datetime(2000, 1, 1, tzinfo=UTC)  # only differences of days matter
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Target:
    """What the learner wants: an ``exam`` on a ``date`` (ISO), at most ``cap`` reviews a day; each may be None."""

    exam: str | None = None
    date: str | None = None
    cap: int | None = None


@dataclass(frozen=True)
class Schedule:
    """Claims by day, from today on. ``short`` are not held on the exam's day; ``enough`` is a cap that holds all.

    ``enough`` is None where no cap does (the exam is today).
    """

    days: tuple[tuple[str, ...], ...]
    held: tuple[str, ...]
    short: tuple[str, ...]
    enough: int | None


@dataclass(frozen=True)
class _Kept:
    """What is remembered of one claim: stability in days, difficulty, the day of the last review (negative: ago)."""

    stability: float = 0.0
    difficulty: float = 0.0
    last: int = 0

    def recall(self, day: int) -> float:
        return _recall(self.stability, max(0, day - self.last)) if self.stability else 0.0

    def reviewed(self, day: int) -> "_Kept":
        stability, difficulty = _after(self.stability, self.difficulty, max(0, day - self.last))
        return _Kept(stability, difficulty, day)


def target_of(acts: Iterable[Act]) -> Target:
    """What was set last."""
    target = Target()
    for act in acts:
        if act.what == "target set":
            target = replace(target, exam=act.item or None, date=act.detail or None)
        elif act.what == "cap set":
            target = replace(target, cap=int(act.detail) if act.detail else None)
    return target


def schedule(
    claims: Iterable[str],
    cards: Mapping[str, ReviewCard],
    now: datetime,
    days: int,
    cap: int | None,
    done: int = 0,
) -> Schedule:
    """Plan the reviews of ``claims``, asked or not, for an exam in so many days. A ``cap`` of None is none.

    ``done`` are the claims that were reviewed today already: today has so many fewer.
    """
    kept = {claim: _kept(cards.get(claim), now) for claim in dict.fromkeys(claims)}
    most = max(1, len(kept))
    plan, after = _planned(kept, days, most if cap is None else cap, 0 if cap is None else done)
    short = tuple(claim for claim, one in after.items() if one.recall(days) < GOAL)
    held = tuple(claim for claim in after if claim not in set(short))
    enough = cap if not short else _enough(kept, days, most) if days > 0 else None
    return Schedule(plan, held, short, enough)


def cram(claims: Iterable[str], cards: Mapping[str, ReviewCard], now: datetime, count: int) -> tuple[str, ...]:
    """The claims that are least remembered now, never met ones first: for practice that moves no card.

    Where that is alike, their order stays.
    """
    kept = {claim: _kept(cards.get(claim), now) for claim in dict.fromkeys(claims)}
    return tuple(sorted(kept, key=lambda claim: kept[claim].recall(0))[:count])


def _planned(
    kept: Mapping[str, _Kept], days: int, cap: int, done: int = 0
) -> tuple[tuple[tuple[str, ...], ...], Mapping[str, _Kept]]:
    standing, plan = dict(kept), []
    for day in range(days):
        chosen = _chosen(standing, day, days, cap if day else max(0, cap - done))
        plan.append(chosen)
        for claim in chosen:
            standing[claim] = standing[claim].reviewed(day)
    return tuple(plan), standing


def _chosen(standing: Mapping[str, _Kept], day: int, days: int, cap: int) -> tuple[str, ...]:
    """First what one review brings to the exam's day, then what is due, the least remembered first."""
    asking: list[tuple[bool, float, str]] = []  # where all is alike, the order of the claims stays
    for claim, one in standing.items():
        if one.recall(days) >= GOAL:
            continue
        holds = one.reviewed(day).recall(days) >= GOAL
        if holds or one.recall(day) < GOAL or _due(one, day):
            asking.append((not holds, one.recall(day), claim))
    return tuple(claim for _, _, claim in sorted(asking, key=lambda one: one[:2])[:cap])


def _due(one: _Kept, day: int) -> bool:
    return day - one.last >= max(1, round(one.stability))


def _enough(kept: Mapping[str, _Kept], days: int, most: int) -> int:
    """The least cap with which everything is held: a day before the exam, a review of everything always does it."""
    least, most = 1, most
    while least < most:
        middle = (least + most) // 2
        _, after = _planned(kept, days, middle)
        if all(one.recall(days) >= GOAL for one in after.values()):
            most = middle
        else:
            least = middle + 1
    return least


def _kept(card: ReviewCard | None, now: datetime) -> _Kept:
    if card is None or not card.stability:
        return _Kept()
    return _Kept(round(card.stability, 3), round(card.difficulty, 3), -max(0, (now - card.last_review).days))


@lru_cache(maxsize=100_000)
def _recall(stability: float, elapsed: int) -> float:
    return scheduler().get_card_retrievability(
        Card(card_id=1, stability=stability, last_review=_BEGAN), _BEGAN + elapsed * _DAY
    )


@lru_cache(maxsize=100_000)
def _after(stability: float, difficulty: float, elapsed: int) -> tuple[float, float]:
    """Stability and difficulty after a right answer; rounded, so that like cards are worked out once."""
    card = Card(card_id=1, due=_BEGAN)
    if stability:
        card = Card(card_id=1, state=State.Review, stability=stability, difficulty=difficulty, last_review=_BEGAN)
    card, _ = scheduler().review_card(card, Rating.Good, _BEGAN + elapsed * _DAY)
    return round(card.stability or 0.0, 3), round(card.difficulty or 0.0, 3)
