"""Proving questions and claims: run again, compare, record."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.functions import ENFORCED, Call, FakeFunctions, an_invocation
from tests.fakes.quotas import PRICES, QUOTAS
from tests.fakes.shelf import Shelf, a_claim, a_scenario, an_option
from tutor.errors import ContentError, HostError, Problem, UsageError
from tutor.study.scenario import Scenario
from tutor.usecases.prove import Finding, Item, Prove
from tutor.usecases.trial import Trial

OBSERVE = """
def observe(stage, change=None, **given):
    invocation = stage.function("CODE", **(change or {})).invoke(given)
    return {"status": invocation.report.status, "billed_ms": invocation.report.billed_duration_ms, **given}
"""


@pytest.fixture
def experiment(tmp_path: Path) -> Path:
    """An experiment that tells the status and what was billed."""
    path = tmp_path / "experiment.py"
    path.write_text(OBSERVE, encoding="utf-8")
    return path


def outcome(experiment: Path, **more: Any) -> Scenario:
    """Does it time out, or does it answer?"""
    options = [an_option("answers", predicts={"status": None}), an_option("times-out", predicts={"status": "timeout"})]
    return a_scenario(options, experiment=experiment, **more)


def solution(experiment: Path, **more: Any) -> Scenario:
    """Which memory size does it at the least cost?"""
    options = [an_option(f"mb-{size}", change={"memory_size": size}) for size in (128, 512, 1024)]
    told = {"asks": "solution", "goal": {"status": None}, "least": "cost", **more}
    return a_scenario(options, experiment=experiment, scenario_id="limits/solution", **told)


def by_memory(call: Call) -> Any:
    """Under 512 MB it times out; above, twice the memory costs twice as much."""
    size = call.configuration.memory_size
    return an_invocation(
        duration_ms=1000.0, status="timeout" if size < 512 else None, memory_size_mb=size, max_memory_used_mb=40
    )


def proving(shelf: Shelf, functions: FakeFunctions | None = None) -> Prove:
    return Prove(shelf, Trial(functions or FakeFunctions(), QUOTAS, PRICES), shelf, lambda: date(2026, 11, 20))


def prove(prove: Prove, names: Sequence[str] = (), record: bool = False) -> tuple[Finding, ...]:
    return tuple(prove.run(prove.items(names), record, _silent))


def test_an_outcome_is_recorded_and_then_proven(experiment: Path) -> None:
    """One run per seed decides; the record holds what was seen, the key, the date and the mechanisms."""
    shelf = Shelf({"limits/some-question": [outcome(experiment)]})
    (recorded,) = prove(proving(shelf), record=True)
    assert recorded.status == "recorded"
    proof = shelf.scenario_proofs["limits/some-question"]
    assert proof.hash == "hash-1"
    assert proof.date == "2026-11-20"
    assert proof.seeds[0].key == ("answers",)
    assert proof.seeds[0].observed == {"": {"status": None, "billed_ms": 13}}
    assert proof.seeds[0].cost == {}
    assert proof.enforcement["memory"] == "cgroup-v2"
    (again,) = prove(proving(shelf))
    assert again == Finding("limits/some-question", "proven", "the key is answers")


def test_a_solution_tries_every_option_and_takes_the_cheapest_that_works(experiment: Path) -> None:
    """Each option is tried on a stage of its own; its cost is that of what was billed."""
    shelf = Shelf({"limits/solution": [solution(experiment)]})
    functions = FakeFunctions(by_memory)
    prove(proving(shelf, functions), record=True)
    seed = shelf.scenario_proofs["limits/solution"].seeds[0]
    assert seed.key == ("mb-512",)
    assert [made.memory_size for made in functions.created] == [128, 512, 1024]
    assert functions.closed == 3
    assert seed.cost["mb-1024"] == pytest.approx(2e-7 + 1.6667e-5)
    assert seed.observed["mb-128"]["status"] == "timeout"


def test_every_seed_of_a_family_is_run(experiment: Path) -> None:
    """A family is proven with each of its given numbers."""
    seeds = [outcome(experiment, seed=0, given={"n": 1}), outcome(experiment, seed=1, given={"n": 2})]
    shelf = Shelf({"limits/some-question": seeds})
    prove(proving(shelf), record=True)
    proof = shelf.scenario_proofs["limits/some-question"]
    assert [seed.given for seed in proof.seeds] == [{"n": 1}, {"n": 2}]
    assert [seed.observed[""]["n"] for seed in proof.seeds] == [1, 2]


def test_a_measurement_that_moved_is_told_and_is_no_difference(experiment: Path) -> None:
    """Durations vary; the key is what counts."""
    shelf = Shelf({"limits/some-question": [outcome(experiment)]})
    prove(proving(shelf), record=True)
    (again,) = prove(proving(shelf, FakeFunctions([an_invocation(duration_ms=99.5)])))
    assert again.status == "proven"
    assert again.moved == ("billed_ms was 13 and is 100",)


def test_another_key_is_a_difference(experiment: Path) -> None:
    """A run that decides otherwise is told with both keys, and writes nothing."""
    shelf = Shelf({"limits/some-question": [outcome(experiment)]})
    prove(proving(shelf), record=True)
    before = shelf.scenario_proofs["limits/some-question"]
    (again,) = prove(proving(shelf, FakeFunctions([an_invocation(status="timeout")])))
    assert again.status == "difference"
    assert "the key is times-out, recorded is answers" in again.why
    assert shelf.scenario_proofs["limits/some-question"] is before


def test_a_stale_proof_is_a_difference_until_recorded_again(experiment: Path) -> None:
    """A changed experiment, option, goal, quota or seed asks for a new recording."""
    shelf = Shelf({"limits/some-question": [outcome(experiment)]})
    prove(proving(shelf), record=True)
    shelf.scenarios["limits/some-question"] = [outcome(experiment, proof_hash="hash-2")]
    (again,) = prove(proving(shelf))
    assert (again.status, "stale" in again.why) == ("difference", True)
    (recorded,) = prove(proving(shelf), record=True)
    assert recorded.status == "recorded"
    assert "stale" in recorded.why
    assert prove(proving(shelf))[0].status == "proven"


def test_a_missing_proof_is_a_difference_with_the_command(experiment: Path) -> None:
    """Scoring needs a recorded proof, so its lack fails, and the sentence says what to do."""
    shelf = Shelf({"limits/some-question": [outcome(experiment)]})
    (finding,) = prove(proving(shelf))
    assert finding.status == "difference"
    assert "tutor prove limits/some-question --record" in finding.why


def test_a_key_of_another_size_is_never_recorded(experiment: Path) -> None:
    """What the run does not decide as meant is the content's mistake."""
    shelf = Shelf({"limits/some-question": [outcome(experiment, choose=2)]})
    (finding,) = prove(proving(shelf), record=True)
    assert finding.status == "difference"
    assert "the run's key has 1 option (answers), choose says 2" in finding.why
    assert shelf.scenario_proofs == {}


