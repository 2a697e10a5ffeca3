"""``tutor import`` of questions: kept beside the course's, asked by name, updated in place, their answers kept."""

import io
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from threading import Thread

import pytest

from tutor import locations
from tutor.cli import main
from tutor.content.imported import ImportedFile
from tutor.content.learners_library import LearnersLibrary
from tutor.content.library import ContentLibrary
from tutor.store.memory import open_memory
from tutor.study.exchanged_question import ExchangedQuestion
from tutor.study.paper import mock, select
from tutor.wiring import Tutor

GIFT = """
::Q1::Which of the three says the name of the thing that is asked for here? {=%s#Since it is. ~Two ~Three}

::Q2::And which two of these three? {~%%50%%One ~%%50%%Two ~%%-100%%Three}
"""


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The course's bank without its texts, made once: every new home would make it anew."""
    folder = tmp_path_factory.mktemp("cache")
    ContentLibrary(locations.content_root(), folder).bank()
    return folder


@pytest.fixture(autouse=True)
def _made(cache: Path, home: Path, tmp_path: Path) -> None:
    for own in (home, tmp_path / "elsewhere"):
        shutil.copytree(cache, own / "cache")


@pytest.fixture
def gift(tmp_path: Path) -> Path:
    """A teacher's file with two questions."""
    path = tmp_path / "networks.gift"
    path.write_text(GIFT % "One")
    return path


def library() -> LearnersLibrary:
    return LearnersLibrary(locations.content_root(), locations.cache(), locations.imported())


