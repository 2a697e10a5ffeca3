"""Proving a course of real files: what is written, and which change makes what stale."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from tests.content.tree import CLAIMS, OUTCOME, SOLUTION, change, plant
from tests.fakes.functions import FakeFunctions
from tests.fakes.quotas import PRICES, QUOTAS
from tutor.content.library import ContentLibrary
from tutor.errors import ContentError
from tutor.usecases.prove import Finding, Item, Prove, Status
from tutor.usecases.trial import Trial

ALL = ("LIM-002", "LIM-003", "limits/fits", "limits/stopped")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A course that holds together, with proofs recorded by ``tutor prove`` itself."""
    folder = plant(tmp_path / "content")
    assert set(statuses(folder, record=True).values()) == {"recorded"}
    return folder


def findings(root: Path, *names: str, record: bool = False) -> dict[str, Finding]:
    """What a new session finds."""
    library = ContentLibrary(root, root / ".cache")
    prove = Prove(library, Trial(FakeFunctions(), QUOTAS, PRICES), library, lambda: date(2026, 11, 20))
    return {finding.id: finding for finding in prove.run(prove.items(names), record, _silent)}


def statuses(root: Path, *names: str, record: bool = False) -> dict[str, Status]:
    return {finding.id: finding.status for finding in findings(root, *names, record=record).values()}


def proofs(root: Path) -> Mapping[Path, bytes]:
    return {path: path.read_bytes() for path in root.rglob("*proof.json")}


def test_what_was_recorded_is_proven_again(root: Path) -> None:
    """A round through the files changes nothing, and without ``--record`` nothing is written."""
    before = proofs(root)
    assert statuses(root) == dict.fromkeys(ALL, "proven")
    assert proofs(root) == before
    assert len(before) == 3


def test_recording_the_same_again_leaves_no_diff(root: Path) -> None:
    """A proof that is recorded twice on one day is the same, byte for byte."""
    before = proofs(root)
    statuses(root, record=True)
    assert proofs(root) == before


@pytest.mark.parametrize(
    ("file", "old", "new", "stale"),
    [
        ("data/claims/limits/stops.py", "import time", "import os", {"LIM-002", "LIM-003"}),
        (CLAIMS, "holds: {status: timeout}", "holds: {status: not null}", {"LIM-002", "LIM-003"}),
        (CLAIMS, "{timeout: 1}", "{timeout: 2}", {"LIM-002", "LIM-003"}),
        ("scenarios/limits/stopped/experiment.py", "1000", "1001", {"limits/stopped"}),
        (OUTCOME, "{wait: 45}", "{wait: 46}", {"limits/stopped"}),
        (OUTCOME, "predicts: {status: null}", "predicts: {status: done}", {"limits/stopped"}),
        (SOLUTION, "goal: {ended: done}", "goal: {ended: '!= failed'}", {"limits/fits"}),
        (SOLUTION, "least: cost", "least: none", {"limits/fits"}),
        (
            SOLUTION,
            'change: {memory_size: "{{ quota.memory_size_max }}"}',
            "change: {memory_size: 512}",
            {"limits/fits"},
        ),
        ("data/quotas.yaml", "value: 10240", "value: 10241", {"limits/fits"}),
        (OUTCOME, "text: It goes on.", "text: It goes on and on.", set()),
        (SOLUTION, "difficulty: 2", "difficulty: 3", set()),
    ],
)
def test_what_decides_makes_stale_and_what_does_not_does_not(
    root: Path, file: str, old: str, new: str, stale: set[str]
) -> None:
    """Experiment, options, goal, quotas read and seeds are in the hash; words are not. Recording mends it."""
    change(root, file, old, new)
    found = findings(root)
    assert {id_ for id_, finding in found.items() if finding.status == "difference"} == stale
    assert all("stale" in found[id_].why for id_ in stale)
    statuses(root, record=True)
    assert statuses(root) == dict.fromkeys(ALL, "proven")


def test_a_broken_claim_is_told_by_its_file_and_line(root: Path) -> None:
    """Everything else is still proven, and asking for the broken one says what is wrong with it."""
    change(root, CLAIMS, "holds: {status: timeout}", "hold: {status: timeout}")
    found = findings(root)
    assert found[CLAIMS].status == "difference"
    assert "hold" in found[CLAIMS].why
    assert found["limits/fits"].status == "proven"
    with pytest.raises(ContentError):
        findings(root, "LIM-002")


def test_a_proof_that_cannot_be_read_says_what_to_do(root: Path) -> None:
    """A file with a merge's marks in it is told, with the way out."""
    (root / "scenarios/limits/fits/proof.json").write_text("<<<<<<< mine\n", encoding="utf-8")
    found = findings(root, "limits/fits")["limits/fits"]
    assert found.status == "difference"
    assert "delete it and run tutor prove --record" in found.why


def _silent(item: Item) -> None:
    """Narrates nothing."""
