"""See where one stands: marks on the course map, what is due, and the next step."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from tutor.errors import ContentError, UsageError
from tutor.study import progress, review, standing
from tutor.study.answer import Answer
from tutor.study.progress import LessonMarks, Mark, NextStep
from tutor.study.score import by_domain
from tutor.study.standing import ProgressItem
from tutor.usecases.library import Library
from tutor.usecases.memory import Memory

__all__ = ["LessonMarks", "Mark", "NextStep", "Overview", "ProgressItem", "ProgressReport", "SeeProgress"]


@dataclass(frozen=True)
class Overview:
    """Everything the home screen shows beside the titles. ``due`` holds claim ids, most overdue first."""

    marks: Mapping[str, LessonMarks]
    due: tuple[str, ...]
    next_step: NextStep
    answers: int
    right: int


@dataclass(frozen=True)
class ProgressReport:
    """All that is known of the learner's progress: the overview, and each lesson, lab, content domain and claim."""

    overview: Overview
    items: tuple[ProgressItem, ...]


@dataclass(frozen=True)
class SeeProgress:
    """Progress computed from the events alone."""

    library: Library
    memory: Memory
    now: Callable[[], datetime]

    def overview(self) -> Overview:
        """Marks, what is due, and the next step."""
        answers, attempts = self.memory.answers(), self.memory.lab_attempts()
        course = self.library.course_map()
        so_far = progress.done(answers, attempts, self.memory.acts())
        marks = {lesson.id: progress.marks_of(lesson, so_far) for lesson in course.lessons}
        due = review.due(review.cards(answers, attempts), self.now())
        right = sum(answer.correct for answer in answers)
        return Overview(marks, due, progress.next_step(course, marks, due), len(answers), right)

    def after(self, kind: str, item: str) -> NextStep:
        """The next step once ``item`` (lesson text, lab, quiz) has been left: what Enter there leads to."""
        overview = self.overview()
        return progress.step_after(self.library.course_map(), overview.marks, overview.due, kind, item)

    def report(self) -> ProgressReport:
        """Everything, for ``tutor progress``: reads all claims, and the questions that were answered."""
        overview, answers = self.overview(), self.memory.answers()
        lessons = self.library.course_map().lessons
        cards = review.cards(answers, self.memory.lab_attempts())
        items = (
            *(standing.of_lesson(lesson, overview.marks[lesson.id]) for lesson in lessons),
            *(item for lesson in lessons for item in standing.of_labs(lesson, overview.marks[lesson.id])),
            *standing.of_domains(by_domain(answers, self._domains_of(answers))),
            *standing.of_claims(self.library.claims(), cards, overview.due, self.now()),
        )
        return ProgressReport(overview, items)

    def _domains_of(self, answers: tuple[Answer, ...]) -> dict[str, Mapping[str, int]]:
        """The content domains of each answered question; one that is gone or broken has none."""
        domains: dict[str, Mapping[str, int]] = {}
        for question_id in {answer.question_id for answer in answers}:
            try:
                domains[question_id] = self.library.scenario(question_id).domains
            except (ContentError, UsageError):
                continue
        return domains
