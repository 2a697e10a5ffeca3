"""Checking labs: the learner's copies, and the authors' own folders."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.fakes.functions import ENFORCED, an_invocation
from tests.fakes.shelf import Shelf
from tutor.errors import ContentError, HostError, Problem, UsageError
from tutor.study.course import Demand, FunctionSettings, Grade, Holds, Lab, Run, Verdict
from tutor.usecases.check_labs import Checked, CheckLabs
from tutor.usecases.run_lab import LabRun

OPEN = {**ENFORCED, "memory": "none"}


def a_lab(lab_id: str = "limits/every-limit/outgrows-memory") -> Lab:
    """Two demands; the starter fails one of them, the near-miss the other."""
    return Lab(
        id=lab_id,
        title="A lab",
        minutes=5,
        task="Do it.",
        claims=(),
        given={},
        function=FunctionSettings("lambda_function.lambda_handler", 128, 3, 512),
        runs=(Run("one", {}),),
        demands=(Demand("answers", "answers"), Demand("stays_small", "stays small", needs=("memory",))),
        hints=(),
        starter=Path("starter"),
        solutions=(Path("solutions/1"), Path("solutions/2")),
        rejected=(Path("rejected/1"),),
        checks=Path("checks.py"),
        starter_fails=("answers",),
        rejected_fails=(("stays_small",),),
        content_hash="lab-1",
    )


def a_run(
    answers: Holds, small: Holds, enforcement: Mapping[str, str] = ENFORCED, refused: str | None = None
) -> LabRun:
    """A graded run with these two verdicts."""
    grade = Grade(
        (Verdict("answers", "answers", answers, "why a"), Verdict("stays_small", "stays small", small, "why s"))
    )
    return LabRun((an_invocation(enforcement=enforcement),), grade, refused, 0.0)


PASSED = a_run("holds", "holds")
AUTHORED = {
    "starter": a_run("fails", "holds"),
    "solutions/1": PASSED,
    "solutions/2": PASSED,
    "rejected/1": a_run("fails", "fails"),
}


@dataclass
class Copies:
    """The learner's copies: graded runs by lab id."""

    runs: Mapping[str, LabRun | Exception] = field(default_factory=dict)

    def begun(self, lab_id: str) -> bool:
        return lab_id in self.runs

    def run(self, lab_id: str) -> LabRun:
        run = self.runs[lab_id]
        if isinstance(run, Exception):
            raise run
        return run


def checking(copies: Copies | None = None, graded: Mapping[str, LabRun | Exception] | None = None) -> CheckLabs:
    """Three labs in two lessons; ``graded`` says what comes out for each authored folder."""
    labs = [
        a_lab(),
        a_lab("limits/every-limit/too-slow"),
        a_lab("invocation-types/who-waits/cold-and-warm"),
    ]

    def grade(lab: Lab, folder: Path) -> LabRun:
        run = {**AUTHORED, **(graded or {})}[str(folder)]
        if isinstance(run, Exception):
            raise run
        return run

    return CheckLabs(Shelf(labs=labs), lambda: copies or Copies(), grade)


ONE = "limits/every-limit/outgrows-memory"


def learners(run: LabRun | Exception) -> Checked:
    return checking(Copies({ONE: run})).learners_copy(ONE)


def authored(folder: str, run: LabRun | Exception | None = None) -> Checked:
    graded = {folder: run} if run else {}
    found = checking(graded=graded).authored([ONE], _silent)
    return next(checked for checked in found if checked.id == f"{ONE}/{folder}")


def test_a_lab_that_was_not_opened_is_not_started() -> None:
    """What the learner has not begun does not fail."""
    assert checking().learners_copy(ONE).status == "not started"


def test_a_passed_copy_passes() -> None:
    """All demands hold."""
    assert learners(PASSED) == Checked(ONE, "passed", "all demands hold (2)")


def test_a_copy_that_fails_says_which_demand_and_why() -> None:
    """The reason names the line of the checklist and what was seen."""
    assert learners(a_run("holds", "fails")) == Checked(ONE, "not passed", "stays small: why s")


def test_a_refused_copy_says_the_refusal() -> None:
    """Code that could not be run at all is not passed, with AWS's or our sentence."""
    checked = learners(a_run("fails", "fails", refused="There is no file."))
    assert checked == Checked(ONE, "not passed", "There is no file.")


def test_a_verdict_that_hinges_on_the_host_is_told_as_such() -> None:
    """Where nothing holds the memory, a demand that needs it is no failure of the learner."""
    assert learners(a_run("holds", "cannot be judged", OPEN)).status == "cannot be judged"


