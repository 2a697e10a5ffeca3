"""The claims and the tables behind them: complete, dated, and proven where a run can prove them."""

import ast
import inspect
import re
import sys
from dataclasses import fields
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tutor import locations
from tutor.awslambda.prices import Prices
from tutor.awslambda.quotas import Quotas
from tutor.content.library import ContentLibrary
from tutor.study.claim import Claim
from tutor.study.comparison import failing

DATA = locations.content_root() / "data"
ALL_IDS = {
    "LIM": 28, "ENV": 39, "INV": 22, "VER": 12, "VPC": 6, "EDG": 6, "COST": 5, "CON": 13, "PER": 13, "MON": 7,
    "CFG": 11,
}  # fmt: skip
"""How many claims each prefix has at least; lessons and questions name them by these ids."""


SOURCES = (
    "https://docs.aws.amazon.com/",
    "https://aws.amazon.com/",
    "https://serverlessland.com/",
    "https://github.com/aws/",
)
"""Where AWS itself writes: its documents, its guides, and the source of its runtime clients."""


@cache
def library() -> ContentLibrary:
    return ContentLibrary(locations.content_root(), locations.cache())


def claims() -> tuple[Claim, ...]:
    return library().claims()


def by_experiment() -> tuple[Claim, ...]:
    return tuple(claim for claim in claims() if claim.by_experiment)


def table(name: str) -> dict[str, Any]:
    content: dict[str, Any] = YAML(typ="safe").load(DATA / f"{name}.yaml")
    return content


def experiments() -> list[Path]:
    return sorted((DATA / "claims").glob("*/*.py"))


def test_every_agreed_id_is_there() -> None:
    """Lessons and questions may name any claim of the agreed list."""
    agreed = {f"{prefix}-{number:03}" for prefix, most in ALL_IDS.items() for number in range(1, most + 1)}
    assert agreed <= {claim.id for claim in claims()}


def test_every_written_claim_can_be_used() -> None:
    """None is dropped for an id of another topic, a number that is not in the tables, or a demand that has no sense."""
    written = [claim["id"] for path in DATA.glob("claims/*/claims.yaml") for claim in YAML(typ="safe").load(path)]
    assert sorted(written) == sorted(claim.id for claim in claims())


def test_every_claim_is_sourced_and_dated() -> None:
    """A claim says where it is written and on which day that was looked up."""
    assert len(claims()) >= 110
    for claim in claims():
        assert claim.source.startswith(SOURCES), claim.id
        assert date.fromisoformat(claim.as_of) <= date(2026, 11, 20), claim.id
        assert claim.says.rstrip().endswith("."), claim.id


def test_claims_are_stated_with_verified_numbers_only() -> None:
    """What no document confirms is not stated as a fact."""
    doubtful = {
        name for file in ("quotas", "pricing") for name, row in table(file).items() if row.get("verified") is False
    }
    written = {path: path.read_text() for path in (DATA / "claims").glob("*/claims.yaml")}
    used = {(path.parent.name, name) for path, text in written.items() for name in doubtful if f".{name}" in text}
    assert used == set()


def test_at_least_eighty_claims_are_proven_freshly() -> None:
    """A claim known by experiment has a recorded run that saw what it says, of the experiment as it stands now."""
    proven = 0
    for claim in by_experiment():
        assert claim.holds, f"{claim.id} demands nothing of its experiment"
        proof = library().claim_proof(claim.id)
        assert proof is not None, f"{claim.id}: tutor prove {claim.id} --record"
        assert proof.hash == claim.proof_hash, f"{claim.id}: its proof is stale"
        assert claim.id in proof.seeds[0].key, f"{claim.id}: the recorded run does not bear it out"
        assert failing(claim.holds, proof.seeds[0].observed[""]) == (), claim.id
        proven += 1
    assert proven >= 80


@pytest.mark.parametrize("experiment", experiments(), ids=lambda path: path.stem)
def test_an_experiment_needs_the_standard_library_alone(experiment: Path) -> None:
    """An experiment imports nothing of ours, says what it does, and looks by `observe(stage, ...)`."""
    tree = ast.parse(experiment.read_text())
    imported = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    imported += [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert {name.partition(".")[0] for name in imported} <= sys.stdlib_module_names
    assert ast.get_docstring(tree)
    looks = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "observe"]
    assert [node.args.args[0].arg for node in looks] == ["stage"]


def test_no_experiment_and_no_proof_is_left_over() -> None:
    """Every experiment proves a claim, and every proof belongs to an experiment."""
    used = {claim.experiment for claim in by_experiment()}
    assert [path.name for path in experiments() if path not in used] == []
    proofs = (DATA / "claims").glob("*/*.proof.json")
    assert [path.name for path in proofs if not path.with_name(path.name.replace(".proof.json", ".py")).exists()] == []


def test_every_enforced_quota_and_every_price_stands_in_the_tables() -> None:
    """No limit and no price is a literal in Python: each field has its row."""
    assert {field.name for field in fields(Quotas)} <= set(table("quotas"))
    assert {field.name for field in fields(Prices)} <= set(table("pricing"))


def test_an_enforced_quota_is_given_in_the_unit_that_the_program_reads() -> None:
    """A size in bytes never stands in the table as kilobytes, nor a time in seconds as minutes."""
    source = inspect.getsource(Quotas)
    units = dict(re.findall(r"^ +(\w+): int  # (MB per second|MB|s|bytes)\b", source, re.MULTILINE))
    assert len(units) >= 15
    quotas = table("quotas")
    assert {name: quotas[name]["unit"] for name in units} == units


def test_history_goes_back_in_time() -> None:
    """The newest former value comes first, and none is the present one."""
    for file in ("quotas", "pricing"):
        for name, row in table(file).items():
            history = row.get("history", [])
            days = [past["until"] for past in history if "until" in past]
            assert days == sorted(days, reverse=True), name
            assert all(day <= row["as_of"] for day in days), name
            assert row["value"] not in [past["value"] for past in history[:1]], name


@pytest.mark.parametrize("blueprint", sorted((DATA / "blueprints").glob("*.yaml")), ids=lambda path: path.stem)
def test_a_blueprint_adds_up(blueprint: Path) -> None:
    """The domains' weights make a hundred percent, and the scored and unscored questions make the paper."""
    exam = YAML(typ="safe").load(blueprint)
    assert sum(domain["weight"] for domain in exam["domains"]) == 100
    assert [domain["number"] for domain in exam["domains"]] == list(range(1, len(exam["domains"]) + 1))
    assert exam["scored"] + exam["unscored"] == exam["questions"]
