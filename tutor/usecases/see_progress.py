"""See where one stands: marks on the course map, what is due, and the next step."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tutor.usecases.library import Library
from tutor.usecases.memory import Memory

Mark = Literal["done", "begun", "not yet"]


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
    """What Enter on the home screen does. ``verb`` is ``Start``, ``Go on`` or ``Review``."""

    kind: Literal["lesson", "lab", "quiz", "review", "finished"]
    id: str  # lesson id (lesson, quiz), lab id, or "" (review, finished)
    verb: str
    title: str
    minutes: int


@dataclass(frozen=True)
class Overview:
    """Everything the home screen shows beside the titles. ``due`` holds claim ids, most overdue first."""

    marks: Mapping[str, LessonMarks]
    due: tuple[str, ...]
    next_step: NextStep
    answers: int
    right: int


@dataclass(frozen=True)
class SeeProgress:
    """Progress computed from the events alone."""

    library: Library
    memory: Memory
    now: Callable[[], datetime]

    def overview(self) -> Overview:
        """Marks, what is due, and the next step."""
        raise NotImplementedError

    def after(self, kind: str, item: str) -> NextStep:
        """The next step once ``item`` (lesson text, lab, quiz) has been left: what Enter there leads to."""
        raise NotImplementedError
