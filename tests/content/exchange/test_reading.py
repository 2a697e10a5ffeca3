"""Files of others are read, whatever their format; what cannot be asked is named; what attacks us is refused."""

import io
import json
import re
import sqlite3
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.architecture.repository import ROOT
from tests.content.exchange.questions import QUESTIONS, a_question
from tutor.content.exchange import archive
from tutor.content.exchange.anki_file import write_anki
from tutor.content.exchange.csv_file import write_csv
from tutor.content.exchange.draft import NotReadable, chosen_of, slug
from tutor.content.exchange.gift_file import write_gift
from tutor.content.exchange.hypertext import plain
from tutor.content.exchange.json_file import write_json
from tutor.content.exchange.qti_file import write_qti
from tutor.content.imported import read_bank
from tutor.study.exchanged_question import ExchangedQuestion

Write = Callable[[Sequence[ExchangedQuestion]], bytes]


def _anki(questions: Sequence[ExchangedQuestion]) -> bytes:
    return write_anki(questions, lambda: datetime(2026, 11, 20, tzinfo=UTC))


WRITERS: dict[str, Write] = {
    "json": write_json,
    "csv": write_csv,
    "gift": write_gift,
    "anki": _anki,
    "qti": write_qti,
}


@pytest.mark.parametrize("form", WRITERS)
def test_what_we_write_we_read(form: str) -> None:
    """Ids, texts, order and keys come back, whatever stands in them; formats that carry HTML keep every letter."""
    read = read_bank(WRITERS[form](QUESTIONS))
    assert read.refused == ()
    for (_, found), question in zip(read.questions, QUESTIONS, strict=True):
        assert (found.id, found.choose) == (question.id, question.choose)
        assert [option.right for option in found.options] == [option.right for option in question.options]
        assert "<script>alert(1)</script> & {a: b} ~50% = #1" in found.options[0].text
        assert "<script>alert(1)</script>" in found.options[0].why
        if form in ("json", "csv", "gift"):
            assert found.stem == question.stem
            assert [option.text for option in found.options] == [option.text for option in question.options]
    assert "```\nevent = {'a': 1}\n```" in read.questions[2][1].stem.replace("```python", "```")


GIFT = r"""
// a comment
$CATEGORY: networks

::Q one::[html]<p>What does <b>this</b> print?</p><pre>print(1)</pre> {
  =<code>1</code>#Yes: &lt;1&gt; \{so\}
  ~2
  ~%-50%<iframe src\="x"></iframe>
}

What stands {~%50%here ~%50%or here ~%-100%not here} in the text?

Lambda was announced in two thousand and fourteen. {TRUE}

::typed::How many? {#3:0.5}

::short::Its name? {=Lambda =lambda}

::pairs::Match {=a -> b =c -> d}

::open::Say why. {}

::broken::No end { =a ~b

::both::Either is right {=a =b ~c}
"""


def test_gift_of_a_teacher() -> None:
    """Names, HTML, weights, true or false and a blank in the text are understood; the rest is named with its line."""
    read = read_bank(GIFT.encode())
    first, second, third = (question for _, question in read.questions)
    assert (first.id, first.stem) == ("Q one", "What does this print?\n\n```\nprint(1)\n```")
    assert [option.text for option in first.options] == ["`1`", "2", '<iframe src="x"></iframe>']
    assert first.options[0].why == "Yes: <1> {so}"
    assert (second.stem, second.choose) == ("What stands  _____  in the text?", 2)
    assert [(option.text, option.right) for option in third.options] == [("True", True), ("False", False)]
    lines = {line.split("::")[1]: number for number, line in enumerate(GIFT.split("\n"), 1) if line.startswith("::")}
    for name, says in (
        ("typed", "a number or a text"),
        ("short", "wrong ones"),
        ("pairs", "match pairs"),
        ("open", "a number or a text"),
        ("broken", "one { before its options"),
        ("both", "several ="),
    ):
        (told,) = [sentence for sentence in read.refused if f"line {lines[name]} " in sentence]
        assert says in told


