"""Between the learner's events and the tables' rows."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from tutor.study.answer import Act, Answer, LabAttempt

_LISTS = ("option_order", "chosen", "key", "claims")


def row_of(event: Answer | LabAttempt | Act) -> dict[str, Any]:
    """The columns of one event; the names are the same."""
    return asdict(event)


def answer_of(row: Mapping[str, Any]) -> Answer:
    """An answer as it was given."""
    return Answer(**{**_event(row), **{name: tuple(row[name]) for name in _LISTS}})


def lab_attempt_of(row: Mapping[str, Any]) -> LabAttempt:
    """A lab attempt as it was graded."""
    verdicts = tuple((demand, holds) for demand, holds in row["verdicts"])
    return LabAttempt(**{**_event(row), "verdicts": verdicts, "claims": tuple(row["claims"])})


def act_of(row: Mapping[str, Any]) -> Act:
    """An act as it was done."""
    return Act(**_event(row))


def _event(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "id"}
