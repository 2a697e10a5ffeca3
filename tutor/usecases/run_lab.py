"""Work on a lab: the learner's own copy, runs, the checklist, hints, the solution, and a reset that can be undone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from tutor.awslambda.billing import cost
from tutor.awslambda.invocation import Invocation
from tutor.awslambda.prices import Prices
from tutor.errors import UsageError
from tutor.study.answer import Act, LabAttempt, LearnerAct
from tutor.study.course import Grade, Lab
from tutor.usecases import template
from tutor.usecases.configuration import configuration_of, layers_of
from tutor.usecases.functions import Functions
from tutor.usecases.grading import grade, grade_refused
from tutor.usecases.library import Library
from tutor.usecases.memory import Memory
from tutor.usecases.staged_lab import observe_folder
from tutor.usecases.trial import Trial
from tutor.usecases.workspace import Workspace, texts


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
    ``cost`` is the computed price of all invocations, in USD. ``observed`` is what a staged lab's staging saw.
    """

    invocations: tuple[Invocation, ...]
    grade: Grade
    refused: str | None
    cost: float
    observed: Mapping[str, Any] = field(default_factory=dict)


Seen = Callable[[int, Invocation], None]


def run_folder(lab: Lab, folder: Path, trial: Trial, seen: Seen | None = None) -> LabRun:
    """Run what lies in ``folder`` (a learner's copy, a starter, a solution) as the lab says, and grade it.

    Nothing is stored. Raises ``HostError`` where this host cannot run it at all, ``ContentError`` for broken checks.
    """
    invocations: list[Invocation] = []
    observed: Mapping[str, Any] | None = None
    try:
        if lab.staging is not None:
            observed = _stage(lab, lab.staging, folder, trial, invocations, seen)
        else:
            _invoke(lab, folder, trial.functions, invocations, seen)
    except UsageError as error:
        why = str(error)
        return LabRun(tuple(invocations), grade_refused(lab, why), why, _cost(invocations, trial.prices))
    graded = grade(lab, invocations, observed)
    return LabRun(tuple(invocations), graded, None, _cost(invocations, trial.prices), observed or {})


def _stage(
    lab: Lab, staging: Path, folder: Path, trial: Trial, done: list[Invocation], seen: Seen | None
) -> Mapping[str, Any]:
    """What a staged lab's staging saw; every invocation is appended to ``done``."""
    sight = observe_folder(lab, staging, folder, trial)
    for index, invocation in enumerate(sight.invocations):
        done.append(invocation)
        if seen is not None:
            seen(index, invocation)
    return sight.seen


def _invoke(lab: Lab, folder: Path, functions: Functions, done: list[Invocation], seen: Seen | None) -> None:
    """Make the lab's runs one after another in one environment; each is appended to ``done`` as it ends."""
    settings = template.settings_of(folder, lab.function)
    configuration = configuration_of(settings, folder_name(lab))
    running = functions.create(folder, configuration, layers=layers_of(settings, folder))
    try:
        for index, run in enumerate(lab.runs):
            if run.fresh and index:
                running.renew()
            done.append(running.invoke(run.event))
            if seen is not None:
                seen(index, done[-1])
    finally:
        running.close()


def folder_name(lab: Lab) -> str:
    """The last part of the lab's id: its folder's name, and the function's."""
    return lab.id.rpartition("/")[2]


def _cost(invocations: list[Invocation], prices: Prices) -> float:
    return sum(cost(invocation, prices) for invocation in invocations)


