"""Questions as an Anki package (.apkg), written with genanki: one note for each question, its options as fields.

The GUID of a note is the question's id and that of the note type never changes, so that importing again updates the
notes and keeps their reviews. Anki takes the newer of two notes, so the time of writing is in the package.

Read are packages of any note type whose fields hold a question with options: ours, and those with fields such as
``Question``, ``Q_1`` … and ``Answers`` (``0 1 0 0``). A package that only newer versions of Anki can read is refused.
"""

import io
import itertools
import json
import re
import sqlite3
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from html import escape
from typing import Any

from tutor.content.exchange.archive import MOST_BYTES, Archive
from tutor.content.exchange.draft import Draft, DraftOption, Found, NotReadable, Refused, chosen_of
from tutor.content.exchange.hypertext import plain, xhtml
from tutor.study.exchanged_question import ExchangedQuestion

MODEL = 1_732_017_001
"""The id of our note type. It never changes."""
MOST_OPTIONS = 10
COLLECTIONS = ("collection.anki21", "collection.anki2")
"""The newer first; the older one is then a note that asks for a newer Anki."""
_NEWEST = "collection.anki21b"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_NUMBERS = range(1, MOST_OPTIONS + 1)
_FIELDS = (
    "Id",
    "Question",
    *(f"Option {number}" for number in _NUMBERS),
    "Key",
    *(f"Why {number}" for number in _NUMBERS),
    "Source",
    "As of",
)
_LISTED = "".join("{{#%s %d}}<li>{{%s %d}}</li>{{/%s %d}}" for _ in _NUMBERS)
_FIRST, _LAST = (f"<ol type='A'>{_LISTED}</ol>" % tuple(itertools.chain.from_iterable(
    (word, number) * 3 for number in _NUMBERS)) for word in ("Option", "Why"))  # fmt: skip


def write_anki(questions: Sequence[ExchangedQuestion], now: Callable[[], datetime]) -> bytes:
    """The package, its notes as of ``now``. Nothing is written beside it: the collection is made in memory."""
    import genanki

    model = genanki.Model(
        MODEL,
        "tutor question",
        fields=[{"name": name} for name in _FIELDS],
        templates=[
            {
                "name": "Question",
                "qfmt": "{{Question}}" + _FIRST,
                "afmt": "{{FrontSide}}<hr id='answer'><b>{{Key}}</b>" + _LAST + "<p>{{Source}} {{As of}}</p>",
            }
        ],
    )
    decks: dict[str, Any] = {}
    for question in questions:
        deck = decks.setdefault(question.topic, genanki.Deck(_deck_id(question.topic), f"tutor::{question.topic}"))
        tags = [re.sub(r"\s", "-", tag) for tag in (question.topic, *question.claims)]
        deck.add_note(genanki.Note(model, _fields(question), tags=tags, guid=guid(question.id)))
    with sqlite3.connect(":memory:") as collection:
        seconds = now().timestamp()
        package = genanki.Package(list(decks.values()))
        package.write_to_db(collection.cursor(), seconds, itertools.count(int(seconds * 1000)))
        collection.commit()
        content = collection.serialize()
    collection.close()
    return _zipped({"collection.anki2": content, "media": b"{}"})


def guid(question_id: str) -> str:
    """The note's GUID."""
    return f"tutor {question_id}"


def _deck_id(topic: str) -> int:
    """A number that is the topic's, in the range that Anki takes for ids."""
    return 1_000_000_000 + int.from_bytes(sha256(topic.encode()).digest()[:4], "big")


def _fields(question: ExchangedQuestion) -> list[str]:
    options = question.options
    if len(options) > MOST_OPTIONS:
        raise ValueError(f"{question.id} has {len(options)} options, and a note has room for {MOST_OPTIONS}")
    several = f"<p>Choose {question.choose}.</p>" if question.choose > 1 else ""
    empty = [""] * (MOST_OPTIONS - len(options))
    key = ", ".join(chr(ord("A") + at) for at, option in enumerate(options) if option.right)
    source = escape(question.source)
    return [
        question.id,
        xhtml(question.stem) + several,
        *(xhtml(option.text) for option in options),
        *empty,
        key,
        *(xhtml(option.why) for option in options),
        *empty,
        f"<a href='{source}'>{source}</a>" if source.startswith("https://") else source,
        question.as_of,
    ]


