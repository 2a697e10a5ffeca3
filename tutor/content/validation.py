"""Validates everything under lessons/, scenarios/ and data/: all problems at once, each with file, line and key."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from tutor.awslambda.prices import Prices
from tutor.awslambda.quotas import Quotas
from tutor.content.blueprints import blueprint_names, read_blueprints
from tutor.content.claims import ClaimFile, check_shared, proof_path, read_claims
from tutor.content.course import UnitFile, read_course
from tutor.content.events import FOLDER as EVENTS
from tutor.content.events import check_events
from tutor.content.exam_style import check_style
from tutor.content.experiment_file import check_experiment
from tutor.content.fields import is_slug, unique
from tutor.content.figure import Figures
from tutor.content.figures_file import parse_figures
from tutor.content.lab import lab_folder, read_lab
from tutor.content.lesson import LessonFile, known_labs, lesson_of, read_lesson_file
from tutor.content.lists import check_glossary, check_runtimes
from tutor.content.node import Node
from tutor.content.recorded import check_claim_proof, check_scenario_proof
from tutor.content.references import References
from tutor.content.scenario import ScenarioFile, proof_hash, read_scenario_file, scenario_at, seed_count
from tutor.content.template import Templates
from tutor.content.texts import TextReading
from tutor.content.topics import Topic, read_topics
from tutor.errors import ContentError, Problem
from tutor.study.scenario import Proof
from tutor.usecases.nearest import nearest

LISTS = {"data/glossary.yaml": check_glossary, "data/runtimes.yaml": check_runtimes}


@dataclass(frozen=True)
class Item:
    """One thing that was validated. ``kind`` is lesson, lab, question, claim or file; a file's id is its path.

    ``computed`` says that a run decides it, ``proven`` that a recorded run did.
    """

    kind: str
    id: str
    file: str
    problems: tuple[Problem, ...]
    computed: bool = False
    proven: bool = False


@dataclass(frozen=True)
class Validation:
    """All items, and how many units the course has."""

    items: tuple[Item, ...]
    units: int

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Every problem once, by file and line."""
        found = dict.fromkeys(problem for item in self.items for problem in item.problems)
        return tuple(sorted(found, key=lambda problem: (problem.file, problem.line, problem.key)))

    def count(self, kind: str, **said: bool) -> int:
        """How many items of a kind there are, of those for which ``computed`` or ``proven`` is as said."""
        return sum(
            item.kind == kind and all(getattr(item, name) is value for name, value in said.items())
            for item in self.items
        )


def validate(root: Path) -> Validation:
    """Read everything under ``root``, strictly. Nothing is raised for what is wrong in the content."""
    validator = _Validator(root)
    validator.run()
    return Validation(tuple(validator.items), len(validator.units))


