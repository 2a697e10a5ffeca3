"""From a next step to the page that does it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.study.course import CourseMap, LessonEntry
    from tutor.study.progress import NextStep
    from tutor.tui.screens.page import Page


def page_for(step: "NextStep", course: "CourseMap") -> "Page | None":
    """The page of a step; None where nothing is left to do (home says so)."""
    if step.kind == "lesson":
        from tutor.tui.screens.lesson import LessonScreen

        return LessonScreen(step.id)
    if step.kind == "lab":
        from tutor.tui.screens.lab import LabScreen

        return LabScreen(step.id)
    if step.kind in ("quiz", "review"):
        from tutor.tui.screens.question import QuestionScreen

        return QuestionScreen(step.id if step.kind == "quiz" else None)
    return None


def entry_of(course: "CourseMap", item: str) -> "LessonEntry | None":
    """The lesson that an id (of a lesson or a lab) belongs to."""
    lesson_id = "/".join(item.split("/")[:2])
    return next((lesson for lesson in course.lessons if lesson.id == lesson_id), None)


def number_of(course: "CourseMap", item: str) -> str:
    """``2.1`` for the first lesson of the second unit, also for a lab of it; empty where it is unknown."""
    lesson_id = "/".join(item.split("/")[:2])
    for unit in course.units:
        for number, lesson in enumerate(unit.lessons, 1):
            if lesson.id == lesson_id:
                return f"{unit.number}.{number}"
    return ""
