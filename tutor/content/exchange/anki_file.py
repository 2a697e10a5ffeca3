"""Questions as Anki's own text import (2.1.54 and later): https://docs.ankiweb.net/importing/text-files.html.

The GUID of a note is the question's id, so that importing again updates the note and keeps its reviews. Notes are of
the kind Basic: the question with its options in front, the key with every why behind.
"""

import csv
import io
from collections.abc import Sequence
from html import escape

from tutor.content.exchange.hypertext import xhtml
from tutor.study.exchanged_question import ExchangedQuestion

_HEAD = (
    "#separator:tab",
    "#html:true",
    "#notetype:Basic",
    "#guid column:1",
    "#deck column:2",
    "#tags column:5",
)


def write_anki(questions: Sequence[ExchangedQuestion]) -> bytes:
    """The headers, then one note in a row: GUID, deck, front, back, tags."""
    table = io.StringIO()
    rows = csv.writer(table, delimiter="\t", lineterminator="\n")
    for question in questions:
        tags = " ".join((question.topic, *question.claims))
        rows.writerow([f"tutor {question.id}", f"tutor::{question.topic}", _front(question), _back(question), tags])
    return "\n".join((*_HEAD, table.getvalue())).encode()


def _front(question: ExchangedQuestion) -> str:
    options = "".join(f"<li>{xhtml(option.text)}</li>" for option in question.options)
    several = f"<p>Choose {question.choose}.</p>" if question.choose > 1 else ""
    return f"{xhtml(question.stem)}{several}<ol type='A'>{options}</ol>"


def _back(question: ExchangedQuestion) -> str:
    letters = {option.id: chr(ord("A") + number) for number, option in enumerate(question.options)}
    key = ", ".join(letters[option.id] for option in question.options if option.right)
    whys = "".join(f"<li>{xhtml(option.why)}</li>" for option in question.options)
    source = escape(question.source, quote=True)
    return f"<p><b>{key}</b></p><ol type='A'>{whys}</ol><p><a href='{source}'>{source}</a>, {question.as_of}</p>"
