"""A question: ``scenario.yaml`` at one of its seeds, and the hash that its proof must carry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from tutor.content.expectation import check_expectation
from tutor.content.experiment_file import text_of
from tutor.content.fields import Fields, is_slug, unique
from tutor.content.fingerprint import fingerprint
from tutor.content.node import Node
from tutor.content.template import Scope
from tutor.content.texts import TextReading
from tutor.study.scenario import Asks, Least, Option, Proof, Scenario


@dataclass(frozen=True)
class Kind:
    """What a kind of question needs: keys of the question and of its options, and those that have no place in it."""

    options_need: str | None
    options_lack: tuple[str, ...]
    lacks: tuple[str, ...]
    computed: bool


KINDS: Mapping[str, Kind] = {
    "outcome": Kind("predicts", ("change", "effort", "key"), ("goal", "least"), computed=True),
    "solution": Kind("change", ("predicts", "key"), (), computed=True),
    "fact": Kind(None, ("predicts", "change", "effort"), ("goal", "least"), computed=False),
}
LEAST = ("cost", "effort", "none")


@dataclass(frozen=True)
class OptionFile:
    """One option as it was written."""

    id: Node
    text: Node | None
    why: Node | None
    predicts: Node | None
    change: Node | None
    effort: int | None
    key: bool | None
    mistake: Node | None


@dataclass(frozen=True)
class ScenarioFile:
    """A question as it was written. References are nodes, so that their lines are known."""

    id: str
    folder: Path
    node: Node
    asks: str
    title: Node | None
    claims: tuple[Node, ...]
    domains: Node | None
    tasks: Node | None
    difficulty: int
    as_of: str
    source: str
    seeds: tuple[Node, ...]
    stem: Node | None
    choose: int
    goal: Node | None
    least: str
    older: Node | None
    options: tuple[OptionFile, ...]

    @property
    def computed(self) -> bool:
        """Whether a run decides the key."""
        return KINDS[self.asks].computed

    @property
    def covered(self) -> dict[str, int]:
        """The content domain of each exam that covers it, by the exam's name."""
        named = self.domains.value if self.domains is not None else {}
        return {name: node.value for name, node in named.items() if isinstance(node.value, int)}

    @property
    def experiment(self) -> Path | None:
        """The file that is run, for a computed question."""
        return self.folder / "experiment.py" if self.computed else None

    @property
    def proof_path(self) -> Path:
        """Where the proof lies."""
        return self.folder / "proof.json"


def read_scenario_file(scenario_id: str, reading: TextReading) -> ScenarioFile | None:
    """The question as it was written; None where that cannot be made out."""
    folder = reading.root / "scenarios" / scenario_id
    node = reading.yaml(folder / "scenario.yaml")
    if node is None:
        return None
    fields = Fields(node, reading, "a question")
    asks = fields.one_of("asks", tuple(KINDS))
    kind = KINDS[asks or "fact"]
    title, stem, older = fields.text("title"), fields.text("stem"), fields.text("older", must=False)
    goal = fields.mapping("goal", must=asks == "solution")
    check_expectation(goal, reading)
    least = fields.one_of("least", LEAST, must=False)
    if asks is not None:
        fields.forbid(kind.lacks, f"the question asks: {asks}")
    options = _options(fields.items("options", least=2), asks, least, reading)
    file = ScenarioFile(
        id=scenario_id,
        folder=folder,
        node=node,
        asks=asks or "fact",
        title=title,
        claims=tuple(fields.names("claims")),
        domains=fields.mapping("domains"),
        tasks=fields.mapping("tasks", must=False),
        difficulty=fields.whole("difficulty", 1, 3) or 1,
        as_of=fields.date("as_of"),
        source=fields.url("source"),
        seeds=_seeds(fields.items("seeds", must=False), reading),
        stem=stem,
        choose=_choose(fields, options, reading),
        goal=goal,
        least=least or "none",
        older=older,
        options=options,
    )
    fields.done()
    _check_key(file, reading)
    return file if asks is not None else None


def _options(
    nodes: Sequence[Node], asks: str | None, least: str | None, reading: TextReading
) -> tuple[OptionFile, ...]:
    found = [_option(node, asks, least, reading) for node in nodes]
    options = [option for option in found if option is not None]
    unique([option.id for option in options], reading, "option")
    return tuple(options)


def _option(node: Node, asks: str | None, least: str | None, reading: TextReading) -> OptionFile | None:
    fields = Fields(node, reading, "an option")
    kind = KINDS[asks or "fact"]
    name, text, why = fields.text("id"), fields.text("text"), fields.text("why")
    predicts = fields.mapping("predicts", must=kind.options_need == "predicts")
    check_expectation(predicts, reading)
    change = fields.mapping("change", must=kind.options_need == "change")
    effort = fields.whole("effort", 1, 100, must=asks == "solution" and least == "effort")
    key, mistake = fields.flag("key"), fields.text("mistake", must=False)
    if asks is not None:
        fields.forbid(kind.options_lack, f"the question asks: {asks}")
    fields.done()
    if name is None or not is_slug(name, reading):
        return None
    return OptionFile(name, text, why, predicts, change, effort, key, mistake)


def _seeds(nodes: Sequence[Node], reading: TextReading) -> tuple[Node, ...]:
    """The seeds, all with the same names; a question without any has one seed without values."""
    sound = [node for node in nodes if Fields(node, reading, "a seed").sound]
    for node in sound[1:]:
        if set(node.value) != set(sound[0].value):
            names = ", ".join(sorted(set(node.value) ^ set(sound[0].value)))
            reading.at(node, f"every seed gives the same names as the first one; these differ: {names}")
    return tuple(sound)


