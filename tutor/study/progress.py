"""Where one stands in the course, computed from what was done: marks, and the next step."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from tutor.study.answer import Act, Answer, LabAttempt
from tutor.study.course import CourseMap, LessonEntry

Mark = Literal["done", "begun", "not yet"]
StepKind = Literal["lesson", "lab", "quiz", "review", "finished"]


@dataclass(frozen=True)
class LessonMarks:
    """Marks of one lesson: its text, each lab by id, its quiz (questions answered correctly at least once), and all."""

    text: Mark
    labs: Mapping[str, Mark]
    quiz: Mark
    quiz_answered: int
    quiz_right: int
    quiz_size: int
    whole: Mark


@dataclass(frozen=True)
class NextStep:
    """What Enter on the home screen does. ``verb`` is ``Start``, ``Go on`` or ``Review``.

    ``minutes`` is the author's estimate, a minute for each question; 0 where there is none.
    """

    kind: StepKind
    id: str  # lesson id (lesson, quiz), lab id, or "" (review, finished)
    verb: str
    title: str
    minutes: int


@dataclass(frozen=True)
class Done:
    """What marks depend on, gathered once from all events."""

    read: frozenset[str]
    touched: frozenset[str]  # lessons opened or run, labs opened, tried or reset
    passed: frozenset[str]  # labs
    answered: frozenset[str]  # questions
    right: frozenset[str]  # questions


def done(answers: Iterable[Answer], attempts: Iterable[LabAttempt], acts: Iterable[Act]) -> Done:
    """Gather the events. What was once passed or answered right stays so, also when the content changes."""
    answers, attempts, acts = tuple(answers), tuple(attempts), tuple(acts)
    return Done(
        read=frozenset(act.item for act in acts if act.what == "lesson read"),
        touched=frozenset({act.item for act in acts} | {attempt.lab_id for attempt in attempts}),
        passed=frozenset(attempt.lab_id for attempt in attempts if attempt.passed),
        answered=frozenset(answer.question_id for answer in answers),
        right=frozenset(answer.question_id for answer in answers if answer.correct),
    )


def marks_of(lesson: LessonEntry, so_far: Done) -> LessonMarks:
    """The marks of one lesson."""
    text = _mark(lesson.id in so_far.read, lesson.id in so_far.touched)
    labs = {lab_id: _mark(lab_id in so_far.passed, lab_id in so_far.touched) for lab_id, _ in lesson.labs}
    asked = set(lesson.quiz)
    answered, right = len(asked & so_far.answered), len(asked & so_far.right)
    quiz = _mark(right == len(asked), answered > 0)
    parts = {text, *labs.values(), *([quiz] if asked else [])}
    whole: Mark = "begun" if len(parts) > 1 else next(iter(parts))
    return LessonMarks(text, labs, quiz, answered, right, len(asked), whole)


def steps(course: CourseMap) -> tuple[NextStep, ...]:
    """The whole course as steps: each lesson's text, then its labs, then its quiz."""
    return tuple(step for lesson in course.lessons for step in _steps_of(lesson))


def next_step(course: CourseMap, marks: Mapping[str, LessonMarks], due: Sequence[str]) -> NextStep:
    """The first step of the course that is not done; after the last one what is due; then nothing."""
    return _first_open(steps(course), marks) or _after_the_course(due)


def step_after(
    course: CourseMap, marks: Mapping[str, LessonMarks], due: Sequence[str], kind: str, item: str
) -> NextStep:
    """The first step not done that comes after the step ``kind`` of ``item``, else as ``next_step``."""
    in_order = steps(course)
    here = next((place for place, step in enumerate(in_order) if (step.kind, step.id) == (kind, item)), -1)
    return _first_open(in_order[here + 1 :], marks) or next_step(course, marks, due)


def _mark(is_done: bool, is_begun: bool) -> Mark:
    return "done" if is_done else "begun" if is_begun else "not yet"


def _steps_of(lesson: LessonEntry) -> Iterable[NextStep]:
    yield NextStep("lesson", lesson.id, "Go on", lesson.title, lesson.minutes)
    for lab_id, title in lesson.labs:
        yield NextStep("lab", lab_id, "Go on", title, 0)
    if lesson.quiz:
        yield NextStep("quiz", lesson.id, "Go on", lesson.title, len(lesson.quiz))


def _first_open(in_order: Sequence[NextStep], marks: Mapping[str, LessonMarks]) -> NextStep | None:
    first = next((step for step in in_order if _mark_of(step, marks) != "done"), None)
    if first is None or any(of_lesson.whole != "not yet" for of_lesson in marks.values()):
        return first
    return NextStep(first.kind, first.id, "Start", first.title, first.minutes)


def _mark_of(step: NextStep, marks: Mapping[str, LessonMarks]) -> Mark:
    if step.kind == "lab":
        return marks[step.id.rpartition("/")[0]].labs[step.id]
    of_lesson = marks[step.id]
    return of_lesson.text if step.kind == "lesson" else of_lesson.quiz


def _after_the_course(due: Sequence[str]) -> NextStep:
    if due:
        return NextStep("review", "", "Review", "What is due", len(due))
    return NextStep("finished", "", "Review", "Nothing is due", 0)
