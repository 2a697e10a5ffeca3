"""The course as values: units hold lessons, lessons hold labs and a quiz, labs demand checks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

Holds = Literal["holds", "fails", "cannot be judged"]


@dataclass(frozen=True)
class FunctionSettings:
    """What ``function:`` of a lab or lesson says: AWS's names in snake_case, defaults filled in.

    Memory and storage in MB, timeout in seconds. ``runtime`` is None for this host's own Python; ``layers`` names
    folders inside the code's folder, in the order in which they are merged into /opt.
    """

    handler: str
    memory_size: int
    timeout: int
    ephemeral_storage: int
    environment: Mapping[str, str] = field(default_factory=dict)
    logging_format: str = "Text"
    application_log_level: str | None = None
    runtime: str | None = None
    layers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Run:
    """One invocation that a lab or a lesson's example makes.

    ``fresh`` asks for a new environment first; else the one of the run before is used again.
    """

    name: str
    event: Any
    fresh: bool = False


@dataclass(frozen=True)
class Demand:
    """One line of a lab's checklist. ``id`` names the function in ``checks.py``; ``says`` is the line.

    ``needs`` lists the limits that the host must enforce for a verdict (``memory``, ``timeout`` …).
    """

    id: str
    says: str
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lab:
    """A lab. Folders are absolute paths; ``solutions`` and ``rejected`` are in order 1, 2, …

    ``starter_fails`` and each near-miss' entry in ``rejected_fails`` name the demands that must fail.
    ``content_hash`` changes with anything that could change a grade. A lab with a ``staging`` (a file) makes no runs of
    its own: that puts the learner's files into a region.
    """

    id: str  # <unit>/<lesson>/<lab>
    title: str
    minutes: int
    task: str  # Markdown, numbers filled in
    claims: tuple[str, ...]
    given: Mapping[str, Any]
    function: FunctionSettings
    runs: tuple[Run, ...]
    demands: tuple[Demand, ...]
    hints: tuple[str, ...]  # Markdown
    starter: Path
    solutions: tuple[Path, ...]
    rejected: tuple[Path, ...]
    checks: Path
    starter_fails: tuple[str, ...]
    rejected_fails: tuple[tuple[str, ...], ...]
    content_hash: str
    staging: Path | None = None


@dataclass(frozen=True)
class Example:
    """The complete, correct handler that a lesson runs first. ``folder`` holds its code."""

    folder: Path
    function: FunctionSettings
    runs: tuple[Run, ...]


@dataclass(frozen=True)
class Lesson:
    """A lesson. ``text`` is Markdown with its numbers filled in; ``quiz`` names scenario ids in order."""

    id: str  # <unit>/<lesson>
    title: str
    minutes: int
    claims: tuple[str, ...]
    text: str
    example: Example
    labs: tuple[Lab, ...]
    quiz: tuple[str, ...]


@dataclass(frozen=True)
class LessonEntry:
    """What the course map needs to know of a lesson, without reading its text."""

    id: str
    title: str
    minutes: int
    labs: tuple[tuple[str, str], ...]  # (lab id, title)
    quiz: tuple[str, ...]
    claims: tuple[str, ...]


@dataclass(frozen=True)
class UnitEntry:
    """A unit of the course map: its lessons in the order a learner needs them."""

    id: str
    number: int
    title: str
    lessons: tuple[LessonEntry, ...]


@dataclass(frozen=True)
class CourseMap:
    """The whole course as the home screen shows it; cheap to read (cached)."""

    units: tuple[UnitEntry, ...]

    @property
    def lessons(self) -> tuple[LessonEntry, ...]:
        """All lessons, in order."""
        return tuple(lesson for unit in self.units for lesson in unit.lessons)


@dataclass(frozen=True)
class Verdict:
    """One demand judged: its id and line, whether it holds, and why."""

    id: str
    says: str
    holds: Holds
    why: str


@dataclass(frozen=True)
class Grade:
    """All verdicts of one graded run."""

    verdicts: tuple[Verdict, ...]

    @property
    def passed(self) -> bool:
        """Every demand holds."""
        return bool(self.verdicts) and all(verdict.holds == "holds" for verdict in self.verdicts)

    @property
    def unjudged(self) -> bool:
        """Nothing fails, but at least one demand cannot be judged on this host."""
        kinds = {verdict.holds for verdict in self.verdicts}
        return "fails" not in kinds and "cannot be judged" in kinds

    def failed(self) -> tuple[str, ...]:
        """Ids of the demands that do not hold."""
        return tuple(verdict.id for verdict in self.verdicts if verdict.holds == "fails")


def grade_of(verdicts: Sequence[Verdict]) -> Grade:
    """A grade from verdicts in the order of the lab's checklist."""
    return Grade(tuple(verdicts))
