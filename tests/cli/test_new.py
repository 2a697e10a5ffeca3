"""``tutor new`` and ``tutor preview``: a question is begun in one command, and seen before anybody learns from it."""

import json
from pathlib import Path

import pytest

from tests.content.tree import plant
from tutor.cli import main
from tutor.content.validation import validate


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small course in a checkout of one's own."""
    planted = plant(tmp_path / "content")
    monkeypatch.setattr("tutor.locations.content_root", lambda: planted)
    return planted


@pytest.mark.parametrize("asks", ["outcome", "solution", "fact"])
@pytest.mark.parametrize("place", [[], ["--region"]])
def test_a_new_question_only_lacks_what_its_author_writes(
    root: Path, asks: str, place: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """What ``tutor content`` says of it is about the blanks, and of each of them; the experiment can be read."""
    assert validate(root).problems == ()
    assert main(["new", "question", "limits/a-new-one", "--asks", asks, *place]) == 0
    written = capsys.readouterr().out.split()
    assert written[0] == "scenarios/limits/a-new-one/scenario.yaml"
    assert written[1:] == ([] if asks == "fact" else ["scenarios/limits/a-new-one/experiment.py"])
    problems = validate(root).problems
    blanks = (root / written[0]).read_text().split("# a situation")[0].count("…")
    assert blanks >= 3
    assert {problem.file for problem in problems} == {written[0]}
    expected = ("still to be written", "no claim", "the stem has 1 words", "choose is 1", "needs from 25")
    assert all(any(told in problem.message for told in expected) for problem in problems), problems


@pytest.mark.parametrize(
    ("question_id", "says"),
    [
        ("limts/x", "did you mean 'limits'"),
        ("limits/Not_An_Id", "is no id"),
        ("limits", "is no id"),
        ("limits/../../x", "is no id"),
        ("limits/stopped", "there already"),
    ],
)
def test_a_name_that_cannot_be_is_refused(
    root: Path, question_id: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, and nothing is written or overwritten."""
    before = sorted(root.rglob("*"))
    assert main(["new", "question", question_id]) == 2
    assert says in capsys.readouterr().err
    assert sorted(root.rglob("*")) == before


def test_a_preview_shows_everything(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The stem, each option with its mistake and why, the key by its sign, and where it belongs."""
    assert main(["preview", "limits/most"]) == 0
    out = capsys.readouterr().out
    assert out.count("✓") == 1
    assert "mistake: an old value" in out
    assert "DVA-C03 1" in out


def test_a_preview_before_the_proof_says_so(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No option is shown as right while no run has said so; exit code 1; each set of numbers is shown."""
    (root / "scenarios" / "limits" / "stopped" / "proof.json").unlink(missing_ok=True)
    assert main(["preview", "limits/stopped"]) == 1
    out = capsys.readouterr().out
    assert "✓" not in out
    assert "no recorded proof: run tutor prove limits/stopped --record" in out
    assert "numbers 2 of 2" in out
    assert main(["preview", "limits/stopped", "--seed", "2", "--json"]) == 1
    row = json.loads(capsys.readouterr().out)
    assert (row["id"], row["status"], row["seed"]) == ("limits/stopped", "unknown key", 2)
    assert main(["preview", "limits/stopped", "--seed", "3"]) == 2
    assert main(["preview", "limits/stoped"]) == 2
