"""YAML as nodes that know their file, line and dotted key. Read by ruamel.yaml, which knows lines."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

from tutor.errors import Problem

_MOST = 50_000  # nodes in one file; aliases of aliases would make more
_TAG = "tag:yaml.org,2002:"


@dataclass(frozen=True)
class Node:
    """One value of a YAML file.

    ``value`` is a mapping of names to nodes, a list of nodes, or a plain value: text (dates are text), whole
    number, float, boolean, None. ``line`` is where the value begins, ``key_line`` where its key stands (both
    from 1), ``key`` the dotted way to it. ``written`` is the source of a text, from its first character on.
    """

    file: str
    line: int
    key_line: int
    key: str
    value: Any
    written: str = ""

    @property
    def plain(self) -> Any:
        """The value without lines: dicts, lists and plain values."""
        if isinstance(self.value, dict):
            return {name: child.plain for name, child in self.value.items()}
        if isinstance(self.value, list):
            return [child.plain for child in self.value]
        return self.value

    def child(self, name: str) -> "Node | None":
        """The value under ``name``, where this is a mapping that has it."""
        return self.value.get(name) if isinstance(self.value, dict) else None

    def texts(self) -> Iterator["Node"]:
        """Every text in here, at any depth."""
        if isinstance(self.value, str):
            yield self
        children = self.value.values() if isinstance(self.value, dict) else self.value
        for child in children if isinstance(self.value, (dict, list)) else ():
            yield from child.texts()

    def line_of(self, offset: int) -> int:
        """The line in the file of the character at ``offset`` of this text, however the text was folded."""
        before = sum(not character.isspace() for character in self.value[:offset])
        seen = 0
        for index, character in enumerate(self.written):
            if not character.isspace():
                if seen == before:
                    return self.line + self.written.count("\n", 0, index)
                seen += 1
        return self.line


def kind_of(value: Any) -> str:
    """What an author calls a value of this kind."""
    for kind, name in _KINDS:
        if isinstance(value, kind):
            return name
    return "nothing"


_KINDS: tuple[tuple[type, str], ...] = (
    (dict, "a mapping"), (list, "a list"), (bool, "true or false"), (int, "a whole number"),
    (float, "a number"), (str, "a text"),
)  # fmt: skip


def parse(text: str, file: str, first_line: int = 1) -> tuple[Node | None, list[Problem]]:
    """The YAML in ``text``, which begins at ``first_line`` of ``file``; None when there is none or it is broken."""
    reader = _Reader(text, file, first_line)
    return reader.read(), reader.problems


class _Reader:
    def __init__(self, text: str, file: str, first_line: int) -> None:
        self.text, self.file, self.first_line = text, file, first_line
        self.problems: list[Problem] = []
        self.made = 0

    def read(self) -> Node | None:
        try:
            root = YAML(typ="safe", pure=True).compose(self.text)
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            self._broken(mark.line if mark else 0, self._context(error) + str(error.problem or ""))
        except RecursionError:
            self._broken(0, "the nesting is too deep")
        except (YAMLError, ValueError, AttributeError, NotImplementedError) as error:
            self._broken(0, error)
        else:
            return None if root is None else self._node(root, "", root.start_mark.line, ())
        return None

    def _context(self, error: MarkedYAMLError) -> str:
        if error.context is None or error.context_mark is None:
            return ""
        return f"{error.context}, which begins in line {self.first_line + error.context_mark.line}: "

    def _broken(self, line: int, message: object) -> None:
        self._problem(line, "", f"this is no YAML: {' '.join(str(message or 'it cannot be read').split())}")

    def _problem(self, line: int, key: str, message: str) -> None:
        self.problems.append(Problem(self.file, self.first_line + line, key, message))

    def _node(self, node: Any, key: str, key_line: int, above: tuple[int, ...]) -> Node:
        line = node.start_mark.line
        make = partial(Node, self.file, self.first_line + line, self.first_line + key_line, key)
        self.made += 1
        if id(node) in above or self.made > _MOST:
            self._problem(line, key, "this value holds itself, or far too many others")
            return make(None)
        inside = (*above, id(node))
        if isinstance(node, MappingNode):
            return make(self._mapping(node, key, inside))
        if isinstance(node, SequenceNode):
            children = enumerate(node.value)
            return make([self._node(child, f"{key}[{i}]", child.start_mark.line, inside) for i, child in children])
        value = self._scalar(node, key)
        return make(value, self._written(node)) if isinstance(value, str) else make(value)

    def _mapping(self, node: MappingNode, key: str, inside: tuple[int, ...]) -> dict[str, Node]:
        found: dict[str, Node] = {}
        for name_node, child in node.value:
            line = name_node.start_mark.line
            if not isinstance(name_node, ScalarNode) or not isinstance(name_node.value, str):
                self._problem(line, key, "a key must be a simple name")
                continue
            name = name_node.value
            dotted = f"{key}.{name}" if key else name
            if name in found:
                self._problem(line, dotted, f"{name!r} is here twice; it stands in line {found[name].key_line} already")
                continue
            found[name] = self._node(child, dotted, line, inside)
        return found

    def _scalar(self, node: ScalarNode, key: str) -> Any:
        tag = str(node.tag).removeprefix(_TAG)
        make = _SCALARS.get(tag)
        if make is None:
            self._problem(node.start_mark.line, key, f"the tag {str(node.tag)!r} is not used here")
            return None
        try:
            return make(node.value)
        except (ValueError, OverflowError):
            self._problem(node.start_mark.line, key, f"{node.value!r} is no value that can be used here")
            return None

    def _written(self, node: ScalarNode) -> str:
        written = self.text[node.start_mark.index : node.end_mark.index]
        if node.style in ("|", ">"):
            header, _, body = written.partition("\n")
            return " " * len(header) + "\n" + body
        return " " + written[1:-1] if node.style in ("'", '"') else written


def _whole(text: str) -> int:
    return int(text.replace("_", ""), 10 if text.lstrip("+-").isdigit() else 0)


def _float(text: str) -> float:
    value = float(text.replace("_", ""))
    if not math.isfinite(value):
        raise ValueError(text)
    return value


_SCALARS: Mapping[str, Callable[[str], Any]] = {
    "str": str,
    "int": _whole,
    "float": _float,
    "bool": lambda text: text.lower() in ("true", "yes", "on", "y"),
    "null": lambda _: None,
    "timestamp": str,
    "merge": str,
    "value": str,
}