class _Validator:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.items: list[Item] = []
        self.units: Sequence[UnitFile] = ()
        self.topics: Sequence[Topic] = ()
        self.claims: list[ClaimFile] = []
        quotas, prices = self._figures("quotas", Quotas), self._figures("pricing", Prices)
        self.templates = Templates(quotas, prices)

    def run(self) -> None:
        self.topics = self._file("data/topics.yaml", read_topics)
        exams = self._file("data/blueprints", read_blueprints)
        blueprints = {name: frozenset(domain.number for domain in exam.domains) for name, exam in exams.items()}
        for name, check in LISTS.items():
            if (self.root / name).is_file():
                self._file(name, check)
        self._file(EVENTS, check_events)
        self._read_claims()
        questions = [path for topic in self._folders("scenarios") for path in self._folders("scenarios", topic.name)]
        names = References(
            claims=[file.claim.id for file in self.claims],
            questions=[f"{path.parent.name}/{path.name}" for path in questions],
            topics=[topic.id for topic in self.topics],
            blueprints=blueprints,
            tasks={name: [task for one in exam.domains for task in one.tasks] for name, exam in exams.items()},
            broken=blueprint_names(self._reading()) - set(exams),
        )
        self._check_claims()
        self._file("scenarios", lambda reading: self._check_scenario_folders(reading, names))
        for question in names.questions:
            self._question(question, names)
        self.units = self._file("lessons/course.yaml", self._read_course)
        for unit in self.units:
            for lesson in unit.lessons:
                self._lesson(unit.lesson_id(lesson), names)

    def _folders(self, *parts: str) -> list[Path]:
        return self._reading().folders(*parts)

    def _reading(self) -> TextReading:
        return TextReading(self.root, self.templates, strict=True)

    def _add(self, kind: str, id_: str, file: str, problems: Iterable[Problem], **said: bool) -> None:
        self.items.append(Item(kind, id_, file, tuple(dict.fromkeys(problems)), **said))

    def _file(self, file: str, read: Callable[[TextReading], Any]) -> Any:
        """Read what stands in one file; the file is the item that its problems belong to."""
        reading = self._reading()
        found = read(reading)
        self._add("file", file, file, reading.problems)
        return found

    def _figures(self, name: str, form: type[Quotas] | type[Prices]) -> Figures:
        """The figures of one data file; what the program itself needs of them must be there."""
        file = f"data/{name}.yaml"
        figures = parse_figures(self.root / file, file)
        problems = list(figures.problems)
        whole = form is Quotas
        needs = {field.name: int if whole or field.type in (int, "int") else float for field in fields(form)}
        try:
            figures.values(needs)
        except ContentError as error:
            problems = list(error.problems)
        self._add("file", file, file, problems)
        return figures

    def _read_claims(self) -> None:
        """All claims, and a file item for each topic's problems that belong to no single claim."""
        for topic in self.topics:
            reading = self._reading()
            found = read_claims(topic, reading)
            own = {problem for file in found for problem in file.problems}
            check_shared(found, reading)
            self._check_experiments(topic, found, reading)
            self.claims.extend(found)
            file = f"data/claims/{topic.id}/claims.yaml"
            self._add("file", file, file, [problem for problem in reading.problems if problem not in own])
        self._file("data/claims", self._check_claim_folders)

    def _check_claim_folders(self, reading: TextReading) -> None:
        unique([file.name for file in self.claims], reading, "claim")
        self._check_topic_folders("data/claims", reading)

    def _check_topic_folders(self, parent: str, reading: TextReading) -> None:
        topics = [topic.id for topic in self.topics]
        for folder in reading.folders(parent):
            if folder.name not in topics:
                message = f"there is no topic {folder.name!r} in data/topics.yaml"
                reading.say(f"{parent}/{folder.name}", 1, "", message, nearest(folder.name, topics))

    def _check_experiments(self, topic: Topic, found: Sequence[ClaimFile], reading: TextReading) -> None:
        used = {file.claim.experiment for file in found if file.claim.experiment}
        folder = self.root / "data" / "claims" / topic.id
        for path in sorted(used):
            if path.is_file():
                check_experiment(path, reading)
        for path in sorted(folder.glob("*.py")):
            if path not in used:
                reading.say(reading.name(path), 1, "", "no claim names this experiment")
        for path in sorted(folder.glob("*.proof.json")):
            if path not in {proof_path(experiment) for experiment in used}:
                reading.say(reading.name(path), 1, "", "no claim names the experiment of this proof")

    def _check_claims(self) -> None:
        broken = {file.claim.experiment for file in self.claims if file.problems}
        for file in self.claims:
            reading = self._reading()
            proven = file.claim.experiment not in broken and check_claim_proof(file, reading)
            problems = [*file.problems, *reading.problems]
            self._add(
                "claim", file.claim.id, file.name.file, problems, computed=file.claim.by_experiment, proven=proven
            )

    def _check_scenario_folders(self, reading: TextReading, names: References) -> None:
        self._check_topic_folders("scenarios", reading)
        for question in names.questions:
            slug = question.partition("/")[2]
            is_slug(Node(f"scenarios/{question}", 1, 1, "", slug), reading)

    def _question(self, name: str, names: References) -> None:
        reading = self._reading()
        path = f"scenarios/{name}/scenario.yaml"
        file = read_scenario_file(name, reading)
        if file is None:
            self._add("question", name, path, reading.problems)
            return
        names.check_claims(file.claims, reading)
        names.check_domains(file.domains, reading)
        names.check_tasks(file.tasks, file.domains, reading)
        if file.experiment is not None:
            check_experiment(file.experiment, reading)
        self._check_leftovers(file.folder, file.computed, reading)
        wanted = proof_hash(file, reading)
        _fill_in(file, None, wanted, reading)
        sound = file.computed and not reading.problems
        proof = check_scenario_proof(file, wanted, reading) if sound else None
        if proof is not None:
            _fill_in(file, proof, wanted, reading)
        self._add("question", name, path, reading.problems, computed=file.computed, proven=proof is not None)

    def _check_leftovers(self, folder: Path, computed: bool, reading: TextReading) -> None:
        for name in ("experiment.py", "proof.json"):
            if not computed and (folder / name).exists():
                reading.say(reading.name(folder / name), 1, "", "the question asks: fact, so nothing is run for it")

    def _read_course(self, reading: TextReading) -> Sequence[UnitFile]:
        """The units whose lessons are there; folders that the course does not name are problems."""
        units = read_course(reading)
        named = {unit.lesson_id(lesson) for unit in units for lesson in unit.lessons}
        there = [f"{unit.name}/{path.name}" for unit in reading.folders("lessons") for path in _lessons_in(unit)]
        for unit in units:
            for lesson in unit.lessons:
                if unit.lesson_id(lesson) not in there:
                    known = [name.partition("/")[2] for name in there if name.startswith(f"{unit.id}/")]
                    reading.unknown(lesson, f"lesson in lessons/{unit.id}/ called", known)
        for name in there:
            if name not in named:
                message = "this lesson is not in lessons/course.yaml"
                reading.say(f"lessons/{name}", 1, "", message, nearest(name, named))
        return units

    def _lesson(self, lesson_id: str, names: References) -> None:
        if not (self.root / "lessons" / lesson_id).is_dir():
            return
        reading = self._reading()
        file = read_lesson_file(lesson_id, reading)
        labs = known_labs(file, reading) if file else []
        if file is not None:
            self._check_lesson(file, names, reading)
        self._add("lesson", lesson_id, f"lessons/{lesson_id}/lesson.md", reading.problems)
        for lab in labs:
            self._lab(f"{lesson_id}/{lab.value}", names)

    def _check_lesson(self, file: LessonFile, names: References, reading: TextReading) -> None:
        names.check_claims(file.claims, reading)
        names.check_questions(file.quiz, reading)
        for lab in file.labs:
            is_slug(lab, reading)
        lesson_of(file, (), reading)

    def _lab(self, lab_id: str, names: References) -> None:
        reading = self._reading()
        lab = read_lab(lab_id, reading)
        node = reading.yaml(lab_folder(self.root, lab_id) / "lab.yaml") if lab else None
        claims = node.child("claims") if node else None
        if claims is not None and isinstance(claims.value, list):
            names.check_claims(claims.value, reading)
        self._add(
            "lab",
            lab_id,
            f"lessons/{lab_id.rpartition('/')[0]}/labs/{lab_id.rpartition('/')[2]}/lab.yaml",
            reading.problems,
        )


def _fill_in(file: ScenarioFile, proof: Proof | None, wanted: str | None, reading: TextReading) -> None:
    """Fill the question in at every seed; with a proof, its explanations name only what the recorded run saw."""
    for seed in range(seed_count(file)):
        check_style(file, scenario_at(file, seed, proof, wanted, reading), reading)


def _lessons_in(unit: Path) -> list[Path]:
    return sorted(path for path in unit.iterdir() if path.is_dir() and path.name[0] not in "._")