def test_questions_come_in_once(gift: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 0; the second time nothing is new; ids say the bank and the file's own name for them."""
    assert main(["import", str(gift)]) == 0
    assert "Bank networks: added 2, updated 0, unchanged 0." in capsys.readouterr().out
    assert main(["import", str(gift)]) == 0
    assert "Bank networks: added 0, updated 0, unchanged 2." in capsys.readouterr().out
    ids = [entry.id for entry in library().bank() if entry.topic == "imported"]
    assert ids == ["imported/networks/q1", "imported/networks/q2"]
    assert library().key("imported/networks/q2") == ("a", "b")


def test_importing_again_updates_and_keeps_the_history(
    gift: Path, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was answered stays with the question; a question that left the file stays and is told."""
    main(["import", str(gift)])
    monkeypatch.setattr("sys.stdin", io.StringIO("1\n1 2\n\nd y\n"))  # one of them is right for either question
    assert main(["quiz", "--topic", "imported", "--count", "1"]) == 0
    (answer,) = open_memory(f"sqlite:///{home / 'tutor.db'}").answers()
    gift.write_text((GIFT % "Another one").split("\n\n")[0])
    capsys.readouterr()
    assert main(["import", str(gift)]) == 0
    out = capsys.readouterr().out
    assert "added 0, updated 1, unchanged 0" in out
    assert "though not in the file: 1 question" in out
    assert library().scenario("imported/networks/q1").options[0].text == "Another one"
    assert open_memory(f"sqlite:///{home / 'tutor.db'}").answers() == (answer,)
    assert answer.question_id in {entry.id for entry in library().bank()}


def test_one_broken_question_is_named(gift: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1, its line and what is wrong on stderr; the others come in."""
    with gift.open("a") as file:
        file.write("\n::Q3::How many? {#3}\n")
    assert main(["import", str(gift)]) == 1
    out, err = capsys.readouterr()
    assert "added 2" in out
    assert "refused line 6 (::Q3::How many? {#3}): it asks for a number or a text" in err


def test_two_with_the_same_id(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The first is kept; the second is named with the first one's place."""
    file = tmp_path / "b.gift"
    file.write_text("::A::One? {=a ~b}\n\n::A::Two? {=a ~b}\n")
    assert main(["import", str(file)]) == 1
    assert "line 3: it has the same id as line 1" in capsys.readouterr().err


def test_two_banks_do_not_overwrite_each_other(gift: Path, tmp_path: Path) -> None:
    """The same names in another file are other questions; ``--as`` says that they are the same."""
    other = tmp_path / "others.gift"
    other.write_text(GIFT % "Four")
    main(["import", str(gift)])
    main(["import", str(other)])
    assert len(select(library().bank(), topics=["imported"])) == 4
    main(["import", "--as", "networks", str(other)])
    assert len(select(library().bank(), topics=["imported"])) == 4
    assert library().scenario("imported/networks/q1").options[0].text == "Four"


def test_two_imports_at_once_lose_nothing(gift: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that begins while another has read what is there waits for it, and then adds to it."""
    other = tmp_path / "storage.gift"
    other.write_text(GIFT % "Another")
    second = Thread(target=lambda: Tutor().import_questions.merge(other.read_bytes(), "storage.gift", "storage"))
    read = ImportedFile.all

    def meanwhile(file: ImportedFile) -> Mapping[str, ExchangedQuestion]:
        here = read(file)
        if second.ident is None:
            second.start()
            second.join(0.5)  # it cannot end before this one has
        return here

    monkeypatch.setattr(ImportedFile, "all", meanwhile)
    assert main(["import", str(gift)]) == 0
    second.join()
    banks = [entry.id.split("/")[1] for entry in library().bank() if entry.topic == "imported"]
    assert sorted(banks) == ["networks", "networks", "storage", "storage"]


def test_a_file_that_is_refused_changes_nothing(gift: Path, tmp_path: Path) -> None:
    """What was imported before is there as it was."""
    main(["import", str(gift)])
    before = (locations.imported() / "questions.jsonl").read_bytes()
    bad = tmp_path / "networks.json"
    bad.write_text('{"questions": 7}')
    assert main(["import", str(bad)]) == 2
    assert (locations.imported() / "questions.jsonl").read_bytes() == before


def test_nothing_of_it_counts_for_the_course(gift: Path) -> None:
    """No mock exam, no choice that does not name it, and no list of the course's own questions has it."""
    own = library()
    before = (own.scenario_ids(), select(own.bank()), own.blueprints())
    main(["import", str(gift)])
    assert (library().scenario_ids(), select(library().bank()), library().blueprints()) == before
    for blueprint in library().blueprints().values():
        asked = mock(blueprint, library().bank(), Tutor().sit_exam.random).questions
        assert not any(question.question_id.startswith("imported/") for question in asked)
    scenario = library().scenario("imported/networks/q1")
    assert (scenario.claims, scenario.domains, scenario.source) == ((), {}, "imported from networks.gift")


def test_what_the_course_has_itself_stays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An export of the course, imported again, brings nothing; where its wording was changed, it is a question more."""
    file = tmp_path / "mine.json"
    assert main(["export", "--format", "json", "--topic", "edge", str(file)]) == 0
    content = json.loads(file.read_text())
    content["questions"][0]["stem"] += " In short?"
    file.write_text(json.dumps(content))
    capsys.readouterr()
    assert main(["import", str(file)]) == 0
    out = capsys.readouterr().out
    assert "added 1" in out
    assert f"The course has {len(content['questions']) - 1} questions of the file itself" in out


def test_a_family_is_exported_with_all_its_numbers(tmp_path: Path) -> None:
    """Each set of numbers is a question of its own, under an id that stays."""
    family = next(entry for entry in library().bank() if entry.seeds > 1)
    file = tmp_path / "q"
    assert main(["export", "--format", "json", "--topic", family.topic, str(file)]) == 0
    ids = [one["id"] for one in json.loads(file.read_text())["questions"]]
    assert [one for one in ids if one.partition("@")[0] == family.id] == [
        family.id,
        *(f"{family.id}@{number}" for number in range(2, family.seeds + 1)),
    ]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("form", ["gift", "qti", "anki", "csv", "json"])
def test_imported_questions_go_to_another_machine(
    form: str, gift: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Out in any format and into another home: the same ids, so that answers carried there fit."""
    main(["import", str(gift)])
    there = tmp_path / "out"
    assert main(["export", "--format", form, "--topic", "imported", str(there)]) == 0
    monkeypatch.setenv("TUTOR_HOME", str(tmp_path / "elsewhere"))
    assert main(["import", str(there)]) == 0
    assert [entry.id for entry in select(library().bank(), topics=["imported"])] == [
        "imported/networks/q1",
        "imported/networks/q2",
    ]
    assert library().key("imported/networks/q2") == ("a", "b")


def test_ten_thousand_come_in(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A large bank is imported whole; the exam room opens with it, and an update of one is an update of one."""
    questions = [
        {
            "id": f"q{number}",
            "stem": f"What is {number}?",
            "options": [{"text": "a", "right": True}, {"text": "b", "right": False}],
        }
        for number in range(10_000)
    ]
    file = tmp_path / "large.json"
    file.write_text(json.dumps(questions))
    assert main(["import", str(file)]) == 0
    assert "added 10000" in capsys.readouterr().out
    questions[7]["stem"] = "Changed?"
    file.write_text(json.dumps(questions))
    assert main(["import", str(file)]) == 0
    assert "added 0, updated 1, unchanged 9999" in capsys.readouterr().out
    assert len(select(library().bank(), topics=["imported"])) == 10_000
    assert library().scenario("imported/large/q7").stem == "Changed?"


def test_a_damaged_file_of_imports_hides_nothing_of_the_course(gift: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A line that cannot be read is left out where questions are asked, and named where it would be overwritten."""
    main(["import", str(gift)])
    kept = locations.imported() / "questions.jsonl"
    kept.write_text("{broken\n" + kept.read_text())
    assert len(select(library().bank(), topics=["imported"])) == 2
    assert select(library().bank())
    assert main(["import", str(gift)]) == 2
    assert "damaged in line 1" in capsys.readouterr().err
    assert ImportedFile(locations.imported(), locations.cache()).path == kept
