"""Studying a lesson on a scripted sandbox."""

from pathlib import Path

import pytest

from tests.fakes.functions import FakeFunctions, an_invocation
from tests.fakes.parts import NOON, SmallParts
from tutor.errors import HostError, UsageError

LESSON = "limits/every-limit"


def test_opening_and_reading_are_remembered(tmp_path: Path) -> None:
    """What was opened and what was read to its end are two acts, with their time."""
    parts = SmallParts(tmp_path, FakeFunctions())
    assert parts.study_lesson.open(LESSON).title == "Every limit, and who enforces it"
    parts.study_lesson.finish(LESSON)
    assert [(act.what, act.item, act.at) for act in parts.memory.acts()] == [
        ("lesson opened", LESSON, NOON),
        ("lesson read", LESSON, NOON),
    ]


def test_the_example_makes_all_its_runs_in_one_environment(tmp_path: Path) -> None:
    """A cold and a warm start, in order; the environment is closed, and the run remembered."""
    functions = FakeFunctions([an_invocation(1), an_invocation(2)])
    parts = SmallParts(tmp_path, functions)
    assert [invocation.payload for invocation in parts.study_lesson.run_example(LESSON)] == [1, 2]
    assert [(call.event, call.cold) for call in functions.calls] == [
        ({"name": "Ada"}, True),
        ({"name": "Grace"}, False),
    ]
    assert functions.closed == 1
    assert [act.what for act in parts.memory.acts()] == ["example run"]


def test_an_example_that_the_host_cannot_run_is_not_remembered(tmp_path: Path) -> None:
    """The environment is closed on an error too."""
    functions = FakeFunctions([HostError("no namespaces")])
    parts = SmallParts(tmp_path, functions)
    with pytest.raises(HostError):
        parts.study_lesson.run_example(LESSON)
    assert functions.closed == 1
    assert parts.memory.acts() == ()


def test_an_unknown_lesson_is_not_remembered(tmp_path: Path) -> None:
    """Only what exists can have been opened."""
    parts = SmallParts(tmp_path, FakeFunctions())
    with pytest.raises(UsageError):
        parts.study_lesson.open("limits/nothing")
    assert parts.memory.acts() == ()
