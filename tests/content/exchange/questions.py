"""Questions to write and read again, with everything in them that some format means something by."""

from collections.abc import Sequence

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
