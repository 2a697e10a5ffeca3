"""A small tutor for the terminal's tests: real use cases over a course in memory and a scripted sandbox."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from tests.fakes.course import CLAIMS, LESSONS, PRICES, PROOFS, SCENARIOS, UNITS, lab_folders
from tests.fakes.functions import FakeFunctions
from tests.fakes.quotas import QUOTAS
from tests.fakes.region import FakeSeeRegion
from tests.fakes.shelf import an_entry
from tutor.awslambda.prices import Prices
from tutor.awslambda.quotas import Quotas
from tutor.errors import ContentError, UsageError
from tutor.study.answer import Act, Answer, LabAttempt
from tutor.study.blueprint import Blueprint, ContentDomain
from tutor.study.claim import Claim
from tutor.study.course import CourseMap, Lab, Lesson
from tutor.study.paper import BankEntry
from tutor.study.scenario import Proof, Scenario
from tutor.study.sitting import Seal, Sitting, SittingEvent, SittingRecord
from tutor.usecases.answer_question import AnswerQuestion
from tutor.usecases.plan_reviews import PlanReviews
from tutor.usecases.run_lab import RunLab
from tutor.usecases.see_progress import SeeProgress
from tutor.usecases.sit_exam import SitExam
from tutor.usecases.study_lesson import StudyLesson
from tutor.usecases.trial import Trial

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
BLUEPRINTS = {
    "DVA-C03": Blueprint(
        "DVA-C03",
        "Certified Developer",
        questions=4,
        minutes=8,
        scored=3,
        unscored=1,
        scale=(100, 1000),
        pass_mark=720,
        domains=(ContentDomain(1, "Development", 50), ContentDomain(4, "Troubleshooting", 50)),
        as_of="2026-11-20",
        source="https://docs.aws.amazon.com/",
    )
}


@dataclass
class ListMemory:
    """Keeps events in lists. ``refuses`` is raised by every reading."""

    kept_answers: list[Answer] = field(default_factory=list)
    kept_attempts: list[LabAttempt] = field(default_factory=list)
    kept_acts: list[Act] = field(default_factory=list)
    kept_sittings: dict[str, SittingRecord] = field(default_factory=dict)
    refuses: Exception | None = None

    def add_answer(self, answer: Answer) -> None:
        self.kept_answers.append(answer)

    def add_lab_attempt(self, attempt: LabAttempt) -> None:
        self.kept_attempts.append(attempt)

    def add_act(self, act: Act) -> None:
        self.kept_acts.append(act)

    def add_sitting(self, sitting: Sitting, seals: Sequence[Seal]) -> None:
        self.kept_sittings[sitting.id] = SittingRecord(sitting, tuple(seals))

    def add_sitting_event(
        self, sitting_id: str, event: SittingEvent, given: Sequence[Answer] = (), known: int | None = None
    ) -> bool:
        record = self.kept_sittings[sitting_id]
        if known not in (None, len(record.events)):
            return False
        self.kept_sittings[sitting_id] = replace(record, events=(*record.events, event))
        self.kept_answers += given
        return True

    def sittings(self) -> tuple[SittingRecord, ...]:
        return tuple(self.kept_sittings.values())

    def answers(self) -> tuple[Answer, ...]:
        if self.refuses is not None:
            raise self.refuses
        return tuple(self.kept_answers)

    def lab_attempts(self) -> tuple[LabAttempt, ...]:
        return tuple(self.kept_attempts)

    def acts(self) -> tuple[Act, ...]:
        return tuple(self.kept_acts)


@dataclass
class SmallLibrary:
    """The course of ``tests.fakes.course``; the labs' folders lie below ``root``."""

    root: Path

    def __post_init__(self) -> None:
        self._broken: dict[str, Exception] = {}
        self._changed: set[str] = set()
        self._lessons: dict[str, Lesson] = {
            lesson.id: replace(
                lesson,
                example=replace(lesson.example, folder=lab_folders(self.root) / "example"),
                labs=tuple(self._placed(lab) for lab in lesson.labs),
            )
            for lesson in LESSONS
        }

    def _placed(self, lab: Lab) -> Lab:
        folder = lab_folders(self.root)
        return replace(
            lab, starter=folder / "starter", solutions=(folder / "solution",), checks=folder / "checks.py", rejected=()
        )

    def replace_lesson(self, lesson: Lesson) -> None:
        """Another lesson in the place of the one with its id."""
        self._lessons[lesson.id] = lesson

    def break_lesson(self, lesson_id: str, error: Exception) -> None:
        """From now on asking for this lesson raises."""
        self._broken[lesson_id] = error

    def change_scenario(self, scenario_id: str) -> None:
        """From now on this question is another one."""
        self._changed.add(scenario_id)

    def course_map(self) -> CourseMap:
        return CourseMap(UNITS)

    def lesson(self, lesson_id: str) -> Lesson:
        if lesson_id in self._broken:
            raise self._broken[lesson_id]
        if lesson_id not in self._lessons:
            raise UsageError(f"There is no lesson {lesson_id!r}; did you mean 'limits/every-limit'?")
        return self._lessons[lesson_id]

    def lab(self, lab_id: str) -> Lab:
        return next(lab for lesson in self._lessons.values() for lab in lesson.labs if lab.id == lab_id)

    def claim(self, claim_id: str) -> Claim:
        return CLAIMS[claim_id]

    def claims(self) -> tuple[Claim, ...]:
        return tuple(CLAIMS.values())

    def claim_proof(self, claim_id: str) -> Proof | None:
        return PROOFS.get(claim_id)

    def scenario_ids(self) -> tuple[str, ...]:
        return tuple(SCENARIOS)

    def bank(self) -> tuple[BankEntry, ...]:
        return tuple(self._entries())

    def _entries(self) -> Iterator[BankEntry]:
        for scenario_id in self.scenario_ids():
            with suppress(ContentError):
                yield an_entry(scenario_id, [self.scenario(scenario_id)])

    def blueprints(self) -> Mapping[str, Blueprint]:
        return BLUEPRINTS

    def seeds(self, scenario_id: str) -> int:
        return 1

    def scenario(self, scenario_id: str, seed: int = 0) -> Scenario:
        scenario = SCENARIOS[scenario_id]
        experiment = lab_folders(self.root) / "experiment.py" if scenario.experiment else None
        content_hash = "changed" if scenario_id in self._changed else scenario.content_hash
        return replace(scenario, experiment=experiment, content_hash=content_hash)

    def scenario_proof(self, scenario_id: str) -> Proof | None:
        return PROOFS.get(scenario_id)

    def key(self, scenario_id: str, seed: int = 0) -> tuple[str, ...]:
        proof = PROOFS.get(scenario_id)
        if proof is not None:
            return proof.seeds[seed].key
        return tuple(option.id for option in SCENARIOS[scenario_id].options if option.key)


class SmallParts:
    """Everything the terminal is given. ``functions`` is scripted by the test."""

    def __init__(
        self,
        root: Path,
        functions: FakeFunctions,
        memory: ListMemory | None = None,
        now: Callable[[], datetime] = lambda: NOON,
    ) -> None:
        self.quotas: Quotas = QUOTAS
        self.prices: Prices = PRICES
        self.functions = functions
        self.memory = memory or ListMemory()
        self.library = SmallLibrary(root)
        self.study_lesson = StudyLesson(self.library, functions, self.memory, now)
        self.run_lab = RunLab(self.library, Trial(functions, QUOTAS, PRICES), self.memory, root / "workspace", now)
        self.answer_question = AnswerQuestion(
            self.library, Trial(functions, QUOTAS, PRICES), self.memory, now, Random(1)
        )
        self.see_progress = SeeProgress(self.library, self.memory, now)
        self.see_region = FakeSeeRegion()
        self.plan_reviews = PlanReviews(self.library, self.memory, now)
        self.sit_exam = SitExam(self.library, self.memory, lambda: self.answer_question, now, Random(1))
