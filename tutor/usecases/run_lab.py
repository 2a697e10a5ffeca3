"""Work on a lab: the learner's own copy, runs, the checklist, hints, the solution, and a reset that can be undone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tutor.awslambda.invocation import Invocation
from tutor.awslambda.prices import Prices
from tutor.study.course import Grade, Lab
from tutor.usecases.functions import Functions
from tutor.usecases.library import Library
from tutor.usecases.memory import Memory


@dataclass(frozen=True)
class LabState:
    """Where the learner stands in a lab. ``files`` are relative to ``folder``, the first one is opened first."""

    lab: Lab
    folder: Path
    files: tuple[Path, ...]
    passed: bool
    hints_shown: int
    solution_shown: bool
    can_undo_reset: bool


@dataclass(frozen=True)
class LabRun:
    """One graded run: the invocations in the order of ``lab.runs``, and the grade.

    ``refused`` is a sentence where the code or its template could not be run at all (AWS's refusal, a
    broken template, a missing file); then there may be fewer invocations than runs, and every demand fails.
    ``cost`` is the computed price of all invocations, in USD.
    """

    invocations: tuple[Invocation, ...]
    grade: Grade
    refused: str | None
    cost: float


@dataclass(frozen=True)
class RunLab:
    """A lab at the learner's own workspace. Every method may be called from a worker thread."""

    library: Library
    functions: Functions
    memory: Memory
    prices: Prices
    workspace: Path
    now: Callable[[], datetime]

    def begun(self, lab_id: str) -> bool:
        """Whether the learner has a copy of this lab."""
        raise NotImplementedError

    def open(self, lab_id: str) -> LabState:
        """The learner's copy, made from the starter on first opening; never overwrites a file."""
        raise NotImplementedError

    def run(self, lab_id: str, seen: Callable[[int, Invocation], None] | None = None) -> LabRun:
        """Run the copy as the lab says and grade it; the attempt is stored when this returns.

        ``seen`` is told of each invocation as it ends, with its index into ``lab.runs``.
        """
        raise NotImplementedError

    def hints(self, lab_id: str) -> tuple[str, ...]:
        """The hints shown so far."""
        raise NotImplementedError

    def next_hint(self, lab_id: str) -> str | None:
        """Show one hint more; None when there is none left."""
        raise NotImplementedError

    def solution(self, lab_id: str) -> Mapping[str, str]:
        """Texts of the first accepted solution by file name; before a pass it is remembered as shown."""
        raise NotImplementedError

    def reset(self, lab_id: str) -> LabState:
        """Put the starter back. What was there is kept aside, so that ``undo_reset`` can bring it back."""
        raise NotImplementedError

    def undo_reset(self, lab_id: str) -> LabState:
        """Bring back what the last reset put aside; what is there now is put aside in turn."""
        raise NotImplementedError
