"""``tutor content``: one line for each problem, one JSON object for each item, and the exit code."""

import json
from pathlib import Path

import pytest

from tests.content.tree import LAB, LESSON, change, plant
from tutor import locations
from tutor.cli import main


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course that holds together, in the place of the shipped one."""
    folder = plant(tmp_path / "content")
    monkeypatch.setattr(locations, "content_root", lambda: folder)
    return folder


def test_a_sound_course_is_one_line(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 0, and a summary that counts."""
    assert main(["content"]) == 0
    assert capsys.readouterr().out == (
        "All of it holds together: 1 units, 1 lessons, 1 labs, 3 questions (2 decided by a run, 2 of them recorded), "
        "3 claims (2 by experiment, 2 of them proven).\n"
    )


def test_every_problem_has_a_line(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 1, and file, line, key, message and nearest name of each problem on stdout."""
    change(root, LESSON, "minutes: 6", "minuts: 6")
    change(root, LAB, "claims: [LIM-002]", "claims: [LMI-002]")
    assert main(["content"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert f"{LESSON}:3: [minuts] a lesson knows no key 'minuts' (did you mean 'minutes'?)" in lines
    assert f"{LAB}:3: [claims[0]] there is no claim 'LMI-002' (did you mean 'LIM-002'?)" in lines
    assert lines[-1].startswith(f"{len(lines) - 1} problems in ")


def test_json_has_an_object_for_each_item(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Sound items are ok; each problem is an object with file, line, key and nearest."""
    change(root, LAB, "claims: [LIM-002]", "claims: [LMI-002]")
    assert main(["content", "--json"]) == 1
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {"id", "status", "why"} <= set.intersection(*(set(row) for row in rows))
    assert [row for row in rows if row["status"] != "ok"] == [
        {
            "id": "limits/every-limit/too-slow",
            "kind": "lab",
            "status": "problem",
            "why": "there is no claim 'LMI-002'",
            "file": LAB,
            "line": 3,
            "key": "claims[0]",
            "nearest": "LIM-002",
        }
    ]
    assert {"limits/every-limit", "limits/stopped", "LIM-001", "data/quotas.yaml"} <= {row["id"] for row in rows}
