"""What a new run of an experiment says that the recorded proof does not: differences, and what merely moved."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tutor.study.claim import Claim
from tutor.study.comparison import failing
from tutor.study.key import fulfilled
from tutor.study.scenario import Proof, Scenario, SeedProof

STALE = "the recorded proof is stale: what it was recorded from has changed since"


def scenario_differences(seeds: Sequence[Scenario], recorded: Proof, now: Proof) -> tuple[str, ...]:
    """Sentences: a stale hash, another key, another met goal or prediction. ``seeds``: the scenario at each seed."""
    if recorded.hash != now.hash or len(recorded.seeds) != len(now.seeds):
        return (STALE,)
    sentences: list[str] = []
    for scenario, then, today in zip(seeds, recorded.seeds, now.seeds, strict=True):
        seed = f"seed {scenario.seed}: " if len(seeds) > 1 else ""
        if then.key != today.key:
            sentences.append(f"{seed}the key is {_names(today.key)}, recorded is {_names(then.key)}")
        was, is_now = fulfilled(scenario, then.observed), fulfilled(scenario, today.observed)
        if was != is_now:
            what = "meet the goal" if scenario.asks == "solution" else "predict what happened"
            sentences.append(f"{seed}{_names(is_now)} {what}, recorded is {_names(was)}")
    return tuple(sentences)


def claim_differences(claim: Claim, recorded: Proof, now: Proof) -> tuple[str, ...]:
    """Sentences: the claim does not hold, or the recorded proof is stale or says that it did not hold."""
    failure = claim_failure(claim, now.seeds[0].observed[""])
    if failure:
        return (failure,)
    if recorded.hash != now.hash or len(recorded.seeds) != len(now.seeds):
        return (STALE,)
    return () if claim.id in recorded.seeds[0].key else ("it holds, recorded is that it does not",)


def claim_failure(claim: Claim, seen: Mapping[str, Any]) -> str | None:
    """Why the claim does not hold, or None where it does."""
    expected = claim.holds or {}
    wrong = failing(expected, seen)
    said = ", ".join(f"{name} is {seen.get(name)!r} and should be {expected[name]!r}" for name in wrong)
    if not expected:
        return "it does not hold: it names nothing that must be observed"
    return f"it does not hold: {said}" if wrong else None


def moved(recorded: Proof, now: Proof) -> tuple[str, ...]:
    """Measurements and mechanisms that are others than recorded. They are told and are no difference."""
    if len(recorded.seeds) != len(now.seeds):
        return ()
    pairs = enumerate(zip(recorded.seeds, now.seeds, strict=True))
    values = [f"{_seed(now, index)}{text}" for index, (then, today) in pairs for text in _moved_values(then, today)]
    return (*values, *_moved_mechanisms(recorded.enforcement, now.enforcement))


def no_longer_held(recorded: Proof, host: Mapping[str, str]) -> tuple[str, ...]:
    """Limits that a mechanism held when the proof was recorded and nothing holds on this host."""
    then = recorded.enforcement.items()
    return tuple(limit for limit, mechanism in then if mechanism != "none" and host.get(limit) == "none")


def _moved_values(then: SeedProof, today: SeedProof) -> Iterator[str]:
    for option, seen in today.observed.items():
        before = then.observed.get(option, {})
        for name in dict.fromkeys([*before, *seen]):
            if before.get(name) != seen.get(name):
                where = f"{option}: " if option else ""
                yield f"{where}{name} was {before.get(name)!r} and is {seen.get(name)!r}"


def _moved_mechanisms(then: Mapping[str, str], today: Mapping[str, str]) -> Iterator[str]:
    for limit, mechanism in today.items():
        if limit in then and then[limit] != mechanism:
            yield f"{limit} was held by {then[limit]} and is by {mechanism}"


def _seed(proof: Proof, index: int) -> str:
    return f"seed {index}: " if len(proof.seeds) > 1 else ""


def _names(ids: Sequence[str]) -> str:
    return ", ".join(ids) or "none"
