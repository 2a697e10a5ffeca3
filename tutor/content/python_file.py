"""What a Python file of an author defines and imports, found without running it."""

import ast
import sys
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tutor.content.reading import Reading


@dataclass(frozen=True)
class PythonFile:
    """The functions at a file's top level: name to line and number of parameters that a caller must or may give."""

    functions: Mapping[str, tuple[int, int]]


def read_python(path: Path, reading: Reading, standard_only: str = "") -> PythonFile | None:
    """Look at ``path``; None (and a problem with its line) where it is no Python.

    ``standard_only`` names what the file is, where it may import nothing but the standard library.
    """
    text = reading.text(path)
    if text is None:
        return None
    tree = _parsed(text, path, reading)
    if tree is None:
        return None
    if standard_only:
        _check_imports(tree, reading.name(path), standard_only, reading)
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    return PythonFile({node.name: (node.lineno, _parameters(node.args)) for node in functions})


def _parsed(text: str, path: Path, reading: Reading) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except SyntaxError as error:
        reading.say(reading.name(path), error.lineno or 1, "", f"this is no Python: {error.msg}")
    except (ValueError, RecursionError, MemoryError) as error:
        reading.say(reading.name(path), 1, "", f"this is no Python: {error}")
    return None


def _parameters(arguments: ast.arguments) -> int:
    return len(arguments.posonlyargs) + len(arguments.args)


def _check_imports(tree: ast.Module, file: str, what: str, reading: Reading) -> None:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [("." * node.level) + (node.module or "")]
        else:
            continue
        for name in names:
            if name.partition(".")[0] not in sys.stdlib_module_names:
                message = f"{what} imports nothing but the standard library, not {name!r}"
                reading.say(file, node.lineno, "", message)