def test_csv_of_a_teacher() -> None:
    """Semicolons, a byte order mark, letters or numbers for the key; a row without a right option is named."""
    head = "question;option_1;option_2;option 3;Key\n"
    text = f"{head}What?;a;b;c;B\nWhich?;a;b;;1 2 \nTwo of?;a;b;c;A,C\n;;;;\nNo?;a;b;c;x\n"
    read = read_bank(b"\xef\xbb\xbf" + text.encode())
    assert [[option.right for option in one.options] for _, one in read.questions] == [
        [False, True, False],
        [True, False, True],
    ]
    assert [sentence.split(":")[0] for sentence in read.refused] == ["line 3 (Which?)", "line 6 (No?)"]
    assert "all of its options are right" in read.refused[0]


def test_json_without_what_may_be_left_out() -> None:
    """A bare list with stems and options is enough; an id is made from the stem, and stays when options change."""
    rows = [{"stem": "What?", "options": [{"text": "a", "right": True}, {"text": "b", "right": False}]}]
    ((_, question),) = read_bank(json.dumps(rows).encode()).questions
    rows[0]["options"][1]["text"] = "c"  # type: ignore[index]
    ((_, again),) = read_bank(json.dumps(rows).encode()).questions
    assert question.id == again.id
    assert (question.difficulty, question.choose) == (2, 1)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (7, "no object"),
        ({"stem": "What?"}, "no list of options"),
        ({"stem": {"a": 1}, "options": []}, "stem is no text"),
        ({"stem": "", "options": [{"text": "a", "right": True}, {"text": "b", "right": False}]}, "asks nothing"),
        ({"stem": "?", "options": [{"text": "a", "right": True}]}, "1 options, and from 2 to 10"),
        ({"stem": "?", "options": [{"text": "a", "right": True}, {"text": "a ", "right": False}]}, "the same"),
        ({"stem": "?", "options": [{"text": "a", "right": True}, {"text": " ", "right": False}]}, "option 2 is empty"),
        ({"stem": "?", "options": [{"text": "a", "right": False}, {"text": "b", "right": False}]}, "none of its"),
        ({"stem": "?", "options": [{"text": "a", "right": 1}, {"text": "b"}]}, "option 1 does not say"),
        (
            {"stem": "x" * 20_001, "options": [{"text": "a", "right": True}, {"text": "b", "right": False}]},
            "longer than",
        ),
    ],
)
def test_one_broken_question_is_named_and_the_others_come_in(row: object, says: str) -> None:
    """Its number, what is wrong; nothing of the others is lost."""
    good = {"stem": "What?", "options": [{"text": "a", "right": True}, {"text": "b", "right": False}]}
    read = read_bank(json.dumps({"questions": [good, row, {**good, "stem": "Which?"}]}).encode())
    assert [place for place, _ in read.questions] == ["question 1", "question 3"]
    (told,) = read.refused
    assert told.startswith("question 2")
    assert says in told


def test_letters_that_move_the_cursor_are_taken_out() -> None:
    """A terminal shows an imported text and obeys none of it; a text's direction cannot be turned."""
    good = {
        "stem": "\x1b[2JWhat\u202e?\x07",
        "options": [{"text": "a\x9b", "right": True}, {"text": "b", "right": False}],
    }
    ((_, question),) = read_bank(json.dumps([good]).encode()).questions
    assert (question.stem, question.options[0].text) == ("[2JWhat?", "a")


ITEM = """<?xml version="1.0"?>
{doctype}<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="q1" title="T">
 <responseDeclaration identifier="R" cardinality="single" baseType="identifier">{right}</responseDeclaration>
 <itemBody><p>Look: <em>here</em>.</p>
  <{kind} responseIdentifier="R" maxChoices="1"><prompt>Which?{entity}</prompt>
   <simpleChoice identifier="A">one
    <feedbackInline outcomeIdentifier="F" identifier="A">Since.</feedbackInline></simpleChoice>
   <simpleChoice identifier="B"><p>two</p></simpleChoice>
  </{kind}></itemBody></assessmentItem>"""
CORRECT = "<correctResponse><value>A</value></correctResponse>"
MAPPED = (
    '<mapping defaultValue="0"><mapEntry mapKey="A" mappedValue="1"/><mapEntry mapKey="B" mappedValue="-1"/></mapping>'
)


