"""What the learner did, as append-only events. Nothing here is ever a counter."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Confidence = Literal["guess", "unsure", "sure"]
Mode = Literal["quiz", "practice", "exam", "review", "cram"]
"""How a question came up. What was crammed moves no review card and counts for no readiness."""

ScoringRule = Literal["all-or-nothing"]


@dataclass(frozen=True)
class Answer:
    """One answered question. ``option_order`` is the order shown; ids throughout, never letters.

    ``answered_at`` is an aware UTC time, ``milliseconds`` the time from shown to answered.
    """

    question_id: str
    content_hash: str
    seed: int
    option_order: tuple[str, ...]
    chosen: tuple[str, ...]
    key: tuple[str, ...]
    scoring_rule: ScoringRule
    confidence: Confidence | None
    milliseconds: int
    mode: Mode
    answered_at: datetime
    claims: tuple[str, ...]

    @property
    def correct(self) -> bool:
        """All-or-nothing: exactly the key was chosen."""
        return sorted(self.chosen) == sorted(self.key)


@dataclass(frozen=True)
class LabAttempt:
    """One graded run of a lab. ``verdicts`` are (demand id, holds) pairs.

    ``solution_shown`` is true when the solution had been asked for before this run; ``claims`` are the lab's.
    """

    lab_id: str
    content_hash: str
    passed: bool
    verdicts: tuple[tuple[str, str], ...]
    solution_shown: bool
    attempted_at: datetime
    claims: tuple[str, ...] = ()


LearnerAct = Literal[
    "lesson opened",
    "lesson read",
    "example run",
    "lab opened",
    "hint shown",
    "solution shown",
    "lab reset",
    "target set",
    "cap set",
]


@dataclass(frozen=True)
class Act:
    """Something else worth remembering: ``what`` was done to ``item`` (a lesson, lab or exam), ``detail`` if any.

    ``target set`` has the exam's date in ``detail``, ``cap set`` the reviews a day; the newest holds, empty is none.
    """

    what: LearnerAct
    item: str
    detail: str
    at: datetime
