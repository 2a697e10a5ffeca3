"""The Protocol of what the terminal is given: all use cases, joined to real parts elsewhere."""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from tutor.awslambda.prices import Prices
    from tutor.awslambda.quotas import Quotas
    from tutor.usecases.answer_question import AnswerQuestion
    from tutor.usecases.exam_library import ExamLibrary
    from tutor.usecases.functions import Functions
    from tutor.usecases.plan_reviews import PlanReviews
    from tutor.usecases.run_lab import RunLab
    from tutor.usecases.see_progress import SeeProgress
    from tutor.usecases.see_region import SeeRegion
    from tutor.usecases.sit_exam import SitExam
    from tutor.usecases.study_lesson import StudyLesson


class Parts(Protocol):
    """What the screens use. Only ``library.course_map`` is cheap; everything else belongs in a worker."""

    @property
    def library(self) -> "ExamLibrary": ...

    @property
    def quotas(self) -> "Quotas": ...

    @property
    def prices(self) -> "Prices": ...

    @property
    def functions(self) -> "Functions": ...

    @property
    def study_lesson(self) -> "StudyLesson": ...

    @property
    def run_lab(self) -> "RunLab": ...

    @property
    def answer_question(self) -> "AnswerQuestion": ...

    @property
    def see_progress(self) -> "SeeProgress": ...

    @property
    def plan_reviews(self) -> "PlanReviews": ...

    @property
    def sit_exam(self) -> "SitExam": ...

    @property
    def see_region(self) -> "SeeRegion": ...
