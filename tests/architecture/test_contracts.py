"""The import contracts hold, and each of them is seen to fail when it is broken."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.architecture.repository import PACKAGE, ROOT

LINT = Path(sys.executable).parent / "lint-imports"

BREACHES = [
    ("layers", "awslambda/function.py", "import tutor.study.claim"),
    ("layers", "study/claim.py", "import tutor.usecases.stage"),
    ("layers", "sandbox/__init__.py", "import tutor.study.claim"),
    ("layers", "usecases/stage.py", "import tutor.content"),
    ("layers", "usecases/stage.py", "import tutor.wiring"),
    ("layers", "content/__init__.py", "import tutor.store"),
    ("layers", "store/__init__.py", "import tutor.tui"),
    ("layers", "tui/__init__.py", "import tutor.content"),
    ("layers", "errors.py", "import tutor.locations"),
    ("layers", "wiring.py", "import tutor.cli"),
    ("layers", "novelty.py", "'''A room that the plan does not name.'''"),
    ("layers", "region/__init__.py", "import tutor.content"),
    ("ports", "tui/__init__.py", "import tutor.sandbox"),
    ("ports", "content/__init__.py", "import tutor.sandbox"),
    ("ports", "store/__init__.py", "import tutor.sandbox"),
    ("ports", "usecases/stage.py", "import tutor.sandbox"),
    ("ports", "study/claim.py", "import tutor.sandbox"),
    ("apart", "sandbox/__init__.py", "import tutor.usecases.stage"),
    ("apart", "sandbox/__init__.py", "import tutor.study.claim"),
    ("pure", "awslambda/function.py", "import tutor.locations"),
    ("pure", "awslambda/function.py", "import time"),
    ("pure", "awslambda/function.py", "import subprocess"),
    ("pure", "study/claim.py", "import random"),
    ("pure", "study/claim.py", "import os"),
    ("pure", "study/claim.py", "import socket"),
    ("terminal", "usecases/stage.py", "import textual"),
    ("terminal", "cli/__init__.py", "import textual.app"),
    ("terminal", "wiring.py", "import textual.app"),
    ("inside", "sandbox/runtime/__init__.py", "import tutor.errors"),
    ("inside", "sandbox/runtime/__init__.py", "import tutor.awslambda.function"),
]


def _contracts() -> dict[str, dict[str, list[str]]]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return {contract["id"]: contract for contract in settings["tool"]["importlinter"]["contracts"]}


def _lint(folder: Path, *contracts: str) -> subprocess.CompletedProcess[str]:
    chosen = [part for contract in contracts for part in ("--contract", contract)]
    return subprocess.run(
        [LINT, "--no-logo", "--cache-dir", folder / "cache", "--config", ROOT / "pyproject.toml", *chosen],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a copy of the package that may be broken."""
    folder = tmp_path_factory.mktemp("house")
    shutil.copytree(PACKAGE, folder / "tutor", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def test_every_contract_is_kept(copied: Path) -> None:
    """The package as it is keeps all contracts."""
    linted = _lint(copied)
    assert linted.returncode == 0, linted.stdout + linted.stderr
    assert f"{len(_contracts())} kept, 0 broken" in linted.stdout


@pytest.mark.parametrize(("contract", "file", "line"), BREACHES, ids=[" ".join(breach) for breach in BREACHES])
def test_breaking_a_contract_is_noticed(copied: Path, contract: str, file: str, line: str) -> None:
    """One forbidden import, anywhere, breaks the contract that forbids it."""
    path = copied / "tutor" / file
    before = path.read_text(encoding="utf-8") if path.exists() else None
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"{before or ''}\n{line}\n", encoding="utf-8")
    try:
        linted = _lint(copied, contract)
    finally:
        if before is not None:
            path.write_text(before, encoding="utf-8")
        elif path.name == "__init__.py":
            shutil.rmtree(path.parent)
        else:
            path.unlink()
    assert linted.returncode == 1, linted.stdout + linted.stderr
    assert "BROKEN" in linted.stdout or "not listed as layers" in linted.stdout, linted.stdout + linted.stderr


def test_every_contract_was_broken_once() -> None:
    """No contract is taken on trust: each one has at least one breach above."""
    assert {contract for contract, _, _ in BREACHES} == set(_contracts())


def test_contracts_name_every_room() -> None:
    """A new room of the house is entered into the contracts that list rooms one by one."""
    rooms = {
        f"tutor.{path.stem}" for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    } - {"tutor.__init__"}
    contracts = _contracts()
    assert set(contracts["terminal"]["source_modules"]) == rooms - {"tutor.tui"}
    assert set(contracts["inside"]["forbidden_modules"]) == rooms - {"tutor.sandbox", "tutor.__main__"}
    assert ("tutor.region" in contracts["ports"]["forbidden_modules"]) == ("tutor.region" in rooms)
