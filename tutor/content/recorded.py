"""Whether a recorded proof can be used, and whether it fits what it should prove."""

from collections.abc import Collection, Sequence
from pathlib import Path

from tutor.content.claims import ClaimFile, proof_path
from tutor.content.library import proof_problem
from tutor.content.node import Node
from tutor.content.proofs import BrokenProof, read_proof
from tutor.content.reading import Reading
from tutor.content.scenario import ScenarioFile, seed_count
from tutor.study.scenario import Proof
from tutor.usecases.nearest import nearest


def check_claim_proof(file: ClaimFile, reading: Reading) -> bool:
    """Whether the claim is proven: a fresh proof of its experiment says that it held. Else a problem."""
    claim = file.claim
    if claim.experiment is None:
        return False
    at = file.node.child("experiment") or file.node
    proof = _fresh(proof_path(claim.experiment), claim.proof_hash, claim.id, at, reading)
    if proof is None:
        return False
    if len(proof.seeds) != 1 or claim.id not in proof.seeds[0].key:
        reading.at(at, f"the recorded run does not show that {claim.id} holds: run tutor prove {claim.id}")
        return False
    _check_names(file.node.child("holds"), [proof.seeds[0].observed.get("", {})], reading)
    return True


def check_scenario_proof(file: ScenarioFile, wanted: str | None, reading: Reading) -> Proof | None:
    """The proof, where it is fresh and has a key of the right size for every seed. Else None, and problems."""
    at = file.node.child("asks") or file.node
    proof = _fresh(file.proof_path, wanted, file.id, at, reading)
    if proof is None:
        return None
    before = len(reading.problems)
    if len(proof.seeds) != seed_count(file):
        reading.at(at, f"the proof has {len(proof.seeds)} seeds and the question {seed_count(file)}")
    for seed in proof.seeds:
        _check_key(file, seed.key, reading)
    _check_mistakes(file, {name for seed in proof.seeds for name in seed.key}, reading)
    seen = [names for seed in proof.seeds for names in seed.observed.values()]
    for node in (file.goal, *(option.predicts for option in file.options)):
        _check_names(node, seen, reading)
    return proof if len(reading.problems) == before else None


def _fresh(path: Path, wanted: str | None, name: str, at: Node, reading: Reading) -> Proof | None:
    try:
        proof = read_proof(path)
    except BrokenProof as error:
        reading.say(reading.name(path), 1, "", str(error))
        return None
    problem = proof_problem(proof, wanted, name)
    if problem:
        reading.at(at, problem)
        return None
    return proof


def _check_key(file: ScenarioFile, key: Sequence[str], reading: Reading) -> None:
    at = file.node.child("choose") or file.node
    options = [option.id.value for option in file.options]
    if len(key) != file.choose:
        reading.at(at, f"choose is {file.choose}, and the recorded key has {len(key)} options: {', '.join(key)}")
    for name in key:
        if name not in options:
            reading.at(at, f"the recorded key has an option {name!r} that is not there", nearest(name, options))


def _check_mistakes(file: ScenarioFile, right: Collection[str], reading: Reading) -> None:
    for option in file.options:
        if option.id.value not in right and option.mistake is None:
            message = f"the wrong option {option.id.value!r} must say mistake:, the known mistake it stands for"
            reading.at(option.id, message)


def _check_names(expected: Node | None, seen: Sequence[Collection[str]], reading: Reading) -> None:
    known = {name for names in seen for name in names}
    for name, node in (expected.value if expected else {}).items():
        if name not in known:
            message = f"the recorded run observed nothing called {name!r}"
            reading.say(node.file, node.key_line, node.key, message, nearest(name, known))
