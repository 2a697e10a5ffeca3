"""The key of a computed question."""

import pytest

from tests.fakes.shelf import a_scenario, an_option
from tutor.errors import ContentError
from tutor.study.key import fulfilled, key_of
from tutor.study.scenario import Least, Scenario


def test_outcome_the_key_is_what_was_predicted() -> None:
    """The options whose every prediction came true are the key, sorted."""
    scenario = a_scenario(
        [
            an_option("z", predicts={"status": "timeout", "ms": "> 900"}),
            an_option("b", predicts={"status": "timeout", "ms": "< 900"}),
            an_option("a", predicts={"errno": None}),
        ],
        choose=2,
    )
    assert key_of(scenario, {"": {"status": "timeout", "ms": 1000}}, {}) == ("a", "z")


def test_outcome_that_predicts_nothing_is_never_right() -> None:
    """An empty prediction must not slip into the key."""
    scenario = a_scenario([an_option("a", predicts={}), an_option("b", predicts={"x": 1})])
    assert fulfilled(scenario, {"": {"x": 1}}) == ("b",)


def solution(least: Least, choose: int = 1, efforts: tuple[int | None, ...] = (3, 1, 2, 1)) -> Scenario:
    options = [an_option(name, change={}, effort=effort) for name, effort in zip("abcd", efforts, strict=True)]
    return a_scenario(options, asks="solution", goal={"ended": "done"}, least=least, choose=choose)


SEEN = {"a": {"ended": "done"}, "b": {"ended": "done"}, "c": {"ended": "done"}, "d": {"ended": "error"}}
COSTS = {"a": 3e-6, "b": 2e-6, "c": 1e-6, "d": 1e-7}


def test_solution_none_keeps_all_that_met_the_goal() -> None:
    """Without ``least``, every option that met the goal is right."""
    assert key_of(solution("none", 3), SEEN, COSTS) == ("a", "b", "c")


def test_solution_cost_takes_the_cheapest_that_met_the_goal() -> None:
    """The cheapest of those that met the goal is right; a cheaper one that did not meet it is not."""
    assert key_of(solution("cost"), SEEN, COSTS) == ("c",)


def test_solution_effort_takes_the_least_effort_that_met_the_goal() -> None:
    """The least effort among those that met the goal is right."""
    assert key_of(solution("effort"), SEEN, COSTS) == ("b",)


def test_solution_equal_costs_all_count() -> None:
    """Costs that are the same within rounding are one cost."""
    costs = {**COSTS, "b": 1e-6 + 1e-14}
    assert key_of(solution("cost", 2), SEEN, costs) == ("b", "c")


def test_solution_costs_that_noise_could_swap_are_an_error() -> None:
    """Within ten per cent the measured durations decide nothing: the author must make it clearer."""
    with pytest.raises(ContentError, match="within 10% of each other"):
        key_of(solution("cost"), SEEN, {**COSTS, "b": 1.09e-6})
    assert key_of(solution("cost"), SEEN, {**COSTS, "b": 1.11e-6}) == ("c",)


def test_solution_effort_must_be_said() -> None:
    """An option that meets the goal without an effort cannot be compared."""
    with pytest.raises(ContentError, match="option b meets the goal and says no effort"):
        key_of(solution("effort", 1, (3, None, 2, 1)), SEEN, COSTS)


@pytest.mark.parametrize("least", ["cost", "effort", "none"])
def test_solution_nothing_met_is_an_error(least: Least) -> None:
    """A question without a right option is told as one."""
    seen = {option: {"ended": "error"} for option in "abcd"}
    with pytest.raises(ContentError, match="the run's key has 0 options, choose says 1"):
        key_of(solution(least), seen, COSTS)


def test_another_size_than_choose_is_an_error_with_the_names() -> None:
    """The author reads how many options came out, and which, and in which file."""
    scenario = a_scenario([an_option("a", predicts={"x": 1}), an_option("b", predicts={"x": "> 0"})])
    with pytest.raises(ContentError, match=r"scenarios/limits/some-question/scenario.yaml:1: \[choose\]") as caught:
        key_of(scenario, {"": {"x": 1}}, {})
    assert "the run's key has 2 options (a, b), choose says 1" in str(caught.value)


def test_a_comparison_that_can_never_hold_is_an_error() -> None:
    """``'<=3'`` without its blank would silently make an option wrong."""
    scenario = a_scenario([an_option("a", predicts={"x": "<=3"}), an_option("b", predicts={"x": 1})])
    with pytest.raises(ContentError, match="lacks the blank"):
        key_of(scenario, {"": {"x": 1}}, {})
