"""Questions as CSV (RFC 4180, UTF-8): one in a row, with three columns for each option. Texts as Markdown."""

import csv
import io
from collections.abc import Sequence

from tutor.study.exchanged_question import ExchangedQuestion

_PLAIN = ("id", "version", "topic", "title", "stem", "choose", "key", "claims", "difficulty", "as_of", "source")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_csv(questions: Sequence[ExchangedQuestion]) -> bytes:
    """The table; as many option columns as the longest question needs."""
    most = max(len(question.options) for question in questions)
    options = [f"option_{number}_{part}" for number in range(1, most + 1) for part in ("id", "text", "why")]
    table = io.StringIO()
    rows = csv.writer(table)
    rows.writerow([*_PLAIN, *options])
    for question in questions:
        rows.writerow([_harmless(cell) for cell in _cells(question)])
    return table.getvalue().encode()


def _cells(question: ExchangedQuestion) -> list[str]:
    key = " ".join(option.id for option in question.options if option.right)
    known = {"choose": str(question.choose), "key": key, "claims": " ".join(question.claims)}
    plain = [known.get(name) or str(getattr(question, name)) for name in _PLAIN]
    return [*plain, *(cell for option in question.options for cell in (option.id, option.text, option.why))]


def _harmless(cell: str) -> str:
    """Spreadsheets run what begins like a formula: an apostrophe before it makes it text."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
