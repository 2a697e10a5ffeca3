"""``tutor progress``: what is printed, as text and as JSON, and what a broken database says."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.fakes.functions import FakeFunctions
from tests.fakes.parts import NOON, SmallParts
from tutor.cli import main


@pytest.fixture
def parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallParts:
    """A small course in which one question was answered two days ago."""
    small = SmallParts(tmp_path, FakeFunctions())
    asking = small.answer_question
    asking.answer(asking.ask("limits/timeout-kills"), ("timedout",), 1, None, "quiz")
    later = replace(small.see_progress, now=lambda: NOON + timedelta(days=2))
    monkeypatch.setattr("tutor.wiring.Tutor.see_progress", later)
    return small


def test_every_item_is_one_object(parts: SmallParts, capsys: pytest.CaptureFixture[str]) -> None:
    """With --json each lesson, lab, domain and claim is one line with id, status and why; stderr stays empty."""
    assert main(["progress", "--json"]) == 0
    out, err = capsys.readouterr()
    items = [json.loads(line) for line in out.splitlines()]
    assert all(item["id"] and item["status"] and item["why"] for item in items)
    assert {item["kind"] for item in items} == {"lesson", "lab", "domain", "claim"}
    (due,) = [item for item in items if item["status"] == "due"]
    assert (due["id"], due["right"], due["asked"]) == ("LIM-005", 1, 1)
    assert err == ""


def test_the_text_is_a_plain_table(parts: SmallParts, capsys: pytest.CaptureFixture[str]) -> None:
    """A person sees how far they are, what comes next and what is due; claims never asked are left out."""
    assert main(["progress"]) == 0
    out, _ = capsys.readouterr()
    assert "0 of 2 lessons done. 1 of 1 answers right. 1 claim due." in out
    assert "Next: lesson, Every limit, and who enforces it." in out
    assert "  due  LIM-005" in out
    assert "LIM-002" not in out
    assert "DVA-C03/4" in out


def test_a_damaged_database_is_told(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A database that is none ends with a sentence on stderr and exit code 2, and is left as it was."""
    home.mkdir()
    (home / "tutor.db").write_bytes(b"no database" * 100)
    assert main(["progress"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "tutor.db is no SQLite database" in err
    assert "Traceback" not in err
    assert (home / "tutor.db").read_bytes() == b"no database" * 100


def test_a_newcomer_has_no_home_yet(parts: SmallParts, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Asking for the progress makes no folder."""
    main(["progress"])
    assert not home.exists()
