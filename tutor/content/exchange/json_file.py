"""Questions as JSON: everything that is known of them, texts as Markdown."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from tutor.study.exchanged_question import ExchangedQuestion


def write_json(questions: Sequence[ExchangedQuestion]) -> bytes:
    """One object, with one question in a line."""
    lines = ",\n".join(json.dumps(asdict(question), ensure_ascii=False) for question in questions)
    return f'{{"format": "tutor questions", "version": 1, "questions": [\n{lines}\n]}}\n'.encode()
