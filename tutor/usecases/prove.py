"""Prove questions and claims: run their experiments again, compare with what is recorded, or record."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, NoReturn, Protocol

from tutor.errors import ContentError, HostError, UsageError
from tutor.study.claim import Claim
from tutor.study.difference import claim_differences, claim_failure, moved, no_longer_held, scenario_differences
from tutor.study.scenario import Proof
from tutor.usecases.library import Library
from tutor.usecases.nearest import did_you_mean
from tutor.usecases.trial import Trial, Tried, together

AT_ONCE = 2
"""How many experiments run at the same time; each has environments of its own."""

BY_SOURCE = "known by source only: no run decides it"

Status = Literal["proven", "difference", "recorded", "unproven", "not enforceable here"]


class Proofs(Protocol):
    """Where proofs are kept: beside the scenario, and beside the experiment of a claim."""

    def broken_claims(self) -> Mapping[str, ContentError]:
        """What is wrong with claims that ``Library.claims`` leaves out, by file."""
        ...

    def write_scenario_proof(self, scenario_id: str, proof: Proof) -> None:
        """Keep the proof as the scenario's ``proof.json``; the old file is whole until the new one is."""
        ...

    def write_claim_proof(self, claim_id: str, proof: Proof) -> None:
        """Keep the proof of the claim's experiment, which other claims may share."""
        ...


@dataclass(frozen=True)
class Item:
    """One experiment to run: a scenario, or the claims that share it. ``asked`` are the ids to report on.

    A broken file of claims is an item too, with its ``error``, so that it is told.
    """

    kind: Literal["scenario", "claims", "broken"]
    asked: tuple[str, ...]
    claims: tuple[Claim, ...] = ()
    error: ContentError | None = None

    @property
    def title(self) -> str:
        """What narration calls it."""
        return ", ".join(self.asked)


@dataclass(frozen=True)
class Finding:
    """What came out for one id. ``why`` is one sentence or several; ``moved`` is told and is no difference."""

    id: str
    status: Status
    why: str
    moved: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Examined:
    """Findings of one item, and the proof that may be recorded where all of it holds."""

    findings: tuple[Finding, ...]
    proof: Proof | None = None


@dataclass(frozen=True)
class Prove:
    """Proving. Nothing is written but by ``record``, and only for what holds."""

    library: Library
    trial: Trial
    proofs: Proofs
    today: Callable[[], date]

    def items(self, names: Sequence[str]) -> tuple[Item, ...]:
        """What the names (scenario ids, claim ids, topics) stand for; no names stand for everything computed.

        Raises ``UsageError`` for an unknown name, with the nearest valid one, ``ContentError`` for a broken claim.
        """
        claims = {claim.id: claim for claim in self.library.claims()}
        scenarios = self.library.scenario_ids()
        topics = dict.fromkeys([*(claim.topic for claim in claims.values()), *map(_topic, scenarios)])
        asked: dict[str, None] = {}
        for name in names or ("",):
            if name in claims or name in scenarios:
                asked[name] = None
            elif name in topics or not names:
                asked |= dict.fromkeys(self._computed(name, claims, scenarios))
            else:
                self._refuse(name, [*claims, *scenarios, *topics])
        broken = {} if names else self.proofs.broken_claims()
        return (*(Item("broken", (file,), error=error) for file, error in broken.items()), *_items(asked, claims))

    def run(self, items: Sequence[Item], record: bool, begun: Callable[[Item], None]) -> Iterator[Finding]:
        """Run the items, two at a time, and yield what came out, in their order. ``begun`` is told from threads.

        Proofs are written here, one after another, between two yields: an interruption leaves each whole.
        """
        pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="prove")
        try:
            for item, examined in zip(items, pool.map(lambda item: self._examine(item, begun), items), strict=True):
                yield from self._record(item, examined) if record else examined.findings
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def _computed(self, topic: str, claims: Mapping[str, Claim], scenarios: Sequence[str]) -> Iterator[str]:
        """What a run decides in a topic, or in all: claims first. Broken questions too, so that they are told."""
        yield from (claim.id for claim in claims.values() if claim.by_experiment and topic in ("", claim.topic))
        for scenario_id in scenarios:
            if topic not in ("", _topic(scenario_id)):
                continue
            try:
                computed = self.library.scenario(scenario_id).asks != "fact"
            except ContentError:
                computed = True
            if computed:
                yield scenario_id

    def _refuse(self, name: str, valid: Sequence[str]) -> NoReturn:
        try:
            self.library.claim(name)
        except UsageError as error:
            raise UsageError(f"There is no claim, question or topic {name!r}{did_you_mean(name, valid)}.") from error
        raise UsageError(f"The claim {name} cannot be proven as it is: tutor content says why.")

    def _examine(self, item: Item, begun: Callable[[Item], None]) -> _Examined:
        begun(item)
        if item.error:
            return _Examined(_all(item, "difference", str(item.error)))
        try:
            examined = self._examine_claims(item) if item.kind == "claims" else self._examine_scenario(item.asked[0])
        except ContentError as error:
            examined = _Examined(_all(item, "difference", str(error)))
        except HostError as error:
            return _Examined(_all(item, "not enforceable here", str(error)))
        return self._excused(item, examined)

    def _examine_scenario(self, scenario_id: str) -> _Examined:
        seeds = [self.library.scenario(scenario_id, seed) for seed in range(self.library.seeds(scenario_id))]
        if seeds[0].asks == "fact":
            return _Examined((Finding(scenario_id, "unproven", BY_SOURCE),))
        now = self._proof(seeds[0].proof_hash, [self.trial.scenario(scenario) for scenario in seeds])
        recorded = self.library.scenario_proof(scenario_id)
        differences = scenario_differences(seeds, recorded, now) if recorded else (_not_recorded(scenario_id),)
        return _Examined((_finding(scenario_id, _key_said(now), differences, recorded, now),), now)

    def _examine_claims(self, item: Item) -> _Examined:
        if not item.claims:
            return _Examined(_all(item, "unproven", BY_SOURCE))
        tried = self.trial.claims(item.claims)
        now = self._proof(item.claims[0].proof_hash, [tried])
        recorded = self.library.claim_proof(item.claims[0].id)
        findings = tuple(_claim_finding(claim, recorded, now) for claim in item.claims if claim.id in item.asked)
        whole = len(tried.proof.key) == len(item.claims)
        return _Examined(findings, now if whole else None)

    def _excused(self, item: Item, examined: _Examined) -> _Examined:
        """A difference is no verdict where this host leaves open a limit that was held at the recording."""
        if all(finding.status != "difference" for finding in examined.findings):
            return examined
        recorded = self._recorded(item)
        open_here = no_longer_held(recorded, self.trial.functions.enforcement()) if recorded else ()
        if not open_here:
            return examined
        excuse = f"nothing holds {' and '.join(open_here)} on this host"
        return _Examined(_all(item, "not enforceable here", f"{excuse}: see tutor doctor"))

    def _recorded(self, item: Item) -> Proof | None:
        read = self.library.claim_proof if item.kind == "claims" else self.library.scenario_proof
        try:
            return read(item.asked[0])
        except ContentError:
            return None

    def _proof(self, proof_hash: str | None, tried: Sequence[Tried]) -> Proof:
        seeds = tuple(one.proof for one in tried)
        return Proof(proof_hash or "", self.today().isoformat(), together(tried), seeds)

    def _record(self, item: Item, examined: _Examined) -> tuple[Finding, ...]:
        if examined.proof is None:
            return tuple(_unrecorded(finding) for finding in examined.findings)
        write = self.proofs.write_claim_proof if item.kind == "claims" else self.proofs.write_scenario_proof
        write(item.asked[0], examined.proof)
        said = "it holds" if item.kind == "claims" else _key_said(examined.proof)
        return tuple(_recorded(finding, said) for finding in examined.findings)