def _zipped(files: Mapping[str, bytes]) -> bytes:
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED) as entries:
        for name, content in files.items():
            entries.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
    return package.getvalue()


# Reading


def read_anki(archive: Archive) -> Iterator[Found | Refused]:
    """The questions of a package, note by note. Raises ``NotReadable`` for one that holds no collection of notes."""
    name = next((name for name in COLLECTIONS if name in archive.names), None)
    if _NEWEST in archive.names and name != COLLECTIONS[0]:
        raise NotReadable(
            "it is for newer versions of Anki only: export it again with 'Support older Anki versions' ticked"
        )
    if name is None:
        raise NotReadable("it has no collection of notes: export it from Anki again")
    yield from _notes(archive.read(name))


def _notes(content: bytes) -> Iterator[Found | Refused]:
    """What is in the database: opened in memory, for reading alone, no view or trigger of its own run."""
    collection = sqlite3.connect(":memory:")
    try:
        collection.deserialize(content)
        collection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MOST_BYTES)
        collection.execute("PRAGMA trusted_schema = OFF")
        collection.execute("PRAGMA query_only = ON")
        _only_tables(collection)
        types = _note_types(collection)
        rows = collection.execute("SELECT guid, mid, flds FROM notes ORDER BY id")
        for number, (guid_, type_, fields) in enumerate(rows, 1):
            named = dict(zip(types.get(str(type_), ()), str(fields).split("\x1f"), strict=False))
            yield _note(f"note {number}", str(guid_), {name.casefold(): text for name, text in named.items()})
    except sqlite3.Error as error:
        raise NotReadable(f"its collection cannot be read ({error}): export it from Anki again") from error
    finally:
        collection.close()


def _only_tables(collection: sqlite3.Connection) -> None:
    kinds = dict(collection.execute("SELECT name, type FROM sqlite_master WHERE name IN ('notes', 'col', 'fields')"))
    if kinds.get("notes") != "table" or any(kind != "table" for kind in kinds.values()):
        raise NotReadable("its collection has no table of notes: export it from Anki again")


def _note_types(collection: sqlite3.Connection) -> Mapping[str, Sequence[str]]:
    """The names of the fields by note type: in one JSON text, or, of later versions, in a table."""
    tables = {name for (name,) in collection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    try:
        (written,) = collection.execute("SELECT models FROM col").fetchone() or ("",)
        models = json.loads(written or "{}")
        found = {str(key): [str(field["name"]) for field in one["flds"]] for key, one in models.items()}
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise NotReadable("its note types cannot be read: export it from Anki again") from error
    if not found and "fields" in tables:
        for type_, name in collection.execute("SELECT ntid, name FROM fields ORDER BY ntid, ord"):
            found.setdefault(str(type_), []).append(str(name))
    return found


def _note(place: str, guid_: str, fields: Mapping[str, str]) -> Found | Refused:
    texts = {name: plain(text) for name, text in fields.items()}
    stem = next((texts[name] for name in ("question", "stem", "front") if texts.get(name)), "")
    options = [(number, text) for number in _NUMBERS if (text := _of(texts, number, "option ", "q_", "option_"))]
    if not options:
        return Refused(place, "it has no options to choose from, which the tutor's questions need", stem)
    key = texts.get("key") or texts.get("answers") or ""
    chosen = chosen_of(key, len(options))
    if chosen is None:
        return Refused(place, f"its key {key!r} names none of its options: letters or numbers are wanted", stem)
    known = texts.get("id") or guid_.removeprefix("tutor ")
    return Found(
        place,
        Draft(
            id=known,
            stem=re.sub(r"\n*Choose \d+\.$", "", stem) if texts.get("id") else stem,
            options=tuple(
                DraftOption(text, _of(texts, number, "why "), at in chosen) for at, (number, text) in enumerate(options)
            ),
            source=texts.get("source", ""),
            as_of=texts.get("as of", ""),
        ),
    )


def _of(texts: Mapping[str, str], number: int, *names: str) -> str:
    return next((texts[f"{name}{number}"] for name in names if texts.get(f"{name}{number}")), "")