def test_broken_content_does_not_stop_the_others(experiment: Path) -> None:
    """Each item answers for itself."""
    broken = ContentError([Problem("scenarios/limits/broken/scenario.yaml", 3, "goal", "no goal")])
    shelf = Shelf({"limits/broken": broken, "limits/some-question": [outcome(experiment)]})
    first, second = prove(proving(shelf), record=True)
    assert (first.id, first.status) == ("limits/broken", "difference")
    assert "scenario.yaml:3" in first.why
    assert second.status == "recorded"


def test_a_host_that_cannot_run_it_is_told_as_such(experiment: Path) -> None:
    """No namespaces: no verdict, and the cure is in the sentence."""
    shelf = Shelf({"limits/some-question": [outcome(experiment)]})
    (finding,) = prove(proving(shelf, FakeFunctions(refuses=HostError("No user namespaces.", "sysctl …"))), record=True)
    assert finding.status == "not enforceable here"
    assert finding.why == "No user namespaces. sysctl …"
    assert shelf.scenario_proofs == {}


@pytest.mark.parametrize("record", [False, True])
def test_a_difference_where_a_limit_is_left_open_is_no_verdict(experiment: Path, record: bool) -> None:
    """Where the recording host held the memory limit and this one does not, a difference proves nothing."""
    shelf = Shelf({"limits/some-question": [outcome(experiment)]})
    prove(proving(shelf), record=True)
    before = dict(shelf.scenario_proofs)
    poor = {**ENFORCED, "memory": "none"}
    functions = FakeFunctions([an_invocation(status="timeout", enforcement=poor)], mechanisms=poor)
    (finding,) = prove(proving(shelf, functions), record=record)
    assert finding.status == "not enforceable here"
    assert "memory" in finding.why
    assert shelf.scenario_proofs == before