def _topic(scenario_id: str) -> str:
    return scenario_id.split("/", maxsplit=1)[0]


def _items(asked: Iterable[str], claims: Mapping[str, Claim]) -> tuple[Item, ...]:
    """One item for each scenario and for each experiment that claims share, in the order asked."""
    items: dict[object, Item] = {}
    for id_ in asked:
        claim = claims.get(id_)
        if claim is None:
            items[id_] = Item("scenario", (id_,))
        elif claim.experiment is None:
            items[id_] = Item("claims", (id_,))
        elif claim.experiment in items:
            item = items[claim.experiment]
            items[claim.experiment] = replace(item, asked=(*item.asked, id_))
        else:
            shared = tuple(other for other in claims.values() if other.experiment == claim.experiment)
            items[claim.experiment] = Item("claims", (id_,), shared)
    return tuple(items.values())


def _all(item: Item, status: Status, why: str) -> tuple[Finding, ...]:
    return tuple(Finding(id_, status, why) for id_ in item.asked)


def _finding(id_: str, why: str, differences: Sequence[str], recorded: Proof | None, now: Proof) -> Finding:
    if differences:
        return Finding(id_, "difference", "; ".join(differences))
    return Finding(id_, "proven", why, moved(recorded, now) if recorded else ())


def _claim_finding(claim: Claim, recorded: Proof | None, now: Proof) -> Finding:
    if recorded:
        differences = claim_differences(claim, recorded, now)
    else:
        differences = (claim_failure(claim, now.seeds[0].observed[""]) or _not_recorded(claim.id),)
    return _finding(claim.id, "it holds", differences, recorded, now)


def _not_recorded(id_: str) -> str:
    return f"no proof is recorded: tutor prove {id_} --record"


def _key_said(proof: Proof) -> str:
    keys = dict.fromkeys(", ".join(seed.key) for seed in proof.seeds)
    return f"the key is {' / '.join(keys)}"


def _recorded(finding: Finding, said: str) -> Finding:
    first = finding.why == _not_recorded(finding.id)
    was = f"; before: {finding.why}" if finding.status == "difference" and not first else ""
    return replace(finding, status="recorded", why=f"{said}{was}")


def _unrecorded(finding: Finding) -> Finding:
    if finding.status != "proven":
        return finding
    return replace(finding, status="difference", why="not recorded: a claim of the same experiment does not hold")
