"""The key of a computed question: which options what was observed makes right. Pure rules.

``observed`` maps an option's id to what was seen when it was tried (a question that asks for an outcome has
one entry, under ``""``); ``costs`` maps an option's id to USD.
"""

from collections.abc import Mapping
from typing import Any

from tutor.errors import ContentError, Problem
from tutor.study.comparison import all_hold, misread
from tutor.study.scenario import Option, Scenario

SAME_COST = 1e-12  # USD; costs this close are one cost
CLEAR_COST = 0.10  # the second-cheapest must cost this share more: durations are measured, and vary

Observed = Mapping[str, Mapping[str, Any]]


def fulfilled(scenario: Scenario, observed: Observed) -> tuple[str, ...]:
    """Sorted ids of the options whose prediction came true (outcome) or that met the goal (solution)."""
    return tuple(sorted(option.id for option in scenario.options if _is_fulfilled(scenario, option, observed)))


def _is_fulfilled(scenario: Scenario, option: Option, observed: Observed) -> bool:
    expected = expectation(scenario, option)
    seen = observed.get("" if scenario.asks == "outcome" else option.id)
    return bool(expected) and seen is not None and all_hold(expected, seen)


def expectation(scenario: Scenario, option: Option) -> Mapping[str, Any]:
    """What must be observed to make the option right: its own prediction, or the scenario's goal."""
    return (option.predicts if scenario.asks == "outcome" else scenario.goal) or {}


def key_of(scenario: Scenario, observed: Observed, costs: Mapping[str, float]) -> tuple[str, ...]:
    """The sorted key of the scenario at this seed.

    Raises ``ContentError`` when the run does not decide the question as the author meant: another size than
    ``choose``, a comparison that can never hold, or two costs that are too close to be told apart.
    """
    _check_comparisons(scenario)
    key = fulfilled(scenario, observed)
    if scenario.asks == "solution":
        key = _LEAST[scenario.least](scenario, key, costs)
    if len(key) != scenario.choose:
        found = f"the run's key has {len(key)} option{'' if len(key) == 1 else 's'}"
        names = f" ({', '.join(key)})" if key else ""
        raise _undecided(scenario, "choose", f"{found}{names}, choose says {scenario.choose}")
    return key


def _check_comparisons(scenario: Scenario) -> None:
    for option in scenario.options:
        for name, expected in expectation(scenario, option).items():
            wrong = misread(expected)
            if wrong:
                raise _undecided(scenario, name, wrong)


def _of_least_cost(scenario: Scenario, met: tuple[str, ...], costs: Mapping[str, float]) -> tuple[str, ...]:
    if not met:
        return ()
    least = min(costs[option] for option in met)
    cheapest = tuple(option for option in met if costs[option] - least <= SAME_COST)
    for option in met:
        if option not in cheapest and costs[option] < least * (1 + CLEAR_COST):
            raise _undecided(
                scenario,
                "least",
                f"{option} costs {costs[option]:.3g} USD and {cheapest[0]} {least:.3g} USD: within "
                f"{CLEAR_COST:.0%} of each other, which measured durations cannot tell apart; make it clearer",
            )
    return cheapest


def _of_least_effort(scenario: Scenario, met: tuple[str, ...], _costs: Mapping[str, float]) -> tuple[str, ...]:
    efforts = {option.id: option.effort for option in scenario.options if option.id in met}
    for option, effort in efforts.items():
        if effort is None:
            raise _undecided(scenario, "effort", f"option {option} meets the goal and says no effort")
    least = min((effort for effort in efforts.values() if effort is not None), default=0)
    return tuple(option for option in met if efforts[option] == least)


def _all(_scenario: Scenario, met: tuple[str, ...], _costs: Mapping[str, float]) -> tuple[str, ...]:
    return met


_LEAST = {"cost": _of_least_cost, "effort": _of_least_effort, "none": _all}


def _undecided(scenario: Scenario, key: str, message: str) -> ContentError:
    where = f"scenarios/{scenario.id}/scenario.yaml"
    seed = f"seed {scenario.seed}: " if scenario.given else ""
    return ContentError([Problem(file=where, line=1, key=key, message=seed + message)])