def test_a_fact_is_not_run(experiment: Path) -> None:
    """A question known by source is said to be one, when it is asked for, and is left out of everything."""
    fact = a_scenario([an_option("a", key=True)], asks="fact")
    shelf = Shelf({"limits/some-question": [fact]})
    functions = FakeFunctions()
    assert prove(proving(shelf, functions)) == ()
    (finding,) = prove(proving(shelf, functions), ["limits/some-question"], record=True)
    assert finding.status == "unproven"
    assert functions.calls == []
    assert shelf.scenario_proofs == {}


def claims(experiment: Path) -> Shelf:
    """Two claims that share an experiment, and one known by source."""
    return Shelf(
        all_claims=[
            a_claim("LIM-005", experiment, {"status": "timeout"}),
            a_claim("LIM-006", experiment, {"billed_ms": 1000}),
            a_claim("LIM-007", None, {}),
        ]
    )


TIMED_OUT = [an_invocation(duration_ms=1000.0, status="timeout")]


def test_claims_that_share_an_experiment_are_proven_by_one_run(experiment: Path) -> None:
    """One run, one proof; its key holds the claims that hold."""
    shelf = claims(experiment)
    functions = FakeFunctions(TIMED_OUT)
    findings = prove(proving(shelf, functions), record=True)
    assert [(finding.id, finding.status) for finding in findings] == [("LIM-005", "recorded"), ("LIM-006", "recorded")]
    assert len(functions.calls) == 1
    assert shelf.claim_proofs[str(experiment)].seeds[0].key == ("LIM-005", "LIM-006")
    assert [finding.status for finding in prove(proving(shelf, functions))] == ["proven", "proven"]


def test_a_claim_that_does_not_hold_is_a_difference_and_is_not_recorded(experiment: Path) -> None:
    """The one that fails says why; its sibling holds, and cannot be recorded without it."""
    shelf = claims(experiment)
    functions = FakeFunctions([an_invocation(duration_ms=1001.0, status="timeout")])
    first, second = prove(proving(shelf, functions), record=True)
    assert first.status == "difference"
    assert second.why == "it does not hold: billed_ms is 1001 and should be 1000"
    assert shelf.claim_proofs == {}


def test_only_the_claims_that_were_asked_for_are_told(experiment: Path) -> None:
    """Asking for one claim tells of one, though the record is that of all."""
    shelf = claims(experiment)
    findings = prove(proving(shelf, FakeFunctions(TIMED_OUT)), ["LIM-006"], record=True)
    assert [finding.id for finding in findings] == ["LIM-006"]
    assert shelf.claim_proofs[str(experiment)].seeds[0].key == ("LIM-005", "LIM-006")


def test_a_claim_by_source_is_said_to_be_one(experiment: Path) -> None:
    """No run proves it, and that is no failure."""
    (finding,) = prove(proving(claims(experiment)), ["LIM-007"])
    assert finding.status == "unproven"
    assert "by source" in finding.why


def test_claims_that_share_an_experiment_share_given(experiment: Path) -> None:
    """Two givens for one run are the author's mistake, with the names."""
    shelf = claims(experiment)
    shelf.all_claims[1] = a_claim("LIM-006", experiment, {"billed_ms": 1000}, given={"timeout": 2})
    (finding, _) = prove(proving(shelf))
    assert "LIM-006 and LIM-005 share an experiment and must share given" in finding.why


def test_a_topic_stands_for_all_that_is_computed_in_it(experiment: Path) -> None:
    """A topic's name runs its claims and its questions; each only once, whatever else is named."""
    shelf = claims(experiment)
    shelf.scenarios["limits/some-question"] = [outcome(experiment)]
    shelf.scenarios["edge/other"] = [outcome(experiment)]
    items = proving(shelf).items(["limits", "LIM-005"])
    assert [item.asked for item in items] == [("LIM-005", "LIM-006"), ("limits/some-question",)]