@dataclass(frozen=True)
class RunLab:
    """A lab at the learner's own workspace. Every method may be called from a worker thread."""

    library: Library
    trial: Trial
    memory: Memory
    workspace: Path
    now: Callable[[], datetime]

    def begun(self, lab_id: str) -> bool:
        """Whether the learner has a copy of this lab."""
        return self._copies.begun(lab_id)

    def open(self, lab_id: str) -> LabState:
        """The learner's copy, made from the starter on first opening; never overwrites a file."""
        lab = self.library.lab(lab_id)
        if self._copies.open(lab_id, lab.starter):
            self._remember("lab opened", lab_id)
        return self._state(lab)

    def run(self, lab_id: str, seen: Seen | None = None) -> LabRun:
        """Run the copy as the lab says and grade it; the attempt is stored when this returns.

        ``seen`` is told of each invocation as it ends, with its index into ``lab.runs``. A grade that this host
        leaves open is stored as not passed. Raises ``HostError`` where this host cannot run it: nothing is stored.
        """
        lab = self.library.lab(lab_id)
        solution_shown = self._times("solution shown", lab_id) > 0
        lab_run = self._run(lab, seen)
        self.memory.add_lab_attempt(
            LabAttempt(
                lab_id=lab_id,
                content_hash=lab.content_hash,
                passed=lab_run.grade.passed,
                verdicts=tuple((verdict.id, verdict.holds) for verdict in lab_run.grade.verdicts),
                solution_shown=solution_shown,
                attempted_at=self.now(),
                claims=lab.claims,
            )
        )
        return lab_run

    def hints(self, lab_id: str) -> tuple[str, ...]:
        """The hints shown so far."""
        return self.library.lab(lab_id).hints[: self._times("hint shown", lab_id)]

    def next_hint(self, lab_id: str) -> str | None:
        """Show one hint more; None when there is none left."""
        hints, shown = self.library.lab(lab_id).hints, self._times("hint shown", lab_id)
        if shown >= len(hints):
            return None
        self._remember("hint shown", lab_id, str(shown + 1))
        return hints[shown]

    def solution(self, lab_id: str) -> Mapping[str, str]:
        """Texts of the first accepted solution by file name; before a pass it is remembered as shown."""
        lab = self.library.lab(lab_id)
        if not self._passed(lab_id) and not self._times("solution shown", lab_id):
            self._remember("solution shown", lab_id)
        return texts(lab.solutions[0])

    def reset(self, lab_id: str) -> LabState:
        """Put the starter back. What was there is kept aside, so that ``undo_reset`` can bring it back."""
        lab = self.library.lab(lab_id)
        self._copies.reset(lab_id, lab.starter)
        self._remember("lab reset", lab_id)
        return self._state(lab)

    def undo_reset(self, lab_id: str) -> LabState:
        """Bring back what the last reset put aside; what is there now is put aside in turn.

        Raises ``UsageError`` where nothing lies aside.
        """
        lab = self.library.lab(lab_id)
        if not self._copies.undo_reset(lab_id):
            raise UsageError("There is nothing to bring back: this lab has not been reset.")
        return self._state(lab)

    @property
    def _copies(self) -> Workspace:
        return Workspace(self.workspace)

    def _run(self, lab: Lab, seen: Seen | None) -> LabRun:
        try:
            folder = self._copies.check(lab.id)
        except UsageError as error:
            return LabRun((), grade_refused(lab, str(error)), str(error), 0.0)
        return run_folder(lab, folder, self.trial, seen)

    def _state(self, lab: Lab) -> LabState:
        shown_first = (f"{lab.function.handler.rpartition('.')[0].replace('.', '/')}.py", template.NAME)
        return LabState(
            lab=lab,
            folder=self._copies.folder(lab.id),
            files=self._copies.files(lab.id, shown_first),
            passed=self._passed(lab.id),
            hints_shown=min(len(lab.hints), self._times("hint shown", lab.id)),
            solution_shown=self._times("solution shown", lab.id) > 0,
            can_undo_reset=self._copies.can_undo(lab.id),
        )

    def _passed(self, lab_id: str) -> bool:
        return any(attempt.passed for attempt in self.memory.lab_attempts() if attempt.lab_id == lab_id)

    def _times(self, what: LearnerAct, lab_id: str) -> int:
        return sum(act.what == what and act.item == lab_id for act in self.memory.acts())

    def _remember(self, what: LearnerAct, lab_id: str, detail: str = "") -> None:
        self.memory.add_act(Act(what, lab_id, detail, self.now()))
