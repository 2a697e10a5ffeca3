"""The recorded proofs of the real content: complete, fresh, of one piece with the questions, and true today."""

import pytest

from tutor import locations
from tutor.study.claim import Claim
from tutor.study.difference import claim_failure
from tutor.study.key import key_of
from tutor.study.scenario import Scenario
from tutor.usecases.prove import Item
from tutor.wiring import Tutor

ROOT = locations.content_root()
TUTOR = Tutor()

SAMPLE = ("LIM-002", "LIM-005", "LIM-008", "ENV-002", "INV-003")
"""Claims that are proven anew in every run of the suite: one for each way in which an invocation can end."""


def computed() -> tuple[Scenario, ...]:
    """Every question that a run decides, at every seed."""
    library = TUTOR.library
    at_seeds = (
        library.scenario(scenario_id, seed)
        for scenario_id in library.scenario_ids()
        for seed in range(library.seeds(scenario_id))
    )
    return tuple(scenario for scenario in at_seeds if scenario.asks != "fact")


def by_experiment() -> tuple[Claim, ...]:
    """Every claim that an experiment proves."""
    return tuple(claim for claim in TUTOR.library.claims() if claim.by_experiment)


def test_every_computed_question_has_a_fresh_proof_of_all_its_seeds() -> None:
    """Scoring reads only what is recorded, so it must be there and belong to the question as it stands."""
    wrong = []
    for scenario in computed():
        proof = TUTOR.library.scenario_proof(scenario.id)
        if proof is None:
            wrong.append(f"{scenario.id}: no proof")
        elif proof.hash != scenario.proof_hash:
            wrong.append(f"{scenario.id}: stale")
        elif len(proof.seeds) != TUTOR.library.seeds(scenario.id):
            wrong.append(f"{scenario.id}: {len(proof.seeds)} seeds recorded")
        elif dict(proof.seeds[scenario.seed].given) != dict(scenario.given):
            wrong.append(f"{scenario.id}: seed {scenario.seed} was recorded with other numbers")
    assert wrong == []


def test_every_recorded_key_follows_from_what_was_recorded() -> None:
    """A key is never edited by hand: the rules make it from the recorded observations and costs."""
    for scenario in computed():
        proof = TUTOR.library.scenario_proof(scenario.id)
        assert proof is not None
        seed = proof.seeds[scenario.seed]
        assert key_of(scenario, seed.observed, seed.cost) == seed.key, scenario.id


def test_every_recorded_proof_was_made_where_its_limits_were_held() -> None:
    """A proof that anything ran for says which mechanisms held the memory and the time meanwhile."""
    proofs = [TUTOR.library.scenario_proof(scenario.id) for scenario in computed()]
    proofs += [TUTOR.library.claim_proof(claim.id) for claim in by_experiment()]
    for proof in proofs:
        assert proof is not None
        if proof.enforcement:
            assert proof.enforcement["memory"] != "none"
            assert proof.enforcement["timeout"] != "none"


def test_every_claim_by_experiment_has_a_fresh_proof_in_which_it_holds() -> None:
    """A claim that says "by experiment" shows the run."""
    wrong = []
    for claim in by_experiment():
        proof = TUTOR.library.claim_proof(claim.id)
        if proof is None:
            wrong.append(f"{claim.id}: no proof")
        elif proof.hash != claim.proof_hash:
            wrong.append(f"{claim.id}: stale")
        elif claim.id not in proof.seeds[0].key or claim_failure(claim, proof.seeds[0].observed[""]):
            wrong.append(f"{claim.id}: does not hold in its proof")
    assert wrong == []


def test_no_proof_lies_about_without_its_experiment() -> None:
    """A renamed experiment takes its proof along."""
    claimed = {claim.experiment.stem for claim in by_experiment() if claim.experiment}
    left = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "data" / "claims").rglob("*.proof.json")
        if path.name.removesuffix(".proof.json") not in claimed
    ]
    asked = {scenario.id for scenario in computed()}
    scenarios = ROOT / "scenarios"
    left += [
        str(path.relative_to(ROOT))
        for path in scenarios.rglob("proof.json")
        if path.parent.relative_to(scenarios).as_posix() not in asked
    ]
    assert left == []


@pytest.mark.parametrize("name", SAMPLE)
def test_a_sample_of_claims_is_proven_again(name: str) -> None:
    """The sandbox of today shows what the record shows."""
    assert differences(name) == []


@pytest.mark.wide
def test_everything_is_proven_again() -> None:
    """``tutor prove --all`` finds no difference."""
    assert differences() == []


def differences(*names: str) -> list[str]:
    """What ``tutor prove`` would tell of these names."""
    items = TUTOR.prove.items(names)
    found = TUTOR.prove.run(items, record=False, begun=_silent)
    return [f"{finding.id} {finding.status}: {finding.why}" for finding in found if finding.status != "proven"]


def _silent(item: Item) -> None:
    """Narrates nothing."""
