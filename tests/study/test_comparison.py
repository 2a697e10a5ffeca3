"""The language of ``predicts:``, ``goal:`` and ``holds:``."""

from typing import Any

import pytest

from tutor.study.comparison import all_hold, failing, holds, misread


@pytest.mark.parametrize(
    ("expected", "seen"),
    [
        (None, None),
        (True, True),
        (3, 3),
        (3, 3.0),
        ("done", "done"),
        ([1, 2], [1, 2]),
        ({"a": 1}, {"a": 1}),
        ("not null", 0),
        ("not null", False),
        ("<= 3", 3),
        ("< 3", 2.5),
        (">= 1,769", 1769),
        ("> 1_000", 1001),
        ("> -1", 0),
        ("!= 200", 404),
        ("!= 200", None),
        ("!= null", 0),
        ("!= true", False),
        ("== null", None),
        ("== true", True),
        ("== null", "null"),
        ("== <= 3", "<= 3"),
        ("== 3", 3),
        ("== 3", "3"),
        ("contains boom", "it went boom"),
        ("contains boom", ["boom"]),
    ],
)
def test_holds(expected: Any, seen: Any) -> None:
    """Each form of the language says yes to what it describes."""
    assert holds(expected, seen)


@pytest.mark.parametrize(
    ("expected", "seen"),
    [
        (None, False),
        (None, 0),
        (True, 1),
        (1, True),
        (0, False),
        (3, "3"),
        ("3", 3),
        ("done", "Done"),
        ("not null", None),
        ("<= 3", 3.01),
        ("< 3", 3),
        ("<= 3", None),
        ("<= 3", True),
        ("<= 3", "2"),
        ("<= three", 2),
        ("!= 200", 200),
        ("!= 200", 200.0),
        ("!= null", None),
        ("!= true", True),
        ("== true", "True"),
        ("== 1", True),
        ("contains boom", "quiet"),
        ("contains boom", None),
        ("contains 3", 3),
    ],
)
def test_does_not_hold(expected: Any, seen: Any) -> None:
    """Each form says no to what it does not describe, to another kind of value too; truth is never a number."""
    assert not holds(expected, seen)


@pytest.mark.parametrize("expected", ["<= three", "<=3", ">0", "!=200", "<= "])
def test_misread_tells_a_comparison_that_can_never_hold(expected: str) -> None:
    """A slip of the author's that would silently never hold is told, with how to say what was meant."""
    assert repr(expected) in (misread(expected) or "")


@pytest.mark.parametrize("expected", [3, None, "<= 3", "!= 200", "!= null", "== <= three", "<html>", "done", "> 1,000"])
def test_misread_leaves_good_ones_alone(expected: Any) -> None:
    """What is read as it was meant is no problem."""
    assert misread(expected) is None


def test_failing_names_what_is_not_as_expected() -> None:
    """The names that fail are told in the author's order; what was not observed counts as null."""
    expected = {"status": "timeout", "errno": None, "billed_ms": "> 900", "extra": 1}
    assert failing(expected, {"status": None, "billed_ms": 1000}) == ("status", "extra")


def test_all_hold_needs_every_name() -> None:
    """One observation that differs is enough to fail."""
    assert all_hold({"a": 1, "b": "not null"}, {"a": 1, "b": 0, "c": 2})
    assert not all_hold({"a": 1, "b": "not null"}, {"a": 1})
