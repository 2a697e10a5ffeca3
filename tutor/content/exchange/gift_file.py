"""Questions as GIFT, which Moodle reads: https://docs.moodle.org/en/GIFT_format. Texts stay Markdown, which it knows.

Moodle has no all-or-nothing in GIFT: of several right options each is worth its share, and a wrong one takes all.
"""

from collections.abc import Sequence

from tutor.study.exchanged_question import ExchangedOption, ExchangedQuestion

_SPECIAL = "\\~=#{}:"
_WHOLE = 100


def write_gift(questions: Sequence[ExchangedQuestion]) -> bytes:
    """The questions by topic, each topic a category."""
    parts, topic = [], None
    for question in sorted(questions, key=lambda one: one.topic):
        if question.topic != topic:
            topic = question.topic
            parts.append(f"$CATEGORY: tutor/{topic}")
        parts.append(_question(question))
    return ("\n\n".join(parts) + "\n").encode()


def _question(question: ExchangedQuestion) -> str:
    head = f"::{_escaped(question.id)}::[markdown]{_escaped(question.stem)} {{"
    right = sum(option.right for option in question.options)
    return "\n".join([head, *(_option(option, right) for option in question.options), "}"])


def _option(option: ExchangedOption, right: int) -> str:
    if right == 1:
        sign = "=" if option.right else "~"
    else:
        sign = f"~%{_WHOLE / right:.5f}%" if option.right else f"~%-{_WHOLE}%"
    return f"{sign}{_escaped(option.text)}#{_escaped(option.why)}"


def _escaped(text: str) -> str:
    """With a backslash before what GIFT means something by; a new line as ``\\n``, for a blank one ends a question."""
    special = "".join(f"\\{letter}" if letter in _SPECIAL else letter for letter in text.strip())
    return special.replace("\n", "\\n")