def test_a_failure_wins_over_what_cannot_be_judged() -> None:
    """One demand that fails for certain is enough."""
    assert learners(a_run("fails", "cannot be judged", OPEN)) == Checked(ONE, "not passed", "answers: why a")


def test_an_open_verdict_on_a_good_host_is_not_passed() -> None:
    """A check that could not judge for another reason than the host leaves the lab unpassed."""
    assert learners(a_run("holds", "cannot be judged")).status == "not passed"


def test_a_host_that_cannot_run_labs_is_told_as_such() -> None:
    """No namespaces: no verdict."""
    assert learners(HostError("No namespaces.")) == Checked(ONE, "cannot be judged", "No namespaces.")


def test_broken_checks_are_not_the_learners_fault_but_are_told() -> None:
    """A lab whose checks are broken is told as broken, and the others still run."""
    checked = learners(ContentError([Problem("checks.py", 3, "answers", "the check failed")]))
    assert "the lab itself is broken: checks.py:3" in checked.why


def test_every_folder_of_a_lab_is_proven() -> None:
    """Starter, solutions and near-misses each give one result, in order."""
    found = list(checking().authored([ONE], _silent))
    assert [checked.id.removeprefix(f"{ONE}/") for checked in found] == list(AUTHORED)
    assert {checked.status for checked in found} == {"as authored"}
    assert found[0].why == "fails answers, as it must"


@pytest.mark.parametrize(
    ("folder", "run", "why"),
    [
        ("starter", PASSED, "answers must fail and does not"),
        ("starter", a_run("fails", "fails"), "stays_small must hold: why s"),
        ("starter", a_run("holds", "fails"), "answers must fail and does not; stays_small must hold: why s"),
        ("solutions/1", a_run("holds", "fails"), "stays_small must hold: why s"),
        ("solutions/2", a_run("holds", "cannot be judged"), "stays_small must hold: why s"),
        ("rejected/1", PASSED, "stays_small must fail and does not"),
        ("rejected/1", a_run("fails", "holds"), "stays_small must fail and does not"),
        ("solutions/1", ContentError([Problem("checks.py", 3, "answers", "broken")]), "checks.py:3: [answers] broken"),
    ],
)
def test_a_folder_that_does_otherwise_than_authored(folder: str, run: LabRun | Exception, why: str) -> None:
    """A starter that passes or fails for another reason, a failing solution, an accepted near-miss: each is told."""
    checked = authored(folder, run)
    assert checked.status == "not as authored"
    assert checked.why == why


def test_a_starter_may_leave_other_demands_open() -> None:
    """What a starter's failure leaves unjudged is no failure of its own."""
    assert authored("starter", a_run("fails", "cannot be judged")).status == "as authored"


def test_a_near_miss_may_fail_more_than_it_must() -> None:
    """At least the named demands fail."""
    assert authored("rejected/1", a_run("fails", "fails")).status == "as authored"


@pytest.mark.parametrize("folder", ["starter", "solutions/1", "rejected/1"])
def test_an_authored_folder_cannot_be_judged_where_a_limit_is_open(folder: str) -> None:
    """A host without a memory limit proves nothing about a demand that needs one."""
    runs = {
        "starter": a_run("holds", "cannot be judged", OPEN),
        "solutions/1": a_run("holds", "cannot be judged", OPEN),
        "rejected/1": a_run("holds", "cannot be judged", OPEN),
    }
    assert authored(folder, runs[folder]).status == "cannot be judged"
    assert authored(folder, HostError("No namespaces.")).status == "cannot be judged"


def test_names_stand_for_lessons_labs_and_units() -> None:
    """Each name picks its labs; no name picks all; the order is the course's."""
    check = checking()
    first, second, third = check.labs([])
    assert check.labs(["limits/every-limit"]) == (first, second)
    assert check.labs(["invocation-types", second]) == (second, third)
    assert check.labs(["limits/every-limit/"]) == (first, second)


@pytest.mark.parametrize(
    ("name", "near"),
    [("limits/every-limits", "limits/every-limit"), ("limits/every-limit/too-sloow", "limits/every-limit/too-slow")],
)
def test_an_unknown_name_is_told_with_the_nearest(name: str, near: str) -> None:
    """A slip in a name is answered with the right one."""
    with pytest.raises(UsageError, match=f"did you mean '{near}'"):
        checking().labs([name])


def _silent(folder_id: str) -> None:
    """Narrates nothing."""
