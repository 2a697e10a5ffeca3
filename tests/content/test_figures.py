"""Quotas and prices: from YAML once, from a kept index afterwards, and never a limit that is not in the data."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.content.tree import change, plant
from tutor import locations
from tutor.content.figure import read_figures
from tutor.content.pricing import read_prices
from tutor.content.quotas import read_quotas
from tutor.errors import ContentError


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A course that holds together."""
    return plant(tmp_path / "content")


def test_quotas_and_prices_come_from_the_data(root: Path) -> None:
    """Every field is the value under its name; a change in the file is seen at once."""
    assert read_quotas(root).timeout_max == 900
    assert read_prices(root).request == 0.0000002
    change(root, "data/quotas.yaml", "value: 900", "value: 901")
    assert read_quotas(root).timeout_max == 901
    assert read_quotas(root).timeout_max == 901


def test_reading_again_needs_no_yaml(root: Path) -> None:
    """Running a function must not wait for a YAML parser: the second reading imports none."""
    code = (
        "import sys; from pathlib import Path; from tutor.content.quotas import read_quotas; "
        f"print(read_quotas(Path({str(root)!r})).timeout_max, 'ruamel.yaml' in sys.modules)"
    )
    said = [subprocess.check_output([sys.executable, "-c", code], text=True).strip() for _ in range(2)]
    assert said == ["900 True", "900 False"]


def test_the_real_quotas_can_be_read() -> None:
    """The shipped data have every quota and price that the program needs."""
    assert read_quotas(locations.content_root()).timeout_max > 0
    assert read_prices(locations.content_root()).request > 0


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"form": 1}', "null", "\0"])
def test_a_damaged_index_is_made_anew(root: Path, damage: str) -> None:
    """What is kept can be lost or broken at any time."""
    read_quotas(root)
    kept = locations.cache() / "quotas.json"
    kept.write_text(damage)
    assert read_quotas(root).timeout_max == 900
    assert json.loads(kept.read_text())["stamps"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_home_is_no_error_for_an_ordinary_user(root: Path, home: Path) -> None:
    """Where nothing can be kept, everything is read anew."""
    home.mkdir()
    home.chmod(0o500)
    assert read_quotas(root).timeout_max == 900


def test_a_home_that_is_no_folder_is_no_error(root: Path, home: Path) -> None:
    """Where nothing can be kept, everything is read anew."""
    home.write_text("a file")
    assert read_quotas(root).timeout_max == 900
    assert home.read_text() == "a file"


def test_nothing_is_left_beside_what_is_kept(root: Path) -> None:
    """Keeping is one step: no half-written file stays."""
    read_quotas(root)
    assert [path.name for path in locations.cache().iterdir()] == ["quotas.json"]


def test_another_folder_s_index_is_not_taken(root: Path, tmp_path: Path) -> None:
    """Two content roots with one home do not see each other's numbers."""
    other = plant(tmp_path / "other")
    change(other, "data/quotas.yaml", "value: 900", "value: 800")
    assert [read_quotas(folder).timeout_max for folder in (root, other, root)] == [900, 800, 900]


def test_what_is_missing_is_named(root: Path) -> None:
    """A quota that the program needs and the data lack is named, and so is one that is no whole number."""
    change(root, "data/quotas.yaml", "timeout_max:", "timeout_most:")
    change(root, "data/quotas.yaml", "value: 10240", "value: 1.5")
    with pytest.raises(ContentError) as caught:
        read_quotas(root)
    assert [problem.key for problem in caught.value.problems] == ["memory_size_max", "timeout_max"]


def test_a_broken_entry_breaks_no_other_one(root: Path, tmp_path: Path) -> None:
    """The sound figures can be used while one is broken."""
    change(root, "data/quotas.yaml", "value: 900", "value: many")
    figures = read_figures(root, "quotas", tmp_path)
    assert "timeout_max" not in figures.by_name
    assert figures.by_name["timeout_min"].value == 1
    assert [problem.key for problem in figures.problems] == ["timeout_max.value"]
