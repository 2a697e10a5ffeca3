"""A stand-in for the content: scenarios, claims and labs that a test puts on the shelf, and the proofs written there.

It implements the Protocols ``Library`` and ``Proofs``. ``a_scenario`` and ``a_claim`` make values with everything
filled in but what the test is about.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tutor.errors import ContentError, UsageError
from tutor.study.claim import Claim
from tutor.study.course import CourseMap, Lab, Lesson, LessonEntry, UnitEntry
from tutor.study.paper import BankEntry
from tutor.study.scenario import Asks, Least, Option, Proof, Scenario


def an_option(option_id: str, **more: Any) -> Option:
    """An option of which only what decides matters: ``predicts``, ``change``, ``effort`` or ``key``."""
    return Option(id=option_id, text=option_id, why="because", **more)


def a_scenario(
    options: Sequence[Option],
    *,
    scenario_id: str = "limits/some-question",
    asks: Asks = "outcome",
    experiment: Path | None = None,
    goal: Mapping[str, Any] | None = None,
    least: Least = "none",
    choose: int = 1,
    seed: int = 0,
    given: Mapping[str, Any] | None = None,
    proof_hash: str = "hash-1",
) -> Scenario:
    """A question at one seed."""
    return Scenario(
        id=scenario_id,
        topic=scenario_id.split("/", maxsplit=1)[0],
        title="Some question",
        asks=asks,
        claims=(),
        domains={},
        difficulty=1,
        as_of="2026-11-20",
        source="https://example.com",
        stem="What happens?",
        options=tuple(options),
        choose=choose,
        goal=goal,
        least=least,
        seed=seed,
        given=given or {},
        experiment=experiment,
        older=None,
        content_hash="content",
        proof_hash=proof_hash,
    )


def an_entry(scenario_id: str, seeds: Sequence[Scenario]) -> BankEntry:
    """What the bank knows of a question with these seeds."""
    one = seeds[0]
    options = tuple(option.id for option in one.options)
    return BankEntry(scenario_id, one.topic, one.claims, one.domains, one.difficulty, len(seeds), options, one.choose)


def a_claim(claim_id: str, experiment: Path | None, holds: Mapping[str, Any], **more: Any) -> Claim:
    """A claim of the topic ``limits``."""
    told = {"given": {}, "proof_hash": "hash-1", **more}
    return Claim(
        claim_id, "limits", "It is so.", "https://example.com", "2026-11-20", None, experiment, holds=holds, **told
    )


@dataclass
class Shelf:
    """What there is. ``scenarios`` maps an id to the scenario at each seed, or to what reading it raises."""

    scenarios: dict[str, list[Scenario] | ContentError] = field(default_factory=dict)
    all_claims: list[Claim] = field(default_factory=list)
    labs: list[Lab] = field(default_factory=list)
    scenario_proofs: dict[str, Proof] = field(default_factory=dict)
    claim_proofs: dict[str, Proof] = field(default_factory=dict)
    broken: dict[str, ContentError] = field(default_factory=dict)

    def course_map(self) -> CourseMap:
        lessons: dict[str, list[Lab]] = {}
        for lab in self.labs:
            lessons.setdefault(lab.id.rsplit("/", 1)[0], []).append(lab)
        entries = [
            LessonEntry(id_, id_, 5, tuple((lab.id, lab.title) for lab in labs), (), ())
            for id_, labs in lessons.items()
        ]
        units = dict.fromkeys(entry.id.split("/")[0] for entry in entries)
        return CourseMap(
            tuple(
                UnitEntry(unit, number, unit, tuple(entry for entry in entries if entry.id.split("/")[0] == unit))
                for number, unit in enumerate(units, 1)
            )
        )

    def lesson(self, lesson_id: str) -> Lesson:
        raise UsageError(f"no lesson {lesson_id}")

    def lab(self, lab_id: str) -> Lab:
        return next(lab for lab in self.labs if lab.id == lab_id)

    def claim(self, claim_id: str) -> Claim:
        for error in self.broken.values():
            if any(problem.key == claim_id for problem in error.problems):
                raise error
        for claim in self.all_claims:
            if claim.id == claim_id:
                return claim
        raise UsageError(f"There is no claim {claim_id!r}.")

    def claims(self) -> tuple[Claim, ...]:
        return tuple(self.all_claims)

    def broken_claims(self) -> Mapping[str, ContentError]:
        return self.broken

    def claim_proof(self, claim_id: str) -> Proof | None:
        return self.claim_proofs.get(self._experiment(claim_id))

    def scenario_ids(self) -> tuple[str, ...]:
        return tuple(self.scenarios)

    def bank(self) -> tuple[BankEntry, ...]:
        known = ((id_, seeds) for id_, seeds in self.scenarios.items() if not isinstance(seeds, ContentError))
        return tuple(an_entry(id_, seeds) for id_, seeds in known)

    def seeds(self, scenario_id: str) -> int:
        return len(self._seeds(scenario_id))

    def scenario(self, scenario_id: str, seed: int = 0) -> Scenario:
        return self._seeds(scenario_id)[seed]

    def scenario_proof(self, scenario_id: str) -> Proof | None:
        return self.scenario_proofs.get(scenario_id)

    def key(self, scenario_id: str, seed: int = 0) -> tuple[str, ...]:
        return self.scenario_proofs[scenario_id].seeds[seed].key

    def write_scenario_proof(self, scenario_id: str, proof: Proof) -> None:
        self.scenario_proofs[scenario_id] = proof

    def write_claim_proof(self, claim_id: str, proof: Proof) -> None:
        self.claim_proofs[self._experiment(claim_id)] = proof

    def _experiment(self, claim_id: str) -> str:
        return str(self.claim(claim_id).experiment)

    def _seeds(self, scenario_id: str) -> list[Scenario]:
        seeds = self.scenarios[scenario_id]
        if isinstance(seeds, ContentError):
            raise seeds
        return seeds
