"""What to study next after a sitting: the claims that were missed, the lesson that teaches most of them, a lab."""

from collections import Counter
from dataclasses import dataclass

from tutor.study.course import CourseMap, LessonEntry
from tutor.study.result import Result


@dataclass(frozen=True)
class Advice:
    """``claims`` are those of what went wrong, the one missed most first; ``lab`` is the lesson's, by id and title."""

    claims: tuple[str, ...] = ()
    lesson: LessonEntry | None = None
    lab: tuple[str, str] | None = None


def advice_after(result: Result, course: CourseMap) -> Advice:
    """What went wrong or was left blank counts; what was changed since does not.

    Where no lesson with a lab teaches most of what was missed, the lab is of the best one that has a lab.
    """
    wrong = (one for one in result.marked if not one.right and not one.void)
    missed = Counter(claim for one in wrong for claim in one.claims)
    taught = {lesson.id: sum(missed[claim] for claim in lesson.claims) for lesson in course.lessons}
    best = sorted((lesson for lesson in course.lessons if taught[lesson.id]), key=lambda lesson: -taught[lesson.id])
    labs = [lesson.labs[0] for lesson in best if lesson.labs]
    claims = tuple(claim for claim, _ in missed.most_common())
    return Advice(claims, best[0] if best else None, labs[0] if labs else None)