def an_item(right: str = CORRECT, kind: str = "choiceInteraction", doctype: str = "", entity: str = "") -> bytes:
    return ITEM.format(right=right, kind=kind, doctype=doctype, entity=entity).encode()


@pytest.mark.parametrize("right", [CORRECT, MAPPED])
def test_a_qti_item_of_another_program(right: str) -> None:
    """Prompt and body are the stem, feedback in a choice is its why, a mapping tells the key as well."""
    ((_, question),) = read_bank(an_item(right)).questions
    assert (question.id, question.stem) == ("q1", "Look: here.\n\nWhich?")
    assert [(option.text, option.right) for option in question.options] == [("one", True), ("two", False)]
    assert question.options[0].why == "Since."


BILLION = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"just words", "none of GIFT"),
        (b"\xff\xfe\x00x", "no UTF-8"),
        (b"{\"questions\": ", "no JSON"),
        (b'{"version": 2, "questions": []}', "get a newer one"),
        (b"[" * 100_000, "no JSON"),
        (b"<html></html>", "<html> is no item of QTI 2.1"),
        (b"<questestinterop/>", "QTI 1.2"),
        (b"<a", "no XML"),
        (an_item(doctype=BILLION, entity="&b;"), "entities of its own"),
        (an_item(doctype=OUTSIDE, entity="&a;"), "entities of its own"),
        (b"SQLite format 3\0", "deck package"),
        (b"PK\x03\x04 and nothing more", "damaged zip"),
    ],
)  # fmt: skip
def test_what_is_no_bank_of_questions_is_refused_whole(content: bytes, says: str) -> None:
    """Files of other kinds, damaged ones, and XML that would read files or fill the memory."""
    with pytest.raises(NotReadable, match=says):
        read_bank(content)


def test_a_kind_of_question_that_is_not_asked_is_named() -> None:
    """QTI has many interactions; what is not a choice says what it is."""
    assert "by orderInteraction" in read_bank(an_item(kind="orderInteraction")).refused[0]


def zipped(files: dict[str, bytes]) -> bytes:
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED) as entries:
        for name, content in files.items():
            entries.writestr(name, content)
    return package.getvalue()


MANIFEST = b'<manifest><resources><resource type="imsqti_item_xmlv2p1" href="%s"/></resources></manifest>'


