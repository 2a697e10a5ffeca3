"""Questions in the formats of others: read again by readers not written here, nothing is lost, nothing is run."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Sequence
from xml.etree import ElementTree as ET

import pytest

from tutor.content.exchange.anki_file import write_anki
from tutor.content.exchange.csv_file import write_csv
from tutor.content.exchange.gift_file import write_gift
from tutor.content.exchange.json_file import write_json
from tutor.content.exchange.qti_file import PACKAGE, QTI, identifier, write_qti
from tutor.study.exchanged_question import ExchangedOption, ExchangedQuestion

HOSTILE = "<script>alert(1)</script> & {a: b} ~50% = #1 \\n \"quoted\", 'so'"


def a_question(number: int = 0, *, stem: str = "What happens?", right: Sequence[int] = (1,)) -> ExchangedQuestion:
    """A question of the topic ``limits``; ``right`` are the numbers of the right options."""
    options = tuple(
        ExchangedOption(f"option-{at}", f"Option {at} {HOSTILE}", f"Why {at}: {HOSTILE}", at in right)
        for at in range(4)
    )
    return ExchangedQuestion(
        f"limits/question-{number}",
        "c0ffee",
        "limits",
        'A "title"',
        stem,
        options,
        len(right),
        ("LIM-001", "LIM-002"),
        {"DVA-C03": 1},
        2,
        "2026-11-20",
        "https://example.com/a?b=1&c=2",
    )


QUESTIONS = (
    a_question(0),
    a_question(1, right=(0, 2, 3)),
    a_question(2, stem=f"First line.\n\n```python\nevent = {{'a': 1}}\n```\n\n{HOSTILE}"),
)


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


def test_csv_has_one_question_in_a_row() -> None:
    """Line breaks, quotes and commas survive; the key names options by id."""
    rows = list(csv.DictReader(io.StringIO(write_csv(QUESTIONS).decode(), newline="")))
    assert [row["id"] for row in rows] == [question.id for question in QUESTIONS]
    assert rows[1]["key"] == "option-0 option-2 option-3"
    assert rows[2]["stem"] == QUESTIONS[2].stem
    assert rows[0]["option_4_why"] == QUESTIONS[0].options[3].why


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


def test_gift_is_read_by_another_reader() -> None:
    """pygiftparser, where it is installed, finds the same names, stems, options and keys.

    Without braces: it ends a question at an escaped one, which Moodle does not.
    """
    parser = pytest.importorskip("pygiftparser.parser")
    text = write_gift(QUESTIONS).decode()
    parsed = parser.parseFile(io.StringIO(re.sub(r"\\[{}]", "", text)))
    assert [one.title for one in parsed] == [question.id for question in QUESTIONS]
    for one, question in zip(parsed, QUESTIONS, strict=True):
        assert one.valid
        assert one.cat == "tutor/limits"
        assert len(one.answers.answers) == len(question.options)
        right = [answer.fraction > 0 for answer in one.answers.answers]
        assert right == [option.right for option in question.options]
        assert _spaced(one.answers.answers[0].answer) == _spaced(question.options[0].text)


def _spaced(text: str) -> str:
    return re.sub(r"[\s\\{}]+", "", text)


def test_anki_has_stable_guids_and_shows_html_as_text() -> None:
    """One note a row under the headers; the GUID comes from the id alone, and no script is left."""
    lines = write_anki(QUESTIONS).decode().split("\n")
    heads = [line for line in lines if line.startswith("#")]
    rows = list(csv.reader(io.StringIO("\n".join(lines[len(heads) :])), delimiter="\t"))
    assert "#guid column:1" in heads
    assert [row[0] for row in rows] == [f"tutor {question.id}" for question in QUESTIONS]
    assert {row[1] for row in rows} == {"tutor::limits"}
    assert rows[1][3].startswith("<p><b>A, C, D</b></p>")
    assert "Choose 3." in rows[1][2]
    assert not any("<script" in cell for row in rows for cell in row)
    changed = a_question(0, stem="Another wording?")
    assert write_anki([changed]).decode().split("\n")[len(heads)].startswith("tutor limits/question-0\t")


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


@pytest.mark.parametrize("write", [write_json, write_csv, write_gift, write_anki, write_qti])
def test_the_same_questions_are_the_same_bytes(write: Callable[[Sequence[ExchangedQuestion]], bytes]) -> None:
    """Writing again changes nothing, so that a file under version control stays still."""
    assert write(QUESTIONS) == write(QUESTIONS)


def test_ten_thousand_questions_are_written() -> None:
    """A large bank is one file like any other."""
    many = [a_question(number) for number in range(10_000)]
    assert len(json.loads(write_json(many))["questions"]) == 10_000
