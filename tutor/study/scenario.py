"""Exam-style questions: their kinds, options and proofs, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

Asks = Literal["outcome", "solution", "fact"]
Least = Literal["cost", "effort", "none"]


@dataclass(frozen=True)
class Option:
    """One option of a question. ``id`` is stable; letters and numbers are display only.

    ``predicts`` (outcome) maps names of what is observed to a value or a comparison (``'<= 3'``, ``'not null'``);
    ``change`` (solution) is handed to the experiment; ``key`` (fact) says that it is right, by source.
    ``mistake`` names the known mistake that a wrong option stands for.
    ``text`` and ``why`` are templates' results for the seed at hand, Markdown.
    """

    id: str
    text: str
    why: str
    predicts: Mapping[str, Any] | None = None
    change: Mapping[str, Any] | None = None
    effort: int | None = None
    key: bool | None = None
    mistake: str | None = None


@dataclass(frozen=True)
class Scenario:
    """A question family at one seed: ``given`` holds the seed's numbers, all text is filled in.

    ``domains`` maps a blueprint's name to the number of the content domain that covers it, ``tasks`` to the task or
    skill of its guide (``1.2``, ``1.2.4``) where that is known.
    ``content_hash`` is the hash of everything that a learner sees or that decides the key, for this seed.
    ``proof_hash`` is what a fresh proof must carry (experiment, options, goal, quotas read, seeds).
    """

    id: str  # <topic>/<slug>
    topic: str
    title: str
    asks: Asks
    claims: tuple[str, ...]
    domains: Mapping[str, int]
    difficulty: int  # 1 easy to 3 hard, as authored
    as_of: str  # ISO date
    source: str  # URL
    stem: str
    options: tuple[Option, ...]
    choose: int
    goal: Mapping[str, Any] | None
    least: Least
    seed: int  # index into the fixed list of seeds
    given: Mapping[str, Any]
    experiment: Path | None
    older: str | None  # "what older notes say", Markdown
    content_hash: str
    proof_hash: str | None
    tasks: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SeedProof:
    """What was observed for one seed: per option id (for ``outcome`` and claims under the id ``""``)."""

    given: Mapping[str, Any]
    observed: Mapping[str, Mapping[str, Any]]
    key: tuple[str, ...]  # ids of options, or of claims that held; sorted
    cost: Mapping[str, float]  # USD per option id, computed from what was billed; empty for outcome


@dataclass(frozen=True)
class Proof:
    """The recorded run of an experiment: what scoring reads, and what ``tutor prove`` compares."""

    hash: str
    date: str  # ISO date of the recording
    enforcement: Mapping[str, str]  # limit -> mechanism that held it
    seeds: tuple[SeedProof, ...]