def test_a_topic_leaves_out_what_is_known_by_source(experiment: Path) -> None:
    """Facts are told when they are asked for by id, and are no part of a topic's proofs."""
    shelf = claims(experiment)
    shelf.scenarios["limits/fact"] = [a_scenario([an_option("a", key=True)], asks="fact", scenario_id="limits/fact")]
    assert [item.asked for item in proving(shelf).items(["limits"])] == [("LIM-005", "LIM-006")]


def test_broken_claims_are_told_and_never_passed_over(experiment: Path) -> None:
    """A claim that cannot be read is a difference of its own; asking for it says what is wrong with it."""
    error = ContentError([Problem("data/claims/limits/claims.yaml", 9, "LIM-009", "no source")])
    shelf = claims(experiment)
    shelf.broken = {"data/claims/limits/claims.yaml": error}
    first, *_ = prove(proving(shelf, FakeFunctions(TIMED_OUT)), record=True)
    assert first == Finding("data/claims/limits/claims.yaml", "difference", str(error))
    with pytest.raises(ContentError, match="no source"):
        proving(shelf).items(["LIM-009"])


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("LIM-0005", "LIM-005"),
        ("lim-005", "LIM-005"),
        ("limits/some-questoin", "limits/some-question"),
        ("limit", "limits"),
    ],
)
def test_an_unknown_name_is_told_with_the_nearest(experiment: Path, name: str, near: str) -> None:
    """A slip in a name is answered with the right one."""
    shelf = claims(experiment)
    shelf.scenarios["limits/some-question"] = [outcome(experiment)]
    with pytest.raises(UsageError, match=f"did you mean '{near}'"):
        proving(shelf).items([name])


def test_two_run_at_a_time_and_come_out_in_order(experiment: Path) -> None:
    """The first two wait for each other, so they do run together; findings keep the order of the items."""
    meet = threading.Barrier(2, timeout=20)

    def rule(call: Call) -> Any:
        if call.index < 2:
            meet.wait()
        return an_invocation()

    names = [f"limits/q{number}" for number in range(4)]
    shelf = Shelf({name: [outcome(experiment, scenario_id=name)] for name in names})
    begun: list[str] = []
    proven = proving(shelf, FakeFunctions(rule))
    findings = list(proven.run(proven.items([]), True, lambda item: begun.append(item.title)))
    assert [finding.id for finding in findings] == names
    assert sorted(begun) == names


def test_an_interruption_leaves_no_half_written_proof(experiment: Path) -> None:
    """What came out before stays recorded; nothing is written for what was under way."""

    def rule(call: Call) -> Any:
        return KeyboardInterrupt() if call.event == {"stop": 1} else an_invocation()

    shelf = Shelf(
        {
            "limits/a": [outcome(experiment, scenario_id="limits/a")],
            "limits/b": [outcome(experiment, scenario_id="limits/b", given={"stop": 1})],
            "limits/c": [outcome(experiment, scenario_id="limits/c", given={"stop": 1})],
        }
    )
    functions = FakeFunctions(_raising(rule))
    with pytest.raises(KeyboardInterrupt):
        prove(proving(shelf, functions), record=True)
    assert list(shelf.scenario_proofs) == ["limits/a"]
    assert functions.closed == len(functions.created)


def test_an_interruption_begins_nothing_more(experiment: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits for its turn is given up; what runs is let end, so that its environments are closed."""
    given_up = threading.Event()

    class Pool(ThreadPoolExecutor):
        def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
            super().shutdown(wait=False, cancel_futures=cancel_futures)
            given_up.set()
            super().shutdown(wait=wait)

    def rule(call: Call) -> Any:
        if call.event == {"number": 0}:
            raise KeyboardInterrupt
        assert given_up.wait(60)
        return an_invocation()

    monkeypatch.setattr("tutor.usecases.prove.ThreadPoolExecutor", Pool)
    names = {f"limits/q{number}": {"number": number} for number in range(9)}
    shelf = Shelf({name: [outcome(experiment, scenario_id=name, given=given)] for name, given in names.items()})
    functions = FakeFunctions(rule)
    with pytest.raises(KeyboardInterrupt):
        prove(proving(shelf, functions))
    assert len(functions.created) <= 3
    assert functions.closed == len(functions.created)


def _raising(rule: Callable[[Call], Any]) -> Callable[[Call], Any]:
    def play(call: Call) -> Any:
        answer = rule(call)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    return play


def _silent(item: Item) -> None:
    """Narrates nothing."""
