"""Try a question or claims out: run the experiment as the question says, and see which options are right."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
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
from tutor.usecases.regions import Regions
from tutor.usecases.staging import Staging


@dataclass(frozen=True)
class Tried:
    """What was seen, decided and computed, and the mechanism that held each limit meanwhile."""

    proof: SeedProof
    enforcement: Mapping[str, str]


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
        return Tried(SeedProof(scenario.given, observed, key, costs), together(sights.values()))

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
