"""One sitting of a paper: a life cycle, events that are only ever added, and the state that follows from them.

Times are aware UTC and go forward only: a machine's clock that was set back does not give time back.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Literal

from tutor.errors import Defect
from tutor.study.answer import Confidence
from tutor.study.paper import Paper

SittingMode = Literal["exam", "practice"]
Did = Literal[
    "shown",
    "answered",
    "cleared",
    "flagged",
    "unflagged",
    "struck",
    "unstruck",
    "noted",
    "paused",
    "resumed",
    "submitted",
]


class Phase(Enum):
    """Where a sitting stands."""

    RUNNING = "running"
    PAUSED = "paused"
    SUBMITTED = "submitted"


_WORK: tuple[Did, ...] = (
    "shown", "answered", "cleared", "flagged", "unflagged", "struck", "unstruck", "noted",
)  # fmt: skip
_AFTER: Mapping[tuple[Phase, Did], Phase] = {
    **{(Phase.RUNNING, did): Phase.RUNNING for did in _WORK},
    (Phase.RUNNING, "paused"): Phase.PAUSED,
    (Phase.PAUSED, "resumed"): Phase.RUNNING,
    (Phase.RUNNING, "submitted"): Phase.SUBMITTED,
    (Phase.PAUSED, "submitted"): Phase.SUBMITTED,
}


@dataclass(frozen=True)
class SittingEvent:
    """What was done, at what time, to which question (its number from 0; None for the whole sitting).

    ``detail`` is what was chosen (option ids), the option that was struck out, or the note.
    """

    did: Did
    at: datetime
    question: int | None = None
    detail: Any = None
    confidence: Confidence | None = None


@dataclass(frozen=True)
class QuestionState:
    """How one question stands: what is chosen now, and everything the sitter marked on it."""

    seen: bool = False
    chosen: tuple[str, ...] = ()
    confidence: Confidence | None = None
    changes: int = 0  # answers that replaced another one
    flagged: bool = False
    struck: frozenset[str] = frozenset()
    note: str = ""
    milliseconds: int = 0  # while it was the one shown


@dataclass(frozen=True)
class Sitting:
    """A sitting as its events left it. ``shown`` is the number of the question that is on the screen."""

    id: str
    paper: Paper
    mode: SittingMode
    begun: datetime
    questions: tuple[QuestionState, ...]
    phase: Phase = Phase.RUNNING
    shown: int | None = None
    last: datetime | None = None
    paused_for: timedelta = field(default_factory=timedelta)

    @property
    def unanswered(self) -> tuple[int, ...]:
        """The numbers of the blanks, from 0."""
        return tuple(number for number, question in enumerate(self.questions) if not question.chosen)

    def remaining(self, now: datetime) -> timedelta | None:
        """The time that is left at ``now``, never negative; None where nothing limits it. It goes on after a crash."""
        if self.paper.minutes is None:
            return None
        at = self.last if self.phase is not Phase.RUNNING and self.last else max(now, self.last or now)
        left = timedelta(minutes=self.paper.minutes) - (at - self.begun - self.paused_for)
        return max(timedelta(0), left)

    def over(self, now: datetime) -> bool:
        """Whether it was handed in or its time is up."""
        return self.phase is Phase.SUBMITTED or self.remaining(now) == timedelta(0)


@dataclass(frozen=True)
class Seal:
    """What decided a question when the paper was composed: its text's hash, its key, its claims.

    A sitting is scored by its seals, so that a question that was changed since neither gains nor loses it anything.
    """

    content_hash: str
    key: tuple[str, ...]
    claims: tuple[str, ...]


@dataclass(frozen=True)
class SittingRecord:
    """A sitting as it is kept: how it began, what the questions were, and its events in order."""

    begun: Sitting
    seals: tuple[Seal, ...]
    events: tuple[SittingEvent, ...] = ()

    @property
    def now(self) -> Sitting:
        """How it stands. What its phase did not allow any more (two machines' events in one record) counts nothing."""
        sitting = self.begun
        for event in self.events:
            sitting = after(sitting, event) if allows(sitting, event.did) else sitting
        return sitting


def begin(sitting_id: str, paper: Paper, mode: SittingMode, at: datetime) -> Sitting:
    """A sitting that has just begun."""
    return Sitting(sitting_id, paper, mode, at, tuple(QuestionState() for _ in paper.questions), last=at)


def allows(sitting: Sitting, did: Did) -> bool:
    """Whether its phase and its mode allow this."""
    return (sitting.phase, did) in _AFTER and not (did == "paused" and sitting.mode == "exam")


def after(sitting: Sitting, event: SittingEvent) -> Sitting:
    """The sitting after one event more. Time that passes after the end counts for nothing.

    Raises ``Defect`` for an event that its phase, its mode or its paper does not allow.
    """
    if not allows(sitting, event.did):
        raise Defect(f"a {sitting.mode} sitting that is {sitting.phase.value} cannot be {event.did}")
    phase = _AFTER[sitting.phase, event.did]
    now = _within(sitting, max(event.at, sitting.last or event.at))
    passed = now - (sitting.last or now)
    questions = list(sitting.questions)
    if sitting.phase is Phase.RUNNING and sitting.shown is not None:
        before = questions[sitting.shown]
        spent = before.milliseconds + round(passed.total_seconds() * 1000)
        questions[sitting.shown] = replace(before, milliseconds=spent)
    if event.question is not None:
        questions[event.question] = _marked(questions[event.question], event)
    return replace(
        sitting,
        questions=tuple(questions),
        phase=phase,
        shown=event.question if event.did == "shown" else sitting.shown,
        last=now,
        paused_for=sitting.paused_for + (passed if sitting.phase is Phase.PAUSED else timedelta(0)),
    )


def replay(begun: Sitting, events: Iterable[SittingEvent]) -> Sitting:
    """The sitting after all its events, in their order."""
    for event in events:
        begun = after(begun, event)
    return begun


def _within(sitting: Sitting, at: datetime) -> datetime:
    """``at``, or the end of the time where that came first."""
    if sitting.paper.minutes is None or sitting.phase is not Phase.RUNNING:
        return at
    return min(at, sitting.begun + sitting.paused_for + timedelta(minutes=sitting.paper.minutes))


def _marked(question: QuestionState, event: SittingEvent) -> QuestionState:
    if event.did == "answered":
        chosen = tuple(event.detail)
        changed = question.changes + (bool(question.chosen) and set(chosen) != set(question.chosen))
        return replace(question, chosen=chosen, confidence=event.confidence, changes=changed)
    changes: Mapping[Did, dict[str, Any]] = {
        "shown": {"seen": True},
        "cleared": {"chosen": (), "confidence": None},
        "flagged": {"flagged": True},
        "unflagged": {"flagged": False},
        "struck": {"struck": question.struck | {event.detail}},
        "unstruck": {"struck": question.struck - {event.detail}},
        "noted": {"note": event.detail},
    }
    return replace(question, **changes[event.did])
