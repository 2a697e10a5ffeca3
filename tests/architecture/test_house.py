"""Names and sizes: from the tree alone one knows where each thing lives."""

import ast
import sys
from pathlib import Path

import pytest

from tests.architecture.repository import PACKAGE, modules

LONGEST = 400
NAMELESS = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc", "base", "core", "stuff"}


def _name(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


@pytest.mark.parametrize("path", modules(), ids=_name)
def test_a_module_can_be_read_in_one_sitting(path: Path) -> None:
    """No file of the package grows past the point where its nouns want rooms of their own."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


@pytest.mark.parametrize("path", modules(), ids=_name)
def test_a_module_says_what_it_is(path: Path) -> None:
    """Every module begins with a docstring; only an empty __init__ needs none."""
    text = path.read_text(encoding="utf-8")
    assert not text.strip() or ast.get_docstring(ast.parse(text)), f"{_name(path)} has no docstring"


def test_modules_are_named_by_their_noun() -> None:
    """Nothing is called after nothing in particular."""
    parts = {_name(path): set(path.relative_to(PACKAGE).with_suffix("").parts) for path in modules()}
    assert not [name for name, words in parts.items() if words & NAMELESS]


@pytest.mark.parametrize("path", sorted((PACKAGE / "sandbox" / "runtime").rglob("*.py")), ids=_name)
def test_what_runs_beside_a_handler_needs_the_standard_library_only(path: Path) -> None:
    """A handler finds nothing in its interpreter that Lambda would not give it."""
    neighbours = {neighbour.stem for neighbour in path.parent.glob("*.py")}
    imported = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{_name(path)}:{node.lineno} imports relatively"
            imported.add((node.module or "").partition(".")[0])
    assert imported <= set(sys.stdlib_module_names) | neighbours
