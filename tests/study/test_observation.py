"""What a run saw, in one line."""

from typing import Any

import pytest

from tests.fakes.shelf import a_scenario, an_option
from tutor.study.observation import line_of, phrase
from tutor.study.scenario import SeedProof


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("status", "timeout", "status timeout"),
        ("billed_ms", 1000, "1,000 ms billed"),
        ("max_memory_used_mb", 128, "128 MB max memory used"),
        ("billed_ms_after", 1001, "1,001 ms billed after"),
        ("rows", 3, "rows 3"),
        ("ratio", 0.5, "ratio 0.5"),
        ("finished", False, "not finished"),
        ("finished", True, "finished"),
        ("error_type", None, "no error type"),
        ("limit_mb", None, "no limit"),
        ("ms", 7, "ms 7"),
        ("message", "a\n b" + "x" * 100, "message a b" + "x" * 56 + "…"),
    ],
)
def test_an_observation_in_words(name: str, value: Any, says: str) -> None:
    """Numbers have separators and their unit, truth values are words, long texts are cut."""
    assert phrase(name, value) == says


def test_an_outcome_shows_what_the_option_predicted_about() -> None:
    """Each option of an outcome question shows the same run, at the names that it bet on."""
    option = an_option("a", predicts={"status": "done", "billed_ms": "<= 100"})
    seen = SeedProof({}, {"": {"status": "timeout", "billed_ms": 1000, "other": 1}}, ("b",), {})
    assert line_of(a_scenario([option]), option, seen) == "status timeout, 1,000 ms billed"


def test_a_solution_shows_the_options_own_run_and_its_cost() -> None:
    """Each option of a solution shows its own run: the goal, some of the rest, the cost where the cheapest wins."""
    option = an_option("a", change={"timeout": 3})
    scenario = a_scenario([option], asks="solution", goal={"ended": "done"}, least="cost")
    observed = {"written": None, "errno": 28, "billed_ms": 900, "ended": "timeout", "more": 1}
    seen = SeedProof({}, {"a": observed}, ("b",), {"a": 0.0000021})
    says = "ended timeout, errno 28, 900 ms billed, $2.10 for a million such runs"
    assert line_of(scenario, option, seen) == says


def test_without_a_run_nothing_is_shown() -> None:
    """A question known by source, or an option that was not tried, has no line."""
    option = an_option("a", key=True)
    assert line_of(a_scenario([option], asks="fact"), option, None) is None
    assert line_of(a_scenario([option], asks="solution", goal={"x": 1}), option, SeedProof({}, {}, (), {})) is None


def test_an_empty_text_is_told_as_none() -> None:
    """``letters`` without anything behind it would be read as a slip."""
    assert phrase("letters", "") == "no letters"