def _choose(fields: Fields, options: Sequence[OptionFile], reading: TextReading) -> int:
    choose = fields.whole("choose", 1, 10)
    node = fields.node.child("choose")
    if choose is not None and node is not None and choose >= max(len(options), 2):
        reading.at(node, f"choose is {choose}, and there are {len(options)} options: at least one must be wrong")
    return choose or 1


def _check_key(file: ScenarioFile, reading: TextReading) -> None:
    """A fact's key has the size that ``choose`` says, and its wrong options name a mistake."""
    if file.node.child("asks") is None or file.asks != "fact" or not file.options:
        return
    right = [option for option in file.options if option.key]
    if len(right) != file.choose:
        at = file.node.child("choose") or file.node
        reading.at(at, f"choose is {file.choose}, and {len(right)} options have key: true")
    for option in file.options:
        if not option.key and option.mistake is None:
            reading.at(
                option.id, f"the wrong option {option.id.value!r} must say mistake:, the known mistake it stands for"
            )


def seed_count(file: ScenarioFile) -> int:
    """How many seeds the family has, at least one."""
    return max(1, len(file.seeds))


def proof_hash(file: ScenarioFile, reading: TextReading) -> str | None:
    """What a fresh proof must carry: everything that decides the key, over all seeds; None for a fact."""
    if file.experiment is None:
        return None
    reads: dict[str, Any] = {}
    seeds = [_deciding(file, seed, reading, reads) for seed in range(seed_count(file))]
    return fingerprint(
        {
            "experiment": text_of(file.experiment),
            "asks": file.asks,
            "choose": file.choose,
            "least": file.least,
            "seeds": seeds,
            "figures": reads,
        }
    )


def _deciding(file: ScenarioFile, seed: int, reading: TextReading, reads: dict[str, Any]) -> dict[str, Any]:
    scope = _scope(file, seed, reading, reads)
    return {
        "given": scope.given,
        "goal": reading.native(file.goal, scope),
        "options": [
            [
                option.id.value,
                reading.native(option.predicts, scope),
                reading.native(option.change, scope),
                option.effort,
            ]
            for option in file.options
        ],
    }


def _scope(file: ScenarioFile, seed: int, reading: TextReading, reads: dict[str, Any]) -> Scope:
    node = file.seeds[seed] if file.seeds else None
    given = reading.native(node, Scope(reads=reads)) or {}
    return Scope(given=given, reads=reads)


def scenario_at(
    file: ScenarioFile, seed: int, proof: Proof | None, wanted: str | None, reading: TextReading
) -> Scenario:
    """The question at ``seed``; explanations say what ``proof`` observed, where there is one.

    ``wanted`` is the hash that a fresh proof carries (``proof_hash``).
    """
    scope = _scope(file, seed, reading, {})
    fresh = proof is not None and proof.hash == wanted
    options = tuple(
        _filled(file, option, scope, _observed(file, option, seed, proof), fresh, reading) for option in file.options
    )
    scenario = Scenario(
        id=file.id,
        topic=file.id.partition("/")[0],
        title=reading.render(file.title, scope),
        asks=cast(Asks, file.asks),
        claims=tuple(node.value for node in file.claims),
        domains=file.covered,
        tasks=file.tasks.plain if file.tasks else {},
        difficulty=file.difficulty,
        as_of=file.as_of,
        source=file.source,
        stem=reading.render(file.stem, scope),
        options=options,
        choose=file.choose,
        goal=reading.native(file.goal, scope),
        least=cast(Least, file.least),
        seed=seed,
        given=scope.given or {},
        experiment=file.experiment,
        older=reading.render(file.older, scope) or None,
        content_hash="",
        proof_hash=wanted,
    )
    return replace(scenario, content_hash=_content_hash(file, scenario))


def _observed(file: ScenarioFile, option: OptionFile, seed: int, proof: Proof | None) -> Mapping[str, Any]:
    if proof is None or seed >= len(proof.seeds):
        return {}
    return proof.seeds[seed].observed.get("" if file.asks == "outcome" else option.id.value, {})


def _filled(
    file: ScenarioFile, option: OptionFile, scope: Scope, seen: Mapping[str, Any], fresh: bool, reading: TextReading
) -> Option:
    after = replace(scope, observed=seen, recorded=fresh) if file.computed else scope
    return Option(
        id=option.id.value,
        text=reading.render(option.text, scope),
        why=reading.render(option.why, after),
        predicts=reading.native(option.predicts, scope),
        change=reading.native(option.change, scope),
        effort=option.effort,
        key=option.key if file.asks == "fact" else None,
        mistake=reading.render(option.mistake, scope) or None,
    )


def _content_hash(file: ScenarioFile, scenario: Scenario) -> str:
    """Of everything that a learner sees or that decides the key; explanations count as they were written, so that
    a measurement that moved changes nothing."""
    whys = {option.id.value: option.why.value for option in file.options if option.why}
    return fingerprint(
        {
            "id": scenario.id,
            "asks": scenario.asks,
            "stem": scenario.stem,
            "older": scenario.older,
            "source": scenario.source,
            "choose": scenario.choose,
            "goal": scenario.goal,
            "least": scenario.least,
            "given": scenario.given,
            "options": [{**vars(option), "why": whys.get(option.id, "")} for option in scenario.options],
            "experiment": text_of(scenario.experiment) if scenario.experiment else None,
        }
    )
