"""Study a lesson: read it, and run its complete, correct example before anything is asked."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tutor.awslambda.invocation import Invocation
from tutor.study.answer import Act, LearnerAct
from tutor.study.course import Lesson
from tutor.usecases.configuration import configuration_of, layers_of
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
        lesson = self.library.lesson(lesson_id)
        self._remember("lesson opened", lesson_id)
        return lesson

    def run_example(self, lesson_id: str) -> tuple[Invocation, ...]:
        """Run the lesson's example in the sandbox, all its runs in order; remembers that it was run.

        Raises ``HostError`` where this host cannot run it.
        """
        example = self.library.lesson(lesson_id).example
        configuration = configuration_of(example.function, lesson_id.rpartition("/")[2])
        layers = layers_of(example.function, example.folder)
        running = self.functions.create(example.folder, configuration, layers=layers)
        invocations: list[Invocation] = []
        try:
            for run in example.runs:
                if run.fresh and invocations:
                    running.renew()
                invocations.append(running.invoke(run.event))
        finally:
            running.close()
        self._remember("example run", lesson_id)
        return tuple(invocations)

    def finish(self, lesson_id: str) -> None:
        """Remember that the lesson's text was read to its end."""
        self._remember("lesson read", lesson_id)

    def _remember(self, what: LearnerAct, lesson_id: str) -> None:
        self.memory.add_act(Act(what, lesson_id, "", self.now()))
