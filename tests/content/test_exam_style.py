"""``check_style``: a question that no exam would ask so is told with its line."""

from pathlib import Path

import pytest

from tests.content.tree import FACT, change, plant
from tutor.content.validation import validate


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("stem: A team has", "stem: What? #", 8, "the stem has 1 words"),
        ("stem: A team has", f"stem: {'so ' * 80} A team has", 8, "a question needs from 25 to 90"),
        ("{{ old.memory_size_max }}", "so " * 31, 12, "the option has 31 words"),
        ("{{ old.memory_size_max }}", "None of the above", 12, "an option must stand by itself"),
    ],
)
def test_what_no_exam_has_is_told(tmp_path: Path, old: str, new: str, line: int, says: str) -> None:
    """Stems and options out of their length, and options about other options."""
    root = plant(tmp_path / "content")
    change(root, FACT, old, new)
    [problem] = validate(root).problems
    assert (problem.file, problem.line) == (FACT, line)
    assert says in problem.message
