"""The one place that joins real parts: which content, which store, which sandbox.

Everything heavy is imported when it is first needed, so that a command pays only for what it uses.
"""

from datetime import UTC, datetime
from functools import cached_property, partial
from random import SystemRandom
from typing import TYPE_CHECKING

from tutor import locations

if TYPE_CHECKING:
    from tutor.awslambda.prices import Prices
    from tutor.awslambda.quotas import Quotas
    from tutor.awslambda.runtime import Runtimes
    from tutor.region.clock import Mode
    from tutor.region.region import Region
    from tutor.sandbox.host import Host
    from tutor.usecases.answer_question import AnswerQuestion
    from tutor.usecases.carry_progress import CarryProgress, MergingMemory
    from tutor.usecases.check_labs import CheckLabs
    from tutor.usecases.exam_library import ExamLibrary
    from tutor.usecases.export_questions import ExportQuestions
    from tutor.usecases.functions import Functions
    from tutor.usecases.import_questions import ImportQuestions
    from tutor.usecases.open_region import OpenRegion
    from tutor.usecases.plan_reviews import PlanReviews
    from tutor.usecases.prove import Prove
    from tutor.usecases.regions import Regions
    from tutor.usecases.run_lab import RunLab
    from tutor.usecases.see_progress import SeeProgress
    from tutor.usecases.see_region import SeeRegion
    from tutor.usecases.sit_exam import SitExam
    from tutor.usecases.study_lesson import StudyLesson
    from tutor.usecases.trial import Trial

ENDPOINT_PORT = 9330
"""Where a region is served on this host, if that port is free."""


def now() -> datetime:
    """The present, in UTC."""
    return datetime.now(UTC)


class Tutor:
    """All use cases, joined to the real content, store and sandbox. Parts are made when first asked for."""

    @cached_property
    def library(self) -> "ExamLibrary":
        from tutor.content.learners_library import LearnersLibrary

        return LearnersLibrary(locations.content_root(), locations.cache(), locations.imported())

    @cached_property
    def quotas(self) -> "Quotas":
        from tutor.content.quotas import read_quotas

        return read_quotas(locations.content_root())

    @cached_property
    def runtimes(self) -> "Runtimes":
        from tutor.content.runtimes import read_runtimes

        return read_runtimes(locations.content_root())

    @cached_property
    def prices(self) -> "Prices":
        from tutor.content.pricing import read_prices

        return read_prices(locations.content_root())

    @cached_property
    def functions(self) -> "Functions":
        from tutor.sandbox.functions import SandboxedFunctions

        return SandboxedFunctions(self.quotas)

    @cached_property
    def regions(self) -> "Regions":
        from tutor.region.staged import StagedRegions

        return StagedRegions(self.quotas, self.runtimes)

    def region(self, name: str, mode: "Mode") -> "Region":
        """The region of that name, kept in the learner's folder. Raises ``StoreError`` where it is in use."""
        from tutor.region.clock import Clock
        from tutor.region.region import Region
        from tutor.sandbox.functions import SandboxedFunctions

        folder = locations.regions() / name
        clock = Clock(mode, flowing=True)
        sandbox = SandboxedFunctions(self.quotas)
        return Region(folder, clock=clock, quotas=self.quotas, runtimes=self.runtimes, sandbox=sandbox)

    @cached_property
    def memory(self) -> "MergingMemory":
        from tutor.store.memory import open_memory

        return open_memory(locations.database_url())

    @cached_property
    def study_lesson(self) -> "StudyLesson":
        from tutor.usecases.study_lesson import StudyLesson

        return StudyLesson(self.library, self.functions, self.memory, now)

    @cached_property
    def run_lab(self) -> "RunLab":
        from tutor.usecases.run_lab import RunLab

        return RunLab(self.library, self.trial, self.memory, locations.workspace(), now)

    @cached_property
    def answer_question(self) -> "AnswerQuestion":
        from tutor.usecases.answer_question import AnswerQuestion

        return AnswerQuestion(self.library, self.trial, self.memory, now, SystemRandom())

    @cached_property
    def see_progress(self) -> "SeeProgress":
        from tutor.usecases.see_progress import SeeProgress

        return SeeProgress(self.library, self.memory, now)

    @cached_property
    def plan_reviews(self) -> "PlanReviews":
        from tutor.usecases.plan_reviews import PlanReviews

        return PlanReviews(self.library, self.memory, now)

    @cached_property
    def carry_progress(self) -> "CarryProgress":
        from tutor.usecases.carry_progress import CarryProgress

        return CarryProgress(self.memory, now)

    @cached_property
    def export_questions(self) -> "ExportQuestions":
        from tutor.content.exchange.anki_file import write_anki
        from tutor.content.exchange.csv_file import write_csv
        from tutor.content.exchange.gift_file import write_gift
        from tutor.content.exchange.json_file import write_json
        from tutor.content.exchange.qti_file import write_qti
        from tutor.usecases.export_questions import ExportQuestions, Writer

        writers: dict[str, Writer] = {
            "json": write_json,
            "csv": write_csv,
            "gift": write_gift,
            "qti": write_qti,
            "anki": partial(write_anki, now=now),
        }
        return ExportQuestions(self.library, writers)

    @cached_property
    def import_questions(self) -> "ImportQuestions":
        from tutor.content.exchange.draft import slug
        from tutor.content.imported import ImportedFile, read_bank
        from tutor.usecases.import_questions import ImportQuestions

        kept = ImportedFile(locations.imported(), locations.cache())
        return ImportQuestions(self.library, kept, read_bank, slug, now)

    @cached_property
    def see_region(self) -> "SeeRegion":
        from tutor.usecases.deploy_example import DeployExample
        from tutor.usecases.see_region import SeeRegion
        from tutor.usecases.workspace import Workspace

        return SeeRegion(self._open_region, DeployExample(self.library, Workspace(locations.workspace())))

    def _open_region(self) -> "OpenRegion":
        from tutor.region.seen import SeenRegion

        return SeenRegion(self.region("default", "fast"), ENDPOINT_PORT)

    @cached_property
    def sit_exam(self) -> "SitExam":
        from tutor.usecases.late_memory import LateMemory
        from tutor.usecases.sit_exam import SitExam

        memory = LateMemory(lambda: self.memory)
        return SitExam(self.library, memory, lambda: self.answer_question, now, SystemRandom())

    @cached_property
    def trial(self) -> "Trial":
        from tutor.usecases.trial import Trial

        return Trial(self.functions, self.quotas, self.prices, self.regions)

    @cached_property
    def prove(self) -> "Prove":
        from tutor.content.library import ContentLibrary
        from tutor.usecases.prove import Prove

        proofs = ContentLibrary(locations.content_root(), locations.cache())
        return Prove(self.library, self.trial, proofs, lambda: now().date())

    @cached_property
    def check_labs(self) -> "CheckLabs":
        from tutor.usecases.check_labs import CheckLabs
        from tutor.usecases.run_lab import run_folder

        return CheckLabs(
            self.library,
            lambda: self.run_lab,
            lambda lab, folder: run_folder(lab, folder, self.trial),
        )

    def examine_host(self) -> "Host":
        """How this host enforces each limit, found by trying."""
        from tutor.sandbox.host import examine

        return examine(self.quotas)

    @cached_property
    def public_functions(self) -> "Functions":
        """Functions that reach the internet, and nothing of this host's own."""
        from tutor.sandbox.functions import SandboxedFunctions

        return SandboxedFunctions(self.quotas, public=True)
