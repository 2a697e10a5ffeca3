"""``tutor export`` and ``tutor import``: files under their exact names, progress carried whole, clear refusals."""

import json
from pathlib import Path

import pytest

from tests.fakes.functions import FakeFunctions
from tests.fakes.parts import SmallParts
from tests.store.events import an_act, an_answer
from tutor.cli import main
from tutor.content.exchange.gift_file import write_gift
from tutor.content.exchange.json_file import write_json
from tutor.store.memory import open_memory
from tutor.usecases.export_questions import ExportQuestions


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallParts:
    """A small course whose questions can be exported."""
    parts = SmallParts(tmp_path, FakeFunctions())
    exporting = ExportQuestions(parts.library, {"json": write_json, "gift": write_gift})
    monkeypatch.setattr("tutor.wiring.Tutor.export_questions", exporting)
    return parts


def test_questions_go_into_exactly_that_file(
    small: SmallParts, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No ending is added, an older file is replaced, stdout stays empty, nothing lies beside it."""
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "questions").write_text("older")
    assert main(["export", "--format", "json", str(folder / "questions")]) == 0
    out, err = capsys.readouterr()
    questions = json.loads((folder / "questions").read_text())["questions"]
    assert sorted(one["id"] for one in questions) == sorted(small.library.scenario_ids())
    assert out == ""
    assert f"{len(questions)} questions in" in err
    assert [path.name for path in folder.iterdir()] == ["questions"]


def test_a_topic_alone(small: SmallParts, tmp_path: Path) -> None:
    """``--topic`` chooses; what is chosen is all of that topic."""
    assert main(["export", "--format", "json", "--topic", "limits", str(tmp_path / "q")]) == 0
    assert {one["topic"] for one in json.loads((tmp_path / "q").read_text())["questions"]} == {"limits"}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--format", "json", "--topic", "limts", "q"], "did you mean 'limits'"),
        (["--format", "docx", "q"], "invalid choice"),
        (["--progress", "--topic", "limits", "q"], "written whole"),
        (["--progress", "nowhere/at/all"], "cannot write"),
        (["q"], "required"),
    ],
)
def test_what_cannot_be_is_refused(
    small: SmallParts,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    says: str,
) -> None:
    """A wrong topic, format or place is a sentence and exit code 2; nothing is written."""
    monkeypatch.chdir(tmp_path)
    assert main(["export", *arguments]) == 2
    assert says in capsys.readouterr().err
    assert not (tmp_path / "q").exists()


def test_progress_goes_to_another_machine(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What one home has done is in another after export and import, once."""
    memory = open_memory(f"sqlite:///{home / 'tutor.db'}")
    memory.add_answer(an_answer())
    memory.add_act(an_act())
    file = str(tmp_path / "progress.json")
    assert main(["export", "--progress", file]) == 0
    monkeypatch.setenv("TUTOR_HOME", str(tmp_path / "other"))
    for added in (1, 0):
        capsys.readouterr()
        assert main(["import", file]) == 0
        assert f"answers {added}, lab attempts 0, other acts {added}" in capsys.readouterr().out
    assert open_memory(f"sqlite:///{tmp_path / 'other' / 'tutor.db'}").answers() == (an_answer(),)


def test_broken_events_are_named_and_the_rest_kept(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 1, the place of each on stderr, no more than ten of them."""
    answers = [{"question_id": number} for number in range(30)]
    content = {"format": "tutor progress", "version": 1, "answers": answers, "acts": []}
    (tmp_path / "p").write_text(json.dumps(content))
    assert main(["import", str(tmp_path / "p")]) == 1
    err = capsys.readouterr().err
    assert "refused answers[0]." in err
    assert "and 20 more" in err


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\xff\xfe", "no UTF-8"),
        (b"no", "none of GIFT"),
        (b'{"format": "tutor progress", ', "no JSON"),
        (b'{"format": "tutor progress", "version": 99}', "get a newer one"),
        (b"PK\x03\x04", "damaged zip"),
        (None, "cannot read"),
    ],
)
def test_what_cannot_be_imported_is_refused(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None, says: str
) -> None:
    """Another file, or none, is a sentence; no home is made."""
    if content is not None:
        (tmp_path / "p").write_bytes(content)
    assert main(["import", str(tmp_path / "p")]) == 2
    assert says in capsys.readouterr().err
    assert not home.exists()


def test_items_of_a_class(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """``tutor progress --items`` tells of each question what its answers allow, others' files included."""
    memory = open_memory(f"sqlite:///{home / 'tutor.db'}")
    for number in range(12):
        memory.add_answer(an_answer(number))
    assert main(["progress", "--items"]) == 0
    assert "12 answers; 100 % right; too few for use of options" in capsys.readouterr().out
    file = str(tmp_path / "p")
    main(["export", "--progress", file])
    monkeypatch.setenv("TUTOR_HOME", str(tmp_path / "another"))
    open_memory(f"sqlite:///{tmp_path / 'another' / 'tutor.db'}").add_answer(an_answer(60))
    assert main(["progress", "--items", "--class", file, "--json"]) == 0
    (item,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (item["answers"], item["learners"], item["facility"]) == (2, 2, None)
    assert item["status"] == "too few answers"


def test_broken_answers_of_a_class_are_told(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is left out of the statistics is said, with its file and place."""
    open_memory(f"sqlite:///{home / 'tutor.db'}").add_answer(an_answer())
    file = tmp_path / "p"
    main(["export", "--progress", str(file)])
    content = json.loads(file.read_text())
    content["answers"].append({})
    file.write_text(json.dumps(content))
    assert main(["progress", "--class", str(file)]) == 0
    assert f"tutor: {file}: left out answers[1].question_id: is missing" in capsys.readouterr().err
