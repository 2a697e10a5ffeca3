"""Questions in the formats of others: nothing is lost, nothing is run. (``test_other_readers``: read by others.)"""

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest

from tests.content.exchange.questions import QUESTIONS, a_question
from tutor.content.exchange.anki_file import write_anki
from tutor.content.exchange.csv_file import write_csv
from tutor.content.exchange.gift_file import write_gift
from tutor.content.exchange.json_file import write_json
from tutor.content.exchange.qti_file import PACKAGE, QTI, identifier, write_qti
from tutor.study.exchanged_question import ExchangedQuestion

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def test_json_has_everything() -> None:
    """Every field of every question comes back."""
    first, second, _ = json.loads(write_json(QUESTIONS))["questions"]
    assert first["id"] == "limits/question-0"
    assert first["options"][1] == {
        "id": "option-1",
        "text": QUESTIONS[0].options[1].text,
        "why": QUESTIONS[0].options[1].why,
        "right": True,
    }
    assert [option["right"] for option in second["options"]] == [True, False, True, True]


def test_csv_runs_nothing_in_a_spreadsheet() -> None:
    """A text that begins like a formula is text."""
    (row,) = csv.DictReader(io.StringIO(write_csv([a_question(stem="=1+1")]).decode()))
    assert row["stem"] == "'=1+1"


def test_gift_escapes_what_it_means_something_by() -> None:
    """Each question has its id as name and no blank line inside; special letters stand behind a backslash."""
    text = write_gift(QUESTIONS).decode()
    assert text.startswith("$CATEGORY: tutor/limits\n\n")
    questions = text.strip().split("\n\n")[1:]
    assert len(questions) == len(QUESTIONS)
    for block, question in zip(questions, QUESTIONS, strict=True):
        assert block.startswith(f"::{question.id}::[markdown]")
        bare = re.sub(r"\\[~=#{}:n\\]", "", block)
        assert (bare.count("{"), bare.count("}"), bare.count("#"), bare.count(":")) == (1, 1, 4, 4)
    assert questions[0].count("\n=") == 1
    assert questions[1].count("\n~%33.33333%") == 3
    assert questions[1].count("\n~%-100%") == 1


def test_qti_is_well_formed_and_scored_all_or_nothing() -> None:
    """Each item of the manifest is there, declares its key, and matches the response with it as a whole."""
    with zipfile.ZipFile(io.BytesIO(write_qti(QUESTIONS))) as package:
        manifest = ET.fromstring(package.read("imsmanifest.xml"))
        hrefs = [one.attrib["href"] for one in manifest.iter(f"{{{PACKAGE}}}resource")]
        items = [ET.fromstring(package.read(href)) for href in hrefs]
        assert sorted(package.namelist()) == sorted(["imsmanifest.xml", *hrefs])
    assert [item.attrib["identifier"] for item in items] == [identifier(question.id) for question in QUESTIONS]
    for item, question in zip(items, QUESTIONS, strict=True):
        key = [value.text for value in item.iterfind(f".//{{{QTI}}}correctResponse/{{{QTI}}}value")]
        assert key == [f"o-{option.id}" for option in question.options if option.right]
        choices = [choice.attrib["identifier"] for choice in item.iter(f"{{{QTI}}}simpleChoice")]
        assert choices == [f"o-{option.id}" for option in question.options]
        assert not list(item.iter(f"{{{QTI}}}script"))
        assert item.find(f".//{{{QTI}}}responseIf/{{{QTI}}}match") is not None
        shown = "".join(item.itertext())
        assert "<script>alert(1)</script>" in shown


def _anki(questions: Sequence[ExchangedQuestion]) -> bytes:
    return write_anki(questions, lambda: NOON)


@pytest.mark.parametrize("write", [write_json, write_csv, write_gift, _anki, write_qti])
def test_the_same_questions_are_the_same_bytes(write: Callable[[Sequence[ExchangedQuestion]], bytes]) -> None:
    """Writing again changes nothing, so that a file under version control stays still."""
    assert write(QUESTIONS) == write(QUESTIONS)


def test_ten_thousand_questions_are_written() -> None:
    """A large bank is one file like any other."""
    many = [a_question(number) for number in range(10_000)]
    assert len(json.loads(write_json(many))["questions"]) == 10_000
