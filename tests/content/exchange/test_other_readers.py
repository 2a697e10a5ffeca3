"""What we write is read by programs that others wrote, and means there what it means here.

GIFT, QTI and Anki packages need those programs (``.ci/readers.lock``); the set-up goes on where they are not to be had.
"""

import csv
import io
import json
import re
import sqlite3
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import tutor.content.exchange
from tests.content.exchange.questions import QUESTIONS, a_question
from tutor.content.exchange.anki_file import guid, write_anki
from tutor.content.exchange.csv_file import write_csv
from tutor.content.exchange.gift_file import write_gift
from tutor.content.exchange.json_file import write_json
from tutor.content.exchange.qti_file import write_qti
from tutor.study.exchanged_question import ExchangedQuestion

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@contextmanager
def of_others() -> Iterator[None]:
    """Where what others' programs warn of is theirs."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def other(name: str) -> Any:
    """Another's module, or a test that says it was skipped."""
    with of_others():
        return pytest.importorskip(name, reason=f"{name}: pip install -r .ci/readers.lock", exc_type=ImportError)


def words(text: str) -> str:
    """Letters and digits alone: what every format keeps."""
    return "".join(re.findall(r"[^\W_]+", text))


def test_json_fits_its_schema() -> None:
    """jsonschema finds nothing wrong with what is written, and every field comes back."""
    schema = json.loads((Path(tutor.content.exchange.__path__[0]) / "questions.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    content = json.loads(write_json(QUESTIONS))
    assert list(Draft202012Validator(schema).iter_errors(content)) == []
    del content["questions"][0]["options"][0]["right"]
    assert len(list(Draft202012Validator(schema).iter_errors(content))) == 1


def test_csv_is_read_by_the_standard_library() -> None:
    """Line breaks, quotes and commas survive; the key names options by id."""
    rows = list(csv.DictReader(io.StringIO(write_csv(QUESTIONS).decode(), newline="")))
    assert [row["id"] for row in rows] == [question.id for question in QUESTIONS]
    assert rows[1]["key"] == "option-0 option-2 option-3"
    assert rows[2]["stem"] == QUESTIONS[2].stem
    assert rows[0]["option_4_why"] == QUESTIONS[0].options[3].why


def test_gift_is_read_by_pygiftparser() -> None:
    """It finds the same names, categories, options and keys. (It ends a question at an escaped brace, as Moodle does
    not; so there are none here.)"""
    parser = other("pygiftparser.parser")
    text = re.sub(r"\\[{}]", "", write_gift(QUESTIONS).decode())
    with of_others():
        parsed = parser.parseFile(io.StringIO(text))
    assert [one.title for one in parsed] == [question.id for question in QUESTIONS]
    for one, question in zip(parsed, QUESTIONS, strict=True):
        assert one.valid
        assert one.cat == "tutor/limits"
        answers = one.answers.answers
        assert [answer.fraction > 0 for answer in answers] == [option.right for option in question.options]
        assert [words(answer.answer) for answer in answers] == [words(option.text) for option in question.options]


@pytest.fixture
def items() -> list[Any]:
    """The items of the package that its manifest names, as pyslet reads and checks them."""
    xml = other("pyslet.qtiv2.xml")
    found = []
    with of_others(), zipfile.ZipFile(io.BytesIO(write_qti(QUESTIONS))) as package:
        manifest = other("pyslet.imscpv1p2").ManifestDocument()
        manifest.read(src=io.BytesIO(package.read("imsmanifest.xml")))
        for resource in manifest.root.Resources.Resource:
            document = xml.QTIDocument()
            document.read(src=io.BytesIO(package.read(str(resource.href))))
            found.append(document.root)
    return found


def test_qti_is_read_and_scored_by_pyslet(items: list[Any]) -> None:
    """It finds every item, and gives a point for all right options together and none for fewer or others."""
    variables = other("pyslet.qtiv2.variables")
    assert [item.label for item in items] == [question.id for question in QUESTIONS]
    for item, question in zip(items, QUESTIONS, strict=True):
        key = [f"o-{option.id}" for option in question.options if option.right]
        wrong = [f"o-{option.id}" for option in question.options if not option.right]
        tries = [(key, 1.0), (wrong[:1], 0.0), *([(key[:-1], 0.0)] if len(key) > 1 else [])]
        for chosen, points in tries:
            state = variables.ItemSessionState(item)
            with of_others():
                state.begin_session()
                state["RESPONSE"].set_value(chosen[0] if question.choose == 1 else chosen)
                state.end_attempt()
            assert state["SCORE"].value == points, (question.id, chosen)


def packed(questions: tuple[ExchangedQuestion, ...], later: timedelta = timedelta()) -> bytes:
    """The questions as an Anki package."""
    return write_anki(questions, lambda: NOON + later)


def test_an_anki_package_is_read_by_sqlite(tmp_path: Path) -> None:
    """One note for each question, its GUID from the id alone, its fields as XHTML in which nothing runs."""
    with zipfile.ZipFile(io.BytesIO(packed(QUESTIONS))) as package:
        package.extract("collection.anki2", tmp_path)
    with sqlite3.connect(tmp_path / "collection.anki2") as collection:
        notes = list(collection.execute("SELECT guid, flds, tags FROM notes ORDER BY id"))
        decks = json.loads(next(collection.execute("SELECT decks FROM col"))[0])
        assert next(collection.execute("SELECT count(*) FROM cards")) == (len(QUESTIONS),)
    collection.close()
    assert [note[0] for note in notes] == [guid(question.id) for question in QUESTIONS]
    assert {deck["name"] for deck in decks.values()} >= {"tutor::limits"}
    for (_, fields, tags), question in zip(notes, QUESTIONS, strict=True):
        named = fields.split("\x1f")
        assert named[0] == question.id
        assert "<script" not in fields
        assert words("script") in words(named[3])
        assert tags.split() == ["limits", "LIM-001", "LIM-002"]
    assert notes[1][1].split("\x1f")[12] == "A, C, D"


def test_anki_itself_updates_its_notes_and_keeps_their_reviews(tmp_path: Path) -> None:
    """Imported twice, the second time with another wording: the same notes, the new text, and no review lost."""
    collections = other("anki.collection")
    with of_others():
        collection = collections.Collection(str(tmp_path / "collection.anki2"))
    try:
        for later, stem in ((0, "What happens?"), (1, "What happens now?")):
            file = tmp_path / f"{later}.apkg"
            file.write_bytes(packed((a_question(0, stem=stem), QUESTIONS[1]), timedelta(days=later)))
            options = collections.ImportAnkiPackageOptions(with_scheduling=False)
            collection.import_anki_package(
                collections.ImportAnkiPackageRequest(package_path=str(file), options=options)
            )
            notes = [collection.get_note(found) for found in collection.find_notes("")]
            assert sorted(note.guid for note in notes) == sorted(guid(question.id) for question in QUESTIONS[:2])
            if not later:
                collection.decks.select(collection.decks.id("tutor::limits"))
                card = collection.sched.getCard()
                collection.sched.answerCard(card, 3)
        assert collection.card_count() == 2
        assert collection.db.scalar("SELECT count() FROM revlog") == 1
        assert min(words(note["Question"]) for note in notes) == "pWhathappensnowp"
        assert all("Option 1" in note.keys() and note["Key"] for note in notes)  # noqa: SIM118 # Anki's note has keys
    finally:
        collection.close()
