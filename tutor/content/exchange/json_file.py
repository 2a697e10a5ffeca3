"""Questions as JSON: everything that is known of them, texts as Markdown. ``questions.schema.json`` describes the file.

Read is that, or a bare list of such questions. A question needs ``stem`` and ``options``; of an option ``text`` and
``right``; the rest may be left out.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from tutor.content.exchange.draft import Draft, DraftOption, Found, NotAQuestion, NotReadable, Refused
from tutor.study.exchanged_question import ExchangedQuestion

FORMAT, VERSION = "tutor questions", 1


def write_json(questions: Sequence[ExchangedQuestion]) -> bytes:
    """One object, with one question in a line."""
    lines = ",\n".join(json.dumps(asdict(question), ensure_ascii=False) for question in questions)
    return f'{{"format": "{FORMAT}", "version": {VERSION}, "questions": [\n{lines}\n]}}\n'.encode()


def read_json(text: str) -> Iterator[Found | Refused]:
    """The questions in their order. Raises ``NotReadable`` for what is no JSON, or no list of questions."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotReadable(f"it is no JSON ({error})") from error
    if isinstance(content, dict) and "version" in content and content["version"] != VERSION:
        raise NotReadable(f"it has version {content['version']!r}, and this tutor reads {VERSION}: get a newer one")
    rows = content.get("questions") if isinstance(content, dict) else content
    if not isinstance(rows, list):
        raise NotReadable('it has no list of questions: {"questions": [{"stem": …, "options": […]}]}')
    for number, row in enumerate(rows, 1):
        place = f"question {number}"
        try:
            yield Found(place, _draft(row))
        except NotAQuestion as error:
            stem = row.get("stem") if isinstance(row, dict) else None
            yield Refused(place, str(error), stem if isinstance(stem, str) else "")


def _draft(row: Any) -> Draft:
    if not isinstance(row, dict):
        raise NotAQuestion("it is no object with stem and options")
    options = row.get("options")
    if not isinstance(options, list):
        raise NotAQuestion("it has no list of options")
    difficulty = row.get("difficulty")
    return Draft(
        stem=_text(row, "stem"),
        options=tuple(_option(number, option) for number, option in enumerate(options, 1)),
        difficulty=difficulty if isinstance(difficulty, int) else 2,
        **{name: _text(row, name) for name in ("id", "title", "source", "as_of")},
    )


def _option(number: int, row: Any) -> DraftOption:
    if not isinstance(row, dict) or not isinstance(row.get("right"), bool):
        raise NotAQuestion(f'option {number} does not say "right": true or false')
    return DraftOption(_text(row, "text"), _text(row, "why"), row["right"], _text(row, "id"))


def _text(row: dict[str, Any], name: str) -> str:
    value = row.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise NotAQuestion(f"{name} is no text")
    return str(value)
