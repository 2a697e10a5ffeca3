"""Study a lesson: read it, and run its complete, correct example before anything is asked."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tutor.awslambda.invocation import Invocation
from tutor.study.course import Lesson
from tutor.usecases.functions import Functions
from tutor.usecases.library import Library
from tutor.usecases.memory import Memory


@dataclass(frozen=True)
class StudyLesson:
    """Opening a lesson and running its example. Every method may be called from a worker thread."""

    library: Library
    functions: Functions
    memory: Memory
    now: Callable[[], datetime]

    def open(self, lesson_id: str) -> Lesson:
        """The lesson, with its numbers filled in; remembers that it was opened."""
        raise NotImplementedError

    def run_example(self, lesson_id: str) -> tuple[Invocation, ...]:
        """Run the lesson's example in the sandbox, all its runs in order; remembers that it was run."""
        raise NotImplementedError

    def finish(self, lesson_id: str) -> None:
        """Remember that the lesson's text was read to its end."""
        raise NotImplementedError
