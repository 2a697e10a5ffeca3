"""The labs of the real course, run: starters fail for their reason, solutions pass, near-misses are rejected."""

import shutil
from pathlib import Path

import pytest

from tutor import locations
from tutor.usecases.check_labs import authored_folders, judge
from tutor.wiring import Tutor

LABS = sorted((locations.content_root() / "lessons").glob("*/*/labs/*/lab.yaml"))


@pytest.mark.parametrize("path", LABS, ids=lambda path: path.parent.name)
def test_a_lab_does_what_its_author_says(path: Path, request: pytest.FixtureRequest) -> None:
    """What a learner is given can be solved and cannot be solved by a near-miss; ``--wide`` tries every one of them."""
    programs = [one for one in (path.parent / "starter").rglob("*") if one.is_file() and one.stat().st_mode & 0o100]
    if programs and shutil.which("curl") is None:
        pytest.skip("its programs in bash need curl, which this host lacks")
    unit, lesson, _, name = path.parts[-5:-1]
    tutor = Tutor()
    lab = tutor.library.lab(f"{unit}/{lesson}/{name}")
    folders = authored_folders(lab)
    assert len(folders) >= 5
    if not request.config.getoption("--wide"):
        folders = (folders[0], folders[1], folders[1 + len(lab.solutions)])  # the starter and the first of each
    checked = [judge(folder, tutor.check_labs.grade(lab, folder.folder)) for folder in folders]
    assert [f"{one.id}: {one.why}" for one in checked if one.status != "as authored"] == []
