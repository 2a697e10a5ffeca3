"""Try a question or claims out: run the experiment as the question says, and see which options are right."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import fsum
from pathlib import Path
from typing import Any

from tutor.awslambda.billing import cost
from tutor.awslambda.prices import Prices
from tutor.awslambda.quotas import Quotas
from tutor.errors import ContentError, Defect, Problem
from tutor.study.claim import Claim
from tutor.study.comparison import all_hold, misread
from tutor.study.key import key_of
from tutor.study.scenario import Scenario, SeedProof
from tutor.usecases.experiment import Sight, observe
from tutor.usecases.functions import Functions
from tutor.usecases.look_again import Again, look_again
from tutor.usecases.patience import Patience
from tutor.usecases.regions import Regions
from tutor.usecases.setting import Changes, Setting, Settings, Value
from tutor.usecases.staging import Staging

MOST_OF_A_NUMBER = 10
"""So many times as much as the question's own number can be tried, for the run takes real time."""


@dataclass(frozen=True)
class Tried:
    """What was seen, decided and computed, and the mechanism that held each limit meanwhile.

    ``settings`` are those of each option's situation ("" for an outcome): what can be changed to try it again.
    """

    proof: SeedProof
    enforcement: Mapping[str, str]
    settings: Mapping[str, tuple[Setting, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Trial:
    """Runs experiments. Safe from several threads: each run has a stage and environments of its own."""

    functions: Functions
    quotas: Quotas
    prices: Prices
    regions: Regions | None = None

    def stage(self) -> Staging:
        """A new stage for one run of an experiment; enter it, so that it is closed."""
        return Staging(self.functions, self.quotas, self.regions)

    def scenario(self, scenario: Scenario) -> Tried:
        """Try a computed question at its seed: once for an outcome, once for each option of a solution.

        Raises ``ContentError`` where the run does not decide it as the author meant (``study.key``) or the
        experiment is broken, and ``HostError`` where this host cannot run it.
        """
        changes: Mapping[str, Mapping[str, Any]] = {"": {}}
        if scenario.asks == "solution":
            changes = {option.id: {"change": dict(option.change or {})} for option in scenario.options}
        sights = {
            name: self._observe(scenario.experiment, {**scenario.given, **change}) for name, change in changes.items()
        }
        observed = {name: sight.seen for name, sight in sights.items()}
        costs = {name: self._cost(sight) for name, sight in sights.items()} if scenario.asks == "solution" else {}
        key = key_of(scenario, observed, costs)
        settings = {name: (*numbers_of(scenario), *sight.settings) for name, sight in sights.items()}
        return Tried(SeedProof(scenario.given, observed, key, costs), together(sights.values()), settings)

    def again(self, scenario: Scenario, option_id: str, changes: Changes, seconds: float) -> Again:
        """Run a computed question's situation once more with other settings, for at most so many seconds.

        ``option_id`` is the option whose change is made, "" for an outcome. Nothing of it is kept. Raises
        ``ContentError`` for a file that is no experiment, and ``HostError`` where this host cannot run it.
        """
        if scenario.experiment is None:
            raise Defect("An experiment was asked for where none decides. Please report this.")
        option = next((option for option in scenario.options if option.id == option_id), None)
        change = {"change": dict(option.change or {})} if option is not None else {}
        given = {**scenario.given, **{one.key: value for one, value in changes.items() if one.key}, **change}
        staging = Staging(self.functions, self.quotas, self.regions, Settings(changes), Patience(seconds))
        return look_again(scenario.experiment, given, staging)

    def claims(self, claims: Sequence[Claim]) -> Tried:
        """Run the one experiment that the claims share; the key holds the ids of those that hold, sorted."""
        first = claims[0]
        for claim in claims:
            _check_claim(claim, first)
        given = first.given or {}
        sight = self._observe(first.experiment, given)
        key = tuple(sorted(claim.id for claim in claims if claim.holds and all_hold(claim.holds, sight.seen)))
        return Tried(SeedProof(given, {"": sight.seen}, key, {}), together([sight]))

    def _observe(self, experiment: Path | None, given: Mapping[str, Any]) -> Sight:
        if experiment is None:
            raise Defect("An experiment was asked for where none decides. Please report this.")
        return observe(experiment, given, self.stage)

    def _cost(self, sight: Sight) -> float:
        return fsum(cost(invocation, self.prices) for invocation in sight.invocations)


def numbers_of(scenario: Scenario) -> tuple[Setting, ...]:
    """The numbers of the question's seed, which its experiment is given: settings too, up to ten times as much.

    A switch among them can be turned.
    """
    given = ((name, value) for name, value in scenario.given.items() if isinstance(value, (bool, int, float)))
    return tuple(_number(name, value) for name, value in given if isinstance(value, bool) or value > 0)


def _number(name: str, value: Value) -> Setting:
    of, told = "question", name.replace("_", " ")
    if isinstance(value, bool):
        return Setting(of, told, value, key=name)
    return Setting(of, told, value, "", 0, value * MOST_OF_A_NUMBER, name)


def together(sights: Iterable[Sight | Tried]) -> Mapping[str, str]:
    """Limit -> mechanism over several runs; ``none`` where a limit was left open in any of them."""
    held: dict[str, str] = {}
    for sight in sights:
        for limit, mechanism in sight.enforcement.items():
            if held.get(limit) != "none":
                held[limit] = mechanism
    return dict(sorted(held.items()))


def _check_claim(claim: Claim, first: Claim) -> None:
    if (claim.given or {}) != (first.given or {}):
        message = f"{claim.id} and {first.id} share an experiment and must share given:"
        raise _wrong(claim, "given", message)
    for name, expected in (claim.holds or {}).items():
        wrong = misread(expected)
        if wrong:
            raise _wrong(claim, f"holds.{name}", f"{claim.id}: {wrong}")


def _wrong(claim: Claim, key: str, message: str) -> ContentError:
    return ContentError([Problem(file=f"data/claims/{claim.topic}/claims.yaml", line=1, key=key, message=message)])
