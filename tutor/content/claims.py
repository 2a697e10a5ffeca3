"""``data/claims/<topic>/claims.yaml``: the claims of a topic, and the experiments that prove them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tutor.content.expectation import check_expectation
from tutor.content.experiment_file import text_of
from tutor.content.fields import Fields
from tutor.content.fingerprint import fingerprint
from tutor.content.node import Node
from tutor.content.template import Scope
from tutor.content.texts import TextReading
from tutor.content.topics import Topic
from tutor.errors import Problem
from tutor.study.claim import Claim


@dataclass(frozen=True)
class ClaimFile:
    """One claim as it was read: ``problems`` are those of this claim alone; ``name`` is where its id stands."""

    claim: Claim
    name: Node
    node: Node
    problems: tuple[Problem, ...]
    reads: tuple[tuple[str, Any], ...]


def read_claims(topic: Topic, reading: TextReading) -> list[ClaimFile]:
    """The claims of ``topic``, in order, with the hash that a fresh proof must carry."""
    path = reading.root / "data" / "claims" / topic.id / "claims.yaml"
    node = reading.yaml(path)
    if node is None:
        return []
    if not isinstance(node.value, list):
        reading.at(node, "this file must be a list of claims")
        return []
    found = [_claim(entry, topic, path.parent, reading) for entry in node.value]
    return _with_hashes([file for file in found if file is not None])


def proof_path(experiment: Path) -> Path:
    """Where the proof of a claim's experiment lies."""
    return experiment.with_name(f"{experiment.stem}.proof.json")


def _claim(node: Node, topic: Topic, folder: Path, reading: TextReading) -> ClaimFile | None:
    before = len(reading.problems)
    fields = Fields(node, reading, "a claim")
    name = _name(fields, topic, reading)
    given = fields.mapping("given", must=False)
    figures = Scope()
    filled = reading.native(given, figures) or {}
    scope = Scope(given=filled)
    says, older = fields.text("says"), fields.text("older", must=False)
    experiment, holds = fields.text("experiment", must=False), fields.mapping("holds", must=False)
    check_expectation(holds, reading)
    expected = reading.native(holds, replace(figures, given=filled))
    source, as_of = fields.url("source"), fields.date("as_of")
    _check_experiment(fields, experiment, holds, folder, reading)
    fields.done()
    if name is None:
        return None
    claim = Claim(
        id=name.value,
        topic=topic.id,
        says=reading.render(says, scope),
        source=source,
        as_of=as_of,
        older=reading.render(older, scope) or None,
        experiment=folder / f"{experiment.value}.py" if experiment else None,
        given=filled if experiment else None,
        holds=(expected or {}) if experiment else None,
        proof_hash=None,
    )
    return ClaimFile(claim, name, node, tuple(reading.problems[before:]), tuple(sorted(figures.reads.items())))


def _name(fields: Fields, topic: Topic, reading: TextReading) -> Node | None:
    name = fields.text("id")
    if name is not None and not re.fullmatch(rf"{re.escape(topic.prefix)}-\d{{3}}", name.value):
        message = f"a claim of the topic {topic.id!r} is called {topic.prefix}- and three digits, not {name.value!r}"
        reading.at(name, message)
    return name


def _check_experiment(
    fields: Fields, experiment: Node | None, holds: Node | None, folder: Path, reading: TextReading
) -> None:
    if experiment is None:
        if fields.node.child("experiment") is None:
            fields.forbid(("given", "holds"), "the claim has no experiment")
        return
    if holds is None and fields.node.child("holds") is None:
        reading.say(
            experiment.file, fields.node.line, f"{fields.node.key}.holds", "a claim with an experiment must say holds:"
        )
    if not (folder / f"{experiment.value}.py").is_file():
        reading.unknown(
            experiment, f"experiment beside {experiment.file},", [path.stem for path in folder.glob("*.py")]
        )


def _with_hashes(files: Sequence[ClaimFile]) -> list[ClaimFile]:
    """Each claim with the hash of its experiment, which it may share with others."""
    hashes = {path: _hash(path, files) for path in {file.claim.experiment for file in files} if path is not None}
    return [_with_hash(file, hashes) for file in files]


def _with_hash(file: ClaimFile, hashes: dict[Path, str]) -> ClaimFile:
    experiment = file.claim.experiment
    return replace(file, claim=replace(file.claim, proof_hash=hashes[experiment])) if experiment else file


def _hash(experiment: Path, files: Sequence[ClaimFile]) -> str:
    sharing = sorted((file for file in files if file.claim.experiment == experiment), key=lambda file: file.claim.id)
    return fingerprint(
        {
            "experiment": text_of(experiment),
            "given": sharing[0].claim.given,
            "holds": {file.claim.id: file.claim.holds for file in sharing},
            "figures": dict(read for file in sharing for read in file.reads),
        }
    )


def check_shared(files: Sequence[ClaimFile], reading: TextReading) -> None:
    """Claims that share an experiment share ``given``."""
    first: dict[Path, ClaimFile] = {}
    for file in files:
        if file.claim.experiment is None:
            continue
        before = first.setdefault(file.claim.experiment, file)
        if before.claim.given != file.claim.given:
            at = file.node.child("given") or file.node
            reading.at(at, f"claims that share an experiment share given:, and {before.claim.id} has another one")
