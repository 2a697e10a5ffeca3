"""What the package imports is what the project declares."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions

from tests.architecture.repository import ROOT, modules


def _imported() -> set[str]:
    names: set[str] = set()
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module.partition(".")[0])
    beside = {path.stem for path in modules() if path.parent.name == "runtime"}
    return names - set(sys.stdlib_module_names) - {"tutor"} - beside


def _declared() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {re.split(r"[=<>~! \[]", line)[0].lower() for line in project["dependencies"]}


def test_every_import_is_a_declared_dependency() -> None:
    """No module relies on a package that only happens to be there because another one needs it."""
    homes = packages_distributions()
    undeclared = {
        name: homes.get(name)
        for name in _imported()
        if not {home.lower() for home in homes.get(name, [])} & _declared()
    }
    assert not undeclared


def test_every_dependency_says_what_it_is_for() -> None:
    """Each dependency stands on a line of its own with the reason it is there, behind it or above it."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    lines = r'^(?:( +# \S.+)\n)?  "([a-z0-9.-]+)[^"\n]*",( *# \S.+)?$'
    found = re.findall(lines, text.split("[project.scripts]")[0], re.MULTILINE)
    listed = [(name, above or behind) for above, name, behind in found]
    named = {name for name, _ in listed}
    assert _declared() <= named
    assert not [name for name, reason in listed if not reason and name in _declared()]
