"""Verdicts: what a check says, what a host leaves open, and whose fault a broken check is."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes.course import LAB
from tests.fakes.functions import ENFORCED, an_invocation
from tutor.errors import ContentError
from tutor.study.course import Demand, Lab
from tutor.usecases.grading import grade, grade_refused

RUN = an_invocation({"rows": 400})


@pytest.fixture
def checks(tmp_path: Path) -> Path:
    return tmp_path / "checks.py"


def lab_with(checks: Path, code: str, *demands: Demand) -> Lab:
    checks.write_text(code)
    return replace(LAB, checks=checks, demands=demands or (Demand("works", "it works"),))


@pytest.mark.parametrize(
    ("said", "verdict"), [("True", "holds"), ("False", "fails"), ("None", "cannot be judged")]
)  # fmt: skip
def test_a_check_says_whether_and_why(checks: Path, said: str, verdict: str) -> None:
    """True, False and None become the three verdicts, with the check's own reason."""
    lab = lab_with(checks, f"def works(runs, given):\n    return {said}, f'saw {{given}} {{len(runs)}}'\n")
    (found,) = grade(lab, [RUN, RUN]).verdicts
    assert (found.id, found.says, found.holds, found.why) == ("works", "it works", verdict, "saw {'rows': 400} 2")


def test_verdicts_come_in_the_order_of_the_checklist(checks: Path) -> None:
    """The grade passes only when every demand holds, and names those that fail."""
    code = "def a(runs, given):\n    return True, ''\ndef b(runs, given):\n    return False, ''\n"
    found = grade(lab_with(checks, code, Demand("b", "b"), Demand("a", "a")), [RUN])
    assert [verdict.id for verdict in found.verdicts] == ["b", "a"]
    assert (found.passed, found.failed()) == (False, ("b",))


@pytest.mark.parametrize("said", ["True", "False"])
def test_what_the_host_does_not_enforce_cannot_be_judged(checks: Path, said: str) -> None:
    """Neither a pass nor a failure is given where nothing held a limit that the demand needs."""
    lab = lab_with(
        checks, f"def works(runs, given):\n    return {said}, ''\n", Demand("works", "it works", ("memory", "timeout"))
    )
    open_host = an_invocation({}, enforcement={**ENFORCED, "memory": "none"})
    found = grade(lab, [RUN, open_host])
    assert found.unjudged
    assert "memory" in found.verdicts[0].why
    assert "tutor doctor" in found.verdicts[0].why
    assert grade(lab, [RUN]).verdicts[0].holds == {"True": "holds", "False": "fails"}[said]


def test_a_refusal_fails_every_demand_with_its_reason() -> None:
    """Code that could not be run passes nothing."""
    found = grade_refused(LAB, "it was refused")
    assert [(verdict.holds, verdict.why) for verdict in found.verdicts] == [("fails", "it was refused")] * 2


@pytest.mark.parametrize(
    ("code", "line", "says"),
    [
        ("def works(runs, given):\n    return runs[7].payload\n", 2, "IndexError"),
        ("import re\ndef works(runs, given):\n    return re.compile('(')\n", 3, "the check failed"),
        ("def works(runs, given)\n    pass\n", 1, "no Python"),
        ("x = 1\nraise OSError('gone')\n", 2, "OSError: gone"),
        ("def other(runs, given):\n    return True, ''\n", 1, "no function works(runs, given)"),
        ("def works(runs, given):\n    return True\n", 1, "must return"),
        ("def works(runs, given):\n    return 1, 'one'\n", 1, "must return"),
        ("a = '\0'", 1, "no Python"),
    ],
)
def test_a_broken_check_is_the_authors_fault(checks: Path, code: str, line: int, says: str) -> None:
    """It is told with file and line, as a problem of the content, and never graded against the learner."""
    with pytest.raises(ContentError) as broken:
        grade(lab_with(checks, code), [RUN])
    (problem,) = broken.value.problems
    assert (problem.file, problem.line) == (str(checks), line)
    assert says in problem.message


def test_checks_that_are_not_there_are_told(checks: Path) -> None:
    """A missing file is a problem of the content too."""
    with pytest.raises(ContentError, match="cannot be read"):
        grade(replace(LAB, checks=checks), [RUN])


def test_checking_leaves_nothing_beside_the_checks(checks: Path) -> None:
    """No cache is written into the course's folders."""
    grade(lab_with(checks, "def works(runs, given):\n    return True, ''\n"), [RUN])
    assert list(checks.parent.iterdir()) == [checks]
