"""A staged lab: the staging is handed the learner's files, the checks what it saw, and each fault goes to its owner."""

from dataclasses import replace
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from tests.fakes.course import LAB, PRICES
from tests.fakes.functions import FakeFunctions, an_invocation
from tests.fakes.quotas import QUOTAS
from tutor.errors import ContentError
from tutor.study.course import Demand, Lab
from tutor.usecases.run_lab import LabRun, run_folder
from tutor.usecases.trial import Trial

STAGING = """\
def observe(stage, folder, rows):
    routing = folder.json("routing.json")
    answer = stage.function(folder["lambda_function.py"]).invoke({"rows": rows}).payload
    return {"weight": routing["weight"], "answer": answer["rows"]}
"""
CHECKS = """\
def routed(seen, given):
    return seen["weight"] == 0.1 and seen["answer"] == given["rows"], f"saw {seen}"
"""


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    """A lab with a staging, a check, and a starter of two files."""
    folder = tmp_path / "starter"
    folder.mkdir()
    (folder / "lambda_function.py").write_text("CODE")
    (folder / "routing.json").write_text('{"weight": 0.1}')
    (tmp_path / "staging.py").write_text(STAGING)
    (tmp_path / "checks.py").write_text(CHECKS)
    return replace(
        LAB,
        given={"rows": 400},
        runs=(),
        demands=(Demand("routed", "a tenth is routed"),),
        starter=folder,
        checks=tmp_path / "checks.py",
        staging=tmp_path / "staging.py",
    )


def run(lab: Lab, functions: FakeFunctions | None = None) -> LabRun:
    functions = functions or FakeFunctions([an_invocation({"rows": 400})])
    return run_folder(lab, lab.starter, Trial(functions, QUOTAS, PRICES))


def test_the_checks_judge_what_was_seen(lab: Lab) -> None:
    """What the staging saw of the learner's files and of the lab's values is what the check is given."""
    functions = FakeFunctions([an_invocation({"rows": 400})])
    found = run(lab, functions)
    assert found.grade.passed
    assert found.observed == {"weight": 0.1, "answer": 400}
    assert len(found.invocations) == 1
    assert functions.calls[0].code == {"lambda_function.py": "CODE"}
    assert functions.closed == 1
    (lab.starter / "routing.json").write_text('{"weight": 0.5}')
    assert run(lab).grade.failed() == ("routed",)


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("routing.json", '{"weight": 0.1,\n}', "routing.json, line 2: this is no JSON"),
        ("routing.json", None, "There is no file routing.json"),
    ],
)
def test_the_learners_slips_are_told_to_the_learner(lab: Lab, name: str, text: str | None, says: str) -> None:
    """A file that is gone or is no JSON: a sentence with file and line; every demand fails."""
    if text is None:
        (lab.starter / name).unlink()
    else:
        (lab.starter / name).write_text(text)
    found = run(lab)
    assert found.refused is not None
    assert says in found.refused
    assert found.grade.failed() == ("routed",)


def test_what_aws_refuses_is_told_in_its_words(lab: Lab) -> None:
    """A refusal of the region's API is the learner's to mend."""
    error = {"Error": {"Code": "ValidationException", "Message": "weight is too large"}}
    refusal = ClientError(error, "UpdateAlias")
    assert run(lab, FakeFunctions([refusal])).refused == "AWS refuses it: weight is too large (UpdateAlias)"


def test_the_authors_slips_are_told_to_the_author(lab: Lab) -> None:
    """A staging that fails by itself is a problem of the content, with its line."""
    assert lab.staging is not None
    lab.staging.write_text("def observe(stage, folder, rows):\n    return {}['nothing']\n")
    with pytest.raises(ContentError, match=r"staging\.py:2:.*KeyError"):
        run(lab)
