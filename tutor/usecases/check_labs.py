"""Check labs: grade the learner's own copies, or prove that the course's own folders do what their authors say."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from tutor.errors import ContentError, HostError, UsageError
from tutor.study.course import Lab
from tutor.usecases.grading import not_enforced
from tutor.usecases.library import Library
from tutor.usecases.nearest import did_you_mean
from tutor.usecases.run_lab import LabRun

AT_ONCE = 2
"""How many authored folders run at the same time; each has environments of its own."""

Status = Literal["passed", "not passed", "not started", "as authored", "not as authored", "cannot be judged"]


class LearnersLabs(Protocol):
    """The learner's copies (``RunLab``)."""

    def begun(self, lab_id: str) -> bool:
        """Whether there is a copy."""
        ...

    def run(self, lab_id: str) -> LabRun:
        """Run and grade the copy; the attempt is stored."""
        ...


@dataclass(frozen=True)
class Checked:
    """What came out for a lab, or for one authored folder (``<lab id>/starter``, ``…/solutions/1``)."""

    id: str
    status: Status
    why: str


@dataclass(frozen=True)
class AuthoredFolder:
    """A starter, solution or near-miss. ``fails`` names the demands that must fail in it, ``exactly`` or at least."""

    id: str
    lab: Lab
    folder: Path
    fails: tuple[str, ...]
    exactly: bool


@dataclass(frozen=True)
class CheckLabs:
    """Checking. ``grade`` runs and grades any folder as a lab says, without storing anything.

    ``learners`` gives the learner's copies when they are asked for: the authored folders need no store.
    """

    library: Library
    learners: Callable[[], LearnersLabs]
    grade: Callable[[Lab, Path], LabRun]

    def labs(self, names: Sequence[str]) -> tuple[str, ...]:
        """Ids of the labs that the names (lessons, labs or units) stand for, in course order; no names: all.

        Raises ``UsageError`` for an unknown name, with the nearest valid one.
        """
        lab_ids = [lab_id for lesson in self.library.course_map().lessons for lab_id, _ in lesson.labs]
        valid = _valid_names(self.library)
        for name in names:
            if name.strip("/") not in valid:
                raise UsageError(f"There is no lesson or lab {name!r}{did_you_mean(name, valid)}.")
        wanted = [f"{name.strip('/')}/" for name in names] or [""]
        return tuple(lab_id for lab_id in lab_ids if f"{lab_id}/".startswith(tuple(wanted)))

    def learners_copy(self, lab_id: str) -> Checked:
        """Grade the learner's copy; one that is not there is "not started"."""
        if not self.learners().begun(lab_id):
            return Checked(lab_id, "not started", "open it in the tutor to get your copy")
        try:
            return _graded(self.library.lab(lab_id), self.learners().run(lab_id))
        except HostError as error:
            return Checked(lab_id, "cannot be judged", str(error))
        except ContentError as error:
            return Checked(lab_id, "not passed", f"the lab itself is broken: {error}")

    def authored(self, lab_ids: Sequence[str], begun: Callable[[str], None]) -> Iterator[Checked]:
        """Run every starter, solution and near-miss, two at a time; results in order.

        ``begun`` is told, from threads, which folder begins.
        """
        pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="check")
        try:
            broken, folders = self._folders(lab_ids)
            yield from broken
            yield from pool.map(lambda folder: self._authored(folder, begun), folders)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def _folders(self, lab_ids: Sequence[str]) -> tuple[list[Checked], list[AuthoredFolder]]:
        broken: list[Checked] = []
        folders: list[AuthoredFolder] = []
        for lab_id in lab_ids:
            try:
                folders.extend(authored_folders(self.library.lab(lab_id)))
            except ContentError as error:
                broken.append(Checked(lab_id, "not as authored", str(error)))
        return broken, folders

    def _authored(self, folder: AuthoredFolder, begun: Callable[[str], None]) -> Checked:
        begun(folder.id)
        try:
            return judge(folder, self.grade(folder.lab, folder.folder))
        except HostError as error:
            return Checked(folder.id, "cannot be judged", str(error))
        except ContentError as error:
            return Checked(folder.id, "not as authored", str(error))


def authored_folders(lab: Lab) -> tuple[AuthoredFolder, ...]:
    """All folders of a lab, with what its author says of each."""
    starter = AuthoredFolder(f"{lab.id}/starter", lab, lab.starter, lab.starter_fails, exactly=True)
    solutions = (
        AuthoredFolder(f"{lab.id}/solutions/{number}", lab, folder, (), exactly=True)
        for number, folder in enumerate(lab.solutions, 1)
    )
    rejected = (
        AuthoredFolder(f"{lab.id}/rejected/{number}", lab, folder, fails, exactly=False)
        for number, (folder, fails) in enumerate(zip(lab.rejected, lab.rejected_fails, strict=True), 1)
    )
    return (starter, *solutions, *rejected)


def judge(folder: AuthoredFolder, run: LabRun) -> Checked:
    """Whether a folder's graded run is what its author says."""
    failed = set(run.grade.failed())
    wrong = [
        *(f"{name} must fail and does not" for name in folder.fails if name not in failed),
        *(f"{name} must hold: {why}" for name, why in _failures(run) if folder.exactly and name not in folder.fails),
    ]
    if not folder.fails and not wrong and not run.grade.passed:
        wrong = [f"{verdict.id} must hold: {verdict.why}" for verdict in run.grade.verdicts if verdict.holds != "holds"]
    if not wrong:
        fails = f"fails {', '.join(folder.fails)}, as it must" if folder.fails else "passes"
        return Checked(folder.id, "as authored", fails)
    open_here = _left_open(folder.lab, run)
    if open_here:
        return Checked(folder.id, "cannot be judged", f"nothing holds {open_here} on this host: see tutor doctor")
    return Checked(folder.id, "not as authored", "; ".join([*wrong, *([run.refused] if run.refused else [])]))


def _graded(lab: Lab, run: LabRun) -> Checked:
    """A learner's run in a word and a sentence."""
    if run.refused:
        return Checked(lab.id, "not passed", run.refused)
    if run.grade.passed:
        return Checked(lab.id, "passed", f"all demands hold ({len(lab.demands)})")
    if run.grade.unjudged and _left_open(lab, run):
        return Checked(lab.id, "cannot be judged", _because(run, "cannot be judged"))
    return Checked(lab.id, "not passed", _because(run, "fails") or _because(run, "cannot be judged"))


def _because(run: LabRun, holds: str) -> str:
    return "; ".join(f"{verdict.says}: {verdict.why}" for verdict in run.grade.verdicts if verdict.holds == holds)


def _failures(run: LabRun) -> tuple[tuple[str, str], ...]:
    return tuple((verdict.id, verdict.why) for verdict in run.grade.verdicts if verdict.holds == "fails")


def _left_open(lab: Lab, run: LabRun) -> str:
    """Limits that a demand needs and this host left open in these runs."""
    limits = (limit for demand in lab.demands for limit in not_enforced(demand, run.invocations))
    return ", ".join(dict.fromkeys(limits))


def _valid_names(library: Library) -> tuple[str, ...]:
    course = library.course_map()
    lessons = course.lessons
    labs = (lab_id for lesson in lessons for lab_id, _ in lesson.labs)
    return (*(lesson.id for lesson in lessons), *labs, *(unit.id for unit in course.units))
