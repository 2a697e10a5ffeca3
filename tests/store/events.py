"""Events for tests: one of each kind, told apart by a number."""

from datetime import UTC, datetime, timedelta

from tutor.study.answer import Act, Answer, LabAttempt

BEGAN = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)


def an_answer(number: int = 0, question_id: str = "limits/timeout-kills") -> Answer:
    """A right answer, with everything that is kept of one."""
    return Answer(
        question_id=question_id,
        content_hash="c0ffee",
        seed=number,
        option_order=("late", "never", "billed"),
        chosen=("billed", "never"),
        key=("never", "billed"),
        scoring_rule="all-or-nothing",
        confidence="unsure",
        milliseconds=41_000 + number,
        mode="quiz",
        answered_at=BEGAN + timedelta(seconds=number),
        claims=("LIM-005", "LIM-006"),
    )


def an_attempt(number: int = 0) -> LabAttempt:
    """A failed attempt at a lab."""
    return LabAttempt(
        lab_id="limits/every-limit/too-slow",
        content_hash="beef",
        passed=False,
        verdicts=(("answers", "fails"), ("stays_small", "cannot be judged")),
        solution_shown=True,
        attempted_at=BEGAN + timedelta(seconds=number),
        claims=("LIM-005",),
    )


def an_act(number: int = 0) -> Act:
    """A hint that was shown."""
    return Act("hint shown", "limits/every-limit/too-slow", str(number), BEGAN + timedelta(seconds=number))
