"""The labs of the real course, run: starters fail for their reason, solutions pass, near-misses are rejected."""

import shutil
from pathlib import Path

import pytest

from tutor import locations
from tutor.wiring import Tutor

LABS = sorted((locations.content_root() / "lessons").glob("*/*/labs/*/lab.yaml"))


@pytest.mark.parametrize("path", LABS, ids=lambda path: path.parent.name)
def test_a_lab_does_what_its_author_says(path: Path) -> None:
    """What a learner is given can be solved, in more than one way, and cannot be solved by a near-miss."""
    programs = [one for one in (path.parent / "starter").rglob("*") if one.is_file() and one.stat().st_mode & 0o100]
    if programs and shutil.which("curl") is None:
        pytest.skip("its programs in bash need curl, which this host lacks")
    unit, lesson, _, lab = path.parts[-5:-1]
    begun: list[str] = []
    checked = list(Tutor().check_labs.authored([f"{unit}/{lesson}/{lab}"], begun.append))
    assert [f"{one.id}: {one.why}" for one in checked if one.status != "as authored"] == []
    assert len(begun) == len(checked) >= 5
