"""The content as the use cases see it. What a cached course map does not need is imported later."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from tutor.content.course_index import read_index, write_index
from tutor.errors import ContentError, Problem, UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from tutor.content.claims import ClaimFile
    from tutor.content.shelf import Shelf
    from tutor.study.blueprint import Blueprint
    from tutor.study.claim import Claim
    from tutor.study.course import CourseMap, Lab, Lesson
    from tutor.study.paper import BankEntry
    from tutor.study.scenario import Proof, Scenario


class ContentLibrary:
    """Implements the Protocols ``Library``, ``ExamLibrary`` and ``Proofs`` of the use cases.

    ``root`` holds ``lessons/``, ``scenarios/`` and ``data/``; ``cache`` holds what can be made again at any time.
    Unknown ids raise ``UsageError`` naming the nearest valid one; broken content raises ``ContentError``.
    """

    def __init__(self, root: Path, cache: Path) -> None:
        self.root, self.cache = root, cache

    @cached_property
    def _shelf(self) -> Shelf:
        from tutor.content.shelf import Shelf

        return Shelf(self.root, self.cache)

    @cached_property
    def _course(self) -> CourseMap:
        course = read_index(self.cache, self.root)
        if course is None:
            course, made_from = self._shelf.course_map()
            write_index(self.cache, self.root, course, made_from)
        return course

    def course_map(self) -> CourseMap:
        """Units, lessons and labs by title, from the index where that is fresh."""
        return self._course

    def lesson(self, lesson_id: str) -> Lesson:
        """The lesson, its text and labs filled in."""
        _know("lesson", lesson_id, [lesson.id for lesson in self._course.lessons])
        return self._shelf.lesson(lesson_id)

    def lab(self, lab_id: str) -> Lab:
        """The lab, its texts filled in."""
        _know("lab", lab_id, [name for lesson in self._course.lessons for name, _ in lesson.labs])
        return self._shelf.lab(lab_id)

    def claim(self, claim_id: str) -> Claim:
        """The claim, its numbers filled in."""
        return self._claim_file(claim_id).claim

    def claims(self) -> tuple[Claim, ...]:
        """All sound claims, topic by topic; ``tutor content`` tells of the others."""
        return tuple(file.claim for file in self._shelf.claims.values() if not file.problems)

    def broken_claims(self) -> Mapping[str, ContentError]:
        """What is wrong with the claims that ``claims`` leaves out, by file; empty where all are sound."""
        by_file: dict[str, list[Problem]] = {}
        for topic in self._shelf.topics:
            for problem in self._shelf.claims_problems(topic.prefix):
                by_file.setdefault(problem.file, []).append(problem)
        return {file: ContentError(problems) for file, problems in by_file.items()}

    def claim_proof(self, claim_id: str) -> Proof | None:
        """The recorded proof of the claim's experiment, or None."""
        return self._shelf.claim_proof(self._claim_file(claim_id))

    def experiments(self) -> tuple[tuple[Claim, ...], ...]:
        """The claims known by experiment, grouped by the experiment that they share."""
        groups: dict[Path, list[Claim]] = {}
        for claim in self.claims():
            if claim.experiment is not None:
                groups.setdefault(claim.experiment, []).append(claim)
        return tuple(tuple(group) for group in groups.values())

    def write_claim_proof(self, claim_id: str, proof: Proof) -> None:
        """Keep the proof of the claim's experiment, which other claims may share."""
        from tutor.content.claims import proof_path
        from tutor.content.proofs import write_proof

        experiment = self.claim(claim_id).experiment
        if experiment is None:
            raise UsageError(f"{claim_id} is known by source only; there is no proof to record.")
        write_proof(proof_path(experiment), proof)

    @cached_property
    def _scenario_ids(self) -> tuple[str, ...]:
        found = (self.root / "scenarios").glob("*/*/scenario.yaml")
        return tuple(sorted(f"{path.parent.parent.name}/{path.parent.name}" for path in found))

    def scenario_ids(self) -> tuple[str, ...]:
        """Ids of all questions, sorted, the broken ones too."""
        return self._scenario_ids

    def blueprints(self) -> Mapping[str, Blueprint]:
        """The sound exams, by name; ``tutor content`` tells of the others."""
        return self._exams

    @cached_property
    def _exams(self) -> Mapping[str, Blueprint]:
        from tutor.content.exams_index import exam_stamps, read_exams, write_exams

        exams = read_exams(self.cache, self.root)
        if exams is None:
            made_from = exam_stamps(self.root)
            exams = self._shelf.blueprints
            write_exams(self.cache, self.root, exams, made_from)
        return exams

    @cached_property
    def _bank(self) -> tuple[BankEntry, ...]:
        from tutor.content.bank import bank_stamps, entry_of, read_bank, write_bank

        bank = read_bank(self.cache, self.root)
        if bank is None:
            made_from = bank_stamps(self.root)
            bank = tuple(entry_of(file) for file in self._shelf.sound_scenarios(self._scenario_ids))
            write_bank(self.cache, self.root, bank, made_from)
        return bank

    def bank(self) -> tuple[BankEntry, ...]:
        """Every sound question without its text, from the index where that is fresh."""
        return self._bank

    def seeds(self, scenario_id: str) -> int:
        """How many seeds the family has, at least one."""
        from tutor.content.scenario import seed_count

        _know("question", scenario_id, self._scenario_ids)
        return seed_count(self._shelf.scenario_file(scenario_id))

    def scenario(self, scenario_id: str, seed: int = 0) -> Scenario:
        """The question at one of its seeds, texts filled in, explanations with what the recorded run saw."""
        count = self.seeds(scenario_id)
        if not 0 <= seed < count:
            raise UsageError(f"{scenario_id} has the seeds 0 to {count - 1}; there is no seed {seed}.")
        return self._shelf.scenario(scenario_id, seed)

    def scenario_proof(self, scenario_id: str) -> Proof | None:
        """The recorded proof of the question, or None; a question known by source has none."""
        _know("question", scenario_id, self._scenario_ids)
        return self._shelf.scenario_proof(scenario_id)

    def write_scenario_proof(self, scenario_id: str, proof: Proof) -> None:
        """Keep the proof as the question's ``proof.json``."""
        from tutor.content.proofs import write_proof

        _know("question", scenario_id, self._scenario_ids)
        write_proof(self._shelf.scenario_file(scenario_id).proof_path, proof)

    def key(self, scenario_id: str, seed: int = 0) -> tuple[str, ...]:
        """The ids of the right options: from the recorded proof, or as written for ``asks: fact``.

        Raises ``ContentError`` when a computed question has no proof, or a stale one.
        """
        scenario = self.scenario(scenario_id, seed)
        if scenario.asks == "fact":
            return tuple(sorted(option.id for option in scenario.options if option.key))
        proof = self.scenario_proof(scenario_id)
        problem = proof_problem(proof, scenario.proof_hash, scenario_id)
        if proof is None or problem or seed >= len(proof.seeds):
            file = f"scenarios/{scenario_id}/proof.json"
            raise ContentError([Problem(file, 1, "", problem or "the proof lacks this seed")])
        return proof.seeds[seed].key

    def _claim_file(self, claim_id: str) -> ClaimFile:
        file = self._shelf.claims.get(claim_id)
        problems = list(file.problems) if file else self._shelf.claims_problems(claim_id.rpartition("-")[0])
        if problems:
            raise ContentError(problems)
        if file is None:
            _know("claim", claim_id, self._shelf.claims)
            raise UsageError(f"There is no claim {claim_id!r}.")
        return file


def proof_problem(proof: Proof | None, wanted: str | None, name: str) -> str | None:
    """Why ``proof`` cannot be used for what must have the hash ``wanted``, and the command that mends it; or None."""
    if proof is None:
        return f"{name} has no recorded proof: run tutor prove {name} --record"
    if proof.hash != wanted:
        return f"the recorded proof of {name} is stale, for what it proves has changed: run tutor prove {name} --record"
    return None


def _know(what: str, name: str, valid: Collection[str]) -> None:
    if name not in valid:
        from tutor.usecases.nearest import did_you_mean

        raise UsageError(f"There is no {what} {name!r}{did_you_mean(name, valid)}.")