def test_a_zip_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounds hold over all files together, and while unpacking, whatever the zip says of itself."""
    monkeypatch.setattr(archive, "MOST_BYTES", 100_000)
    bomb = zipped({"imsmanifest.xml": MANIFEST % b"item.xml", "item.xml": b" " * 200_000})
    assert "unpacks to more than" in read_bank(bomb).refused[0]
    with pytest.raises(NotReadable, match="unpacks to more than"):
        read_bank(zipped({"collection.anki2": b"\0" * 200_000}))
    monkeypatch.setattr(archive, "MOST_FILES", 3)
    with pytest.raises(NotReadable, match="at most 3"):
        read_bank(zipped({str(number): b"" for number in range(4)}))


def test_a_package_names_only_what_is_in_it() -> None:
    """A manifest that points outside gets nothing from outside; others of its items come in."""
    manifest = MANIFEST.replace(b"</resources>", b'<resource type="imsqti_item_xmlv2p1" href="q.xml"/></resources>')
    read = read_bank(zipped({"in/imsmanifest.xml": manifest % b"../../etc/passwd", "in/q.xml": an_item()}))
    assert [place for place, _ in read.questions] == ["in/q.xml"]
    assert "which is not in it" in read.refused[0]


def a_collection(statements: str) -> bytes:
    collection = sqlite3.connect(":memory:")
    collection.executescript(statements)
    content = collection.serialize()
    collection.close()
    return zipped({"collection.anki2": content})


NOTES = "CREATE TABLE notes (id INTEGER PRIMARY KEY, guid, mid, flds); CREATE TABLE col (models);"
KPRIM = json.dumps({"7": {"flds": [{"name": name} for name in ("Question", "Q_1", "Q_2", "Q_3", "Answers")]}})


def test_an_anki_deck_of_another() -> None:
    """Fields named as others name them are understood; cards without options are named."""
    fields = " || char(31) || ".join(f"'{text}'" for text in ("Which <b>one</b>?", "a", "b", "c", "0 1 0"))
    rows = f"INSERT INTO notes VALUES (1, 'g1', 7, {fields}), (2, 'g2', 8, 'front' || char(31) || 'back');"
    read = read_bank(a_collection(f"{NOTES} INSERT INTO col VALUES ('{KPRIM}'); {rows}"))
    ((_, question),) = read.questions
    assert (question.id, question.stem) == ("g1", "Which one?")
    assert [option.right for option in question.options] == [False, True, False]
    assert read.refused[0].startswith("note 2")
    assert "no options to choose from" in read.refused[0]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (zipped({"collection.anki2": b"nothing"}), "cannot be read|no table of notes"),
        (zipped({"collection.anki21b": b"", "collection.anki2": b""}), "Support older Anki versions"),
        (zipped({"a": b""}), "neither a QTI package"),
        (a_collection("CREATE VIEW notes AS SELECT 1 AS id, '' AS guid, 1 AS mid, '' AS flds;"), "no table of"),
        (a_collection(f"{NOTES} INSERT INTO col VALUES ('[1');"), "note types"),
        (a_collection("CREATE TABLE notes (a);"), "cannot be read"),
    ],
    ids=["no database", "too new", "neither", "a view", "note types", "no columns"],  # a zip has the time in it
)  # fmt: skip
def test_an_anki_package_that_cannot_be_read(content: bytes, says: str) -> None:
    """Damaged, too new, or a database whose tables are no tables."""
    with pytest.raises(NotReadable, match=says):
        read_bank(content)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("if a < b then &lt;c&gt;", "if a < b then <c>"),
        ("List<String> and <b>bold</b>", "List<String> and bold"),
        ("<ul><li>a</li><li>b</li></ul>", "- a\n- b"),
        ("<ol><li>a<li>b</ol>", "1. a\n2. b"),
        ("one<br>two<br/>three", "one\ntwo\nthree"),
        ("<script>alert('x')</script>", "<script>alert('x')</script>"),
        ("the <code>__init__</code> of __this__", "the `__init__` of `__this__`"),
        ('<img src="x" alt="a queue"> <img src="y">', "[image: a queue] [image: without a description]"),
        ("<a href='javascript:x'>here</a>", "here"),
    ],
)
def test_html_becomes_text(html: str, text: str) -> None:
    """Formatting stays as far as Markdown has it; anything else is shown as it was written."""
    assert plain(html) == text


def test_ids_stay_apart() -> None:
    """What differs in letters that an id cannot have differs in its hash; what is one already stays."""
    assert slug("limits/x") == "limits-x"
    assert slug("q-1") == "q-1"
    assert len({slug(text) for text in ("Größe", "Große", "日本", "中国", "a" * 100, "a" * 101)}) == 6


@pytest.mark.parametrize(
    ("key", "found"),
    [("B", {1}), ("a, c", {0, 2}), ("AC", {0, 2}), ("2", {1}), ("1 3", {0, 2}), ("0 1 0 1", {1, 3}), ("E", None)],
)  # fmt: skip
def test_keys_as_people_write_them(key: str, found: set[int] | None) -> None:
    """Letters, numbers from one, or noughts and ones."""
    assert chosen_of(key, 4) == found


@pytest.mark.parametrize("form", WRITERS)
def test_many_questions_in_each_format(form: str) -> None:
    """A large bank is read whole, in its order."""
    many = [replace(a_question(number, stem=f"What happens in case {number}?")) for number in range(200)]
    read = read_bank(WRITERS[form](many))
    assert [question.id for _, question in read.questions] == [question.id for question in many]


def test_the_examples_of_the_page_for_teachers_come_in() -> None:
    """What docs/questions-of-others.md shows is what is read."""
    page = (ROOT / "docs" / "questions-of-others.md").read_text(encoding="utf-8")
    examples = re.findall(r"```(?:csv|json)\n(.*?)```", page, re.DOTALL)
    assert len(examples) == 2
    for example in examples:
        read = read_bank(example.encode())
        assert read.refused == ()
        ((_, question),) = read.questions
        assert (question.id, [option.right for option in question.options].count(True)) == ("net-1", 1)
