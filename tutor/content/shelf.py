"""The content itself, read from its files when first asked for and kept for the session."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from tutor.content.blueprints import read_blueprints
from tutor.content.claims import ClaimFile, proof_path, read_claims
from tutor.content.course import UnitFile, read_course
from tutor.content.figure import read_figures
from tutor.content.lab import lab_folder, read_lab
from tutor.content.lesson import read_lesson, read_lesson_file
from tutor.content.proofs import BrokenProof, read_proof
from tutor.content.scenario import ScenarioFile, proof_hash, read_scenario_file, scenario_at
from tutor.content.stamped import Stamps, stamps
from tutor.content.template import Scope, Templates
from tutor.content.texts import TextReading
from tutor.content.topics import Topic, read_topics
from tutor.errors import ContentError, Problem
from tutor.study.blueprint import Blueprint
from tutor.study.course import CourseMap, Lab, Lesson, LessonEntry, UnitEntry
from tutor.study.scenario import Proof, Scenario

Item = TypeVar("Item")


class Shelf:
    """Reads single items. Whatever is wrong with the one asked for raises ``ContentError`` with all its problems."""

    def __init__(self, root: Path, cache: Path) -> None:
        self.root, self.cache = root, cache
        self._scenarios: dict[str, ScenarioFile] = {}
        self._hashes: dict[str, str | None] = {}

    @cached_property
    def templates(self) -> Templates:
        """The figures, ready to be filled in; a broken one is unknown to the texts that use it."""
        return Templates(read_figures(self.root, "quotas", self.cache), read_figures(self.root, "pricing", self.cache))

    def reading(self) -> TextReading:
        """A new act of reading."""
        return TextReading(self.root, self.templates)

    def course_map(self) -> tuple[CourseMap, Stamps]:
        """The course map, and the stamps of the files it is made from. A broken lesson is there under its id."""
        named = ("lessons/course.yaml", "data/quotas.yaml", "data/pricing.yaml")
        made_from = stamps(self.root / name for name in named)
        reading = self.reading()
        units = read_course(reading)
        if not units:
            raise ContentError(reading.problems)
        entries = tuple(self._unit(number, unit, made_from) for number, unit in enumerate(units, start=1))
        return CourseMap(entries), made_from

    def _unit(self, number: int, unit: UnitFile, made_from: Stamps) -> UnitEntry:
        lessons = tuple(self._lesson_entry(unit.lesson_id(lesson), made_from) for lesson in unit.lessons)
        return UnitEntry(unit.id, number, unit.title or unit.id, lessons)

    def _lesson_entry(self, lesson_id: str, made_from: Stamps) -> LessonEntry:
        made_from += stamps([self.root / "lessons" / lesson_id / "lesson.md"])
        file = read_lesson_file(lesson_id, self.reading())
        if file is None:
            return LessonEntry(lesson_id, lesson_id, 0, (), (), ())
        labs = tuple(self._lab_entry(f"{lesson_id}/{lab.value}", made_from) for lab in file.labs)
        quiz, claims = (tuple(node.value for node in nodes) for nodes in (file.quiz, file.claims))
        return LessonEntry(lesson_id, file.title or lesson_id, file.minutes, labs, quiz, claims)

    def _lab_entry(self, lab_id: str, made_from: Stamps) -> tuple[str, str]:
        path = lab_folder(self.root, lab_id) / "lab.yaml"
        made_from += stamps([path])
        reading = self.reading()
        node = reading.yaml(path)
        title = reading.render(node.child("title"), Scope(given={})) if node else ""
        return lab_id, title or lab_id.rpartition("/")[2]

    def lesson(self, lesson_id: str) -> Lesson:
        """The lesson with its labs."""
        return self._sound(lambda reading: read_lesson(lesson_id, reading))

    def lab(self, lab_id: str) -> Lab:
        """The lab."""
        return self._sound(lambda reading: read_lab(lab_id, reading))

    @cached_property
    def topics(self) -> tuple[Topic, ...]:
        """The topics."""
        return read_topics(self.reading())

    @cached_property
    def claims(self) -> Mapping[str, ClaimFile]:
        """All claims that can be made out, by id, the broken ones with their problems."""
        return {file.claim.id: file for topic in self.topics for file in read_claims(topic, self.reading())}

    def claims_problems(self, prefix: str) -> list[Problem]:
        """What is wrong with the files of the topics whose claims begin with ``prefix``."""
        reading = self.reading()
        for topic in self.topics:
            if topic.prefix == prefix:
                read_claims(topic, reading)
        return reading.problems

    def claim_proof(self, file: ClaimFile) -> Proof | None:
        """The recorded proof of the claim's experiment."""
        return self._proof(proof_path(file.claim.experiment)) if file.claim.experiment else None

    def scenario_file(self, scenario_id: str) -> ScenarioFile:
        """The question as it was written."""
        if scenario_id not in self._scenarios:
            self._scenarios[scenario_id] = self._sound(lambda reading: read_scenario_file(scenario_id, reading))
        return self._scenarios[scenario_id]

    def sound_scenarios(self, scenario_ids: Iterable[str]) -> Iterator[ScenarioFile]:
        """The questions as they were written, without the broken ones."""
        for scenario_id in scenario_ids:
            try:
                yield self.scenario_file(scenario_id)
            except ContentError:
                continue

    @cached_property
    def blueprints(self) -> Mapping[str, Blueprint]:
        """The sound exams, by name."""
        return read_blueprints(self.reading())

    def scenario(self, scenario_id: str, seed: int) -> Scenario:
        """The question at one of its seeds."""
        file = self.scenario_file(scenario_id)
        proof = self.scenario_proof(scenario_id)
        return self._sound(lambda reading: scenario_at(file, seed, proof, self._wanted(file, reading), reading))

    def _wanted(self, file: ScenarioFile, reading: TextReading) -> str | None:
        if file.id not in self._hashes:
            self._hashes[file.id] = proof_hash(file, reading)
        return self._hashes[file.id]

    def scenario_proof(self, scenario_id: str) -> Proof | None:
        """The recorded proof of the question."""
        file = self.scenario_file(scenario_id)
        return self._proof(file.proof_path) if file.computed else None

    def _proof(self, path: Path) -> Proof | None:
        try:
            return read_proof(path)
        except BrokenProof as error:
            name = path.relative_to(self.root).as_posix()
            raise ContentError([Problem(name, 1, "", str(error))]) from error

    def _sound(self, read: Callable[[TextReading], Item | None]) -> Item:
        reading = self.reading()
        item = read(reading)
        if item is None or reading.problems:
            raise ContentError(list(dict.fromkeys(reading.problems)))
        return item
