"""What a new run says that the recorded proof does not."""

from pathlib import Path
from typing import Any

from tests.fakes.shelf import a_claim, a_scenario, an_option
from tutor.study.difference import STALE, claim_differences, moved, no_longer_held, scenario_differences
from tutor.study.scenario import Proof, SeedProof

OUTCOME = a_scenario([an_option("a", predicts={"n": "> 5"}), an_option("b", predicts={"n": "<= 5"})])


def a_proof(
    *seen: dict[str, Any], key: tuple[str, ...] = ("a",), proof_hash: str = "hash-1", memory: str = "cgroup-v2"
) -> Proof:
    seeds = tuple(SeedProof({}, {"": one}, key, {}) for one in seen)
    return Proof(proof_hash, "2026-11-20", {"memory": memory}, seeds)


def test_measurements_that_moved_are_no_difference() -> None:
    """Another duration with the same key is told, and is none."""
    then, now = a_proof({"n": 10}), a_proof({"n": 12})
    assert scenario_differences([OUTCOME], then, now) == ()
    assert moved(then, now) == ("n was 10 and is 12",)


def test_another_mechanism_is_no_difference() -> None:
    """Another host holds a limit in another way: told, and no difference."""
    then, now = a_proof({"n": 10}), a_proof({"n": 10}, memory="watchdog")
    assert scenario_differences([OUTCOME], then, now) == ()
    assert moved(then, now) == ("memory was held by cgroup-v2 and is by watchdog",)


def test_another_key_is_a_difference() -> None:
    """A key that the recorded one is not is told with both."""
    (key, prediction) = scenario_differences([OUTCOME], a_proof({"n": 10}), a_proof({"n": 1}, key=("b",)))
    assert key == "the key is b, recorded is a"
    assert prediction == "b predict what happened, recorded is a"


def test_another_met_goal_is_a_difference_though_the_key_is_the_same() -> None:
    """An option that newly meets the goal is told even where another one still costs less."""
    scenario = a_scenario(
        [an_option("a", change={}), an_option("b", change={})], asks="solution", goal={"ok": True}, least="cost"
    )

    def proof(b: bool) -> Proof:
        seed = SeedProof({}, {"a": {"ok": True}, "b": {"ok": b}}, ("a",), {"a": 1e-6, "b": 2e-6})
        return Proof("hash-1", "2026-11-20", {}, (seed,))

    assert scenario_differences([scenario], proof(False), proof(True)) == ("a, b meet the goal, recorded is a",)
    assert scenario_differences([scenario], proof(True), proof(True)) == ()


def test_a_stale_hash_is_the_one_difference_told() -> None:
    """What was recorded from something else is not compared any further."""
    assert scenario_differences([OUTCOME], a_proof({"n": 1}, proof_hash="old"), a_proof({"n": 10})) == (STALE,)


def test_another_number_of_seeds_is_stale() -> None:
    """A proof of fewer seeds never passes for the whole."""
    assert scenario_differences([OUTCOME, OUTCOME], a_proof({"n": 9}), a_proof({"n": 9}, {"n": 9})) == (STALE,)
    assert moved(a_proof({"n": 9}), a_proof({"n": 9}, {"n": 9})) == ()


def test_the_seed_is_named_where_there_are_several() -> None:
    """With a family, one reads which member differs."""
    then = a_proof({"n": 10}, {"n": 10})
    now = Proof(
        "hash-1", "", {}, (SeedProof({}, {"": {"n": 11}}, ("a",), {}), SeedProof({}, {"": {"n": 1}}, ("b",), {}))
    )
    second = a_scenario(OUTCOME.options, seed=1)
    assert scenario_differences([OUTCOME, second], then, now)[0].startswith("seed 1: the key is b")
    assert moved(then, now)[0] == "seed 0: n was 10 and is 11"


def test_a_claim_that_does_not_hold_is_told_with_what_was_seen() -> None:
    """The sentence names the observation and what it should have been."""
    claim = a_claim("LIM-005", Path("x.py"), {"status": "timeout", "ms": "> 5"})
    recorded = a_proof({"status": "timeout", "ms": 9}, key=("LIM-005",))
    (sentence,) = claim_differences(claim, recorded, a_proof({"status": None, "ms": 9}, key=()))
    assert sentence == "it does not hold: status is None and should be 'timeout'"


def test_a_claim_without_anything_to_observe_does_not_hold() -> None:
    """A claim that names nothing to be observed is not proven by a run."""
    claim = a_claim("LIM-005", Path("x.py"), {})
    (sentence,) = claim_differences(claim, a_proof({}, key=("LIM-005",)), a_proof({}, key=()))
    assert "names nothing" in sentence


def test_a_claim_is_compared_with_its_record() -> None:
    """A stale proof and one that says the opposite are differences; the same is none."""
    claim = a_claim("LIM-005", Path("x.py"), {"n": 1})
    now = a_proof({"n": 1}, key=("LIM-005",))
    assert claim_differences(claim, now, now) == ()
    assert claim_differences(claim, a_proof({"n": 1}, key=("LIM-005",), proof_hash="old"), now) == (STALE,)
    assert claim_differences(claim, a_proof({"n": 1}, key=()), now) == ("it holds, recorded is that it does not",)


def test_no_longer_held_names_limits_that_this_host_leaves_open() -> None:
    """A limit that was held at the recording and is open here makes a difference no verdict."""
    assert no_longer_held(a_proof({}), {"memory": "none"}) == ("memory",)
    assert no_longer_held(a_proof({}), {"memory": "watchdog"}) == ()
    assert no_longer_held(a_proof({}, memory="none"), {"memory": "none"}) == ()
