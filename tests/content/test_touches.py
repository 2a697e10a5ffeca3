"""``touches``: what must be looked at when a number of the data changes."""

from pathlib import Path

import pytest

from tests.content.tree import plant
from tutor.content.touches import touches
from tutor.errors import UsageError


def test_a_number_names_all_that_it_touches(tmp_path: Path) -> None:
    """Questions whose key it decides and those that print it, claims, lessons, and what is about such a claim."""
    root = plant(tmp_path / "content")
    found = {(one.kind, one.id): one.how for one in touches(root, "memory_size_max")}
    assert found[("question", "limits/fits")] == "key"
    assert found[("question", "limits/most")] == "wording"
    assert ("question", "limits/stopped") not in found


def test_a_number_that_is_written_out_is_named(tmp_path: Path) -> None:
    """An experiment or a question with the same number typed may mean it; small and round numbers are everywhere."""
    root = plant(tmp_path / "content")
    experiment = root / "scenarios" / "limits" / "stopped" / "experiment.py"
    experiment.write_text(experiment.read_text() + "\nMOST = 10_240\nOTHER = 102400, 10.240, 900\n")
    line = experiment.read_text().splitlines().index("MOST = 10_240") + 1
    found = {one.id: one for one in touches(root, "memory_size_max") if one.kind == "question"}
    assert (found["limits/stopped"].how, found["limits/stopped"].why) == (
        "typed",
        f"10240 is written out in experiment.py line {line}",
    )
    assert "limits/stopped" not in {one.id for one in touches(root, "timeout_max") if one.how == "typed"}


def test_a_lesson_is_named_for_its_text(tmp_path: Path) -> None:
    """A lesson that prints the number is named, with its file."""
    found = [one for one in touches(plant(tmp_path / "content"), "timeout_max") if one.kind == "lesson"]
    assert [(one.id, one.how, one.file) for one in found] == [
        ("limits/every-limit", "wording", "lessons/limits/every-limit/lesson.md")
    ]


def test_an_unknown_number_is_refused(tmp_path: Path) -> None:
    """The nearest name is told."""
    with pytest.raises(UsageError, match="memory_size_max"):
        touches(plant(tmp_path / "content"), "memory_sise_max")
