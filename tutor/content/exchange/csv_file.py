"""Questions as CSV (RFC 4180, UTF-8): one in a row, with three columns for each option. Texts as Markdown.

Read is that, and tables of others: a column ``stem`` or ``question``, columns ``option_1_text`` or ``option_1`` and so
on, and ``key`` with the ids, letters or numbers of what is right. Commas, semicolons or tabs stand between columns.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence

from tutor.content.exchange.draft import Draft, DraftOption, Found, NotAQuestion, NotReadable, Refused, chosen_of
from tutor.study.exchanged_question import ExchangedQuestion

_PLAIN = ("id", "version", "topic", "title", "stem", "choose", "key", "claims", "difficulty", "as_of", "source")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_OPTION = re.compile(r"option[ _]?(\d{1,3})(?:[ _](id|text|why))?")
_STEMS = ("stem", "question")
MOST_CELL = 1_000_000


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
    plain = [known[name] if name in known else str(getattr(question, name)) for name in _PLAIN]
    return [*plain, *(cell for option in question.options for cell in (option.id, option.text, option.why))]


def _harmless(cell: str) -> str:
    """Spreadsheets run what begins like a formula: an apostrophe before it makes it text."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def read_csv(text: str) -> Iterator[Found | Refused]:
    """The questions, row by row. Raises ``NotReadable`` where the first row names no columns of a question."""
    first = text.lstrip("\ufeff").split("\n", 1)[0]
    separator = max(",;\t", key=first.count)
    limit = csv.field_size_limit(MOST_CELL)
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        columns = [name.strip().casefold() for name in next(rows, [])]
        _check(columns)
        line = rows.line_num
        for cells in rows:
            if any(cell.strip() for cell in cells):
                yield _row(f"line {line + 1}", dict(zip(columns, map(_bare, cells), strict=False)))
            line = rows.line_num
    except csv.Error as error:
        raise NotReadable(f"it is no table that can be read ({error})") from error
    finally:
        csv.field_size_limit(limit)


def _check(columns: Sequence[str]) -> None:
    if not set(_STEMS) & set(columns) or "key" not in columns or not any(map(_OPTION.fullmatch, columns)):
        raise NotReadable("its first line names no columns stem, key and option_1_text, option_2_text …")


def _row(place: str, cells: Mapping[str, str]) -> Found | Refused:
    stem = next((cells[name] for name in _STEMS if cells.get(name)), "")
    try:
        return Found(place, _draft(stem, cells))
    except NotAQuestion as error:
        return Refused(place, str(error), stem)


def _draft(stem: str, cells: Mapping[str, str]) -> Draft:
    parts: dict[int, dict[str, str]] = {}
    for name, cell in cells.items():
        found = _OPTION.fullmatch(name)
        if found is not None and cell.strip():
            parts.setdefault(int(found[1]), {})[found[2] or "text"] = cell
    options = [parts[number] for number in sorted(parts) if parts[number].get("text", "").strip()]
    chosen = _chosen(cells.get("key", ""), options)
    difficulty = cells.get("difficulty", "")
    return Draft(
        stem=stem,
        options=tuple(
            DraftOption(one["text"], one.get("why", ""), at in chosen, one.get("id", ""))
            for at, one in enumerate(options)
        ),
        difficulty=int(difficulty) if difficulty in ("1", "2", "3") else 2,
        **{name: cells.get(name, "") for name in ("id", "title", "source", "as_of")},
    )


def _chosen(key: str, options: Sequence[Mapping[str, str]]) -> frozenset[int]:
    ids = [option.get("id", "") for option in options]
    words = key.split()
    if words and all(word in ids for word in words):
        return frozenset(ids.index(word) for word in words)
    found = chosen_of(key, len(options))
    if found is None:
        raise NotAQuestion(
            f"its key {key!r} names none of its {len(options)} options: ids, letters or numbers are wanted"
        )
    return found


def _bare(cell: str) -> str:
    """The cell without the apostrophe that keeps a spreadsheet from running it."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell
