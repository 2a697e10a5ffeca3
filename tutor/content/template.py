"""Texts with their numbers filled in: Jinja2 templates in which an unknown name is an error with its line."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from jinja2 import Environment, StrictUndefined, TemplateError, TemplateSyntaxError, nodes

from tutor.content.figure import Figures
from tutor.content.node import Node
from tutor.content.prose import BLANK, loose_numbers, prose
from tutor.content.quantity import Day, Former, Quantity, former, quantity, separated
from tutor.errors import Problem
from tutor.usecases.nearest import nearest

NOT_RECORDED = "(not yet recorded)"
"""What an observed value prints while there is no proof."""

_EXPRESSION = re.compile(r"\s*\{\{-?(?P<inside>.*?)-?\}\}\s*", re.DOTALL)
_MARKED = re.compile("\ue000(.*?)\ue001")
_ATTRIBUTES = ("value", "number", "unit", "as_of", "source")
_RUNTIME = (TemplateError, ArithmeticError, TypeError, ValueError, LookupError, AttributeError)


@dataclass(frozen=True)
class Scope:
    """The names that a text may use beside quota, price, old and literal.

    ``given`` is None where a text has no values of its own; ``observed`` is None where nothing is observed, and
    ``recorded`` is false while there is no proof to take it from. ``reads`` gathers what was read: name to value.
    """

    given: Mapping[str, Any] | None = None
    observed: Mapping[str, Any] | None = None
    recorded: bool = True
    reads: dict[str, Any] = field(default_factory=dict)


class TemplateFault(Exception):
    """A text that cannot be filled in; ``problems`` says why and where."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class _Names:
    """``quota.`` and its like: what is read by name, and a record of it."""

    def __init__(self, root: str, known: Mapping[str, Any], reads: dict[str, Any] | None, missing: Any = None) -> None:
        self.__known, self.__root, self.__reads, self.__missing = known, root, reads, missing

    def __getitem__(self, name: str) -> Any:
        if self.__missing is not None and name not in self.__known:
            return self.__missing
        found = self.__known[name]
        if self.__reads is not None:
            self.__reads[f"{self.__root}.{name}"] = found.value
        return found


class Templates:
    """Fills texts in from the figures of ``data/``."""

    def __init__(self, quotas: Figures, prices: Figures) -> None:
        figures = {**prices.by_name, **quotas.by_name}
        olds = {name: former(figure) for name, figure in figures.items()}
        self.quota = {name: quantity(figure) for name, figure in quotas.by_name.items()}
        self.price = {name: quantity(figure) for name, figure in prices.by_name.items()}
        self.old: Mapping[str, Former] = {name: old for name, old in olds.items() if old is not None}
        self.environment = Environment(
            undefined=StrictUndefined, finalize=_printed, keep_trailing_newline=True, autoescape=False
        )
        self.environment.globals = {"literal": _literal}

    def render(self, node: Node, scope: Scope) -> str:
        """The text with its numbers filled in; those in prose get thousands separators. Raises ``TemplateFault``."""
        text = self._fill(node, scope)
        plain = prose(_MARKED.sub(lambda found: _same_length(found.group()), text))
        return _MARKED.sub(lambda found: found[1] if plain[found.start()] == BLANK else _separated(found[1]), text)

    def native(self, node: Node, scope: Scope) -> Any:
        """The value with every text in it filled in; a text that is one expression keeps the expression's type."""
        if isinstance(node.value, dict):
            return {name: self.native(child, scope) for name, child in node.value.items()}
        if isinstance(node.value, list):
            return [self.native(child, scope) for child in node.value]
        if not isinstance(node.value, str) or "{" not in node.value:
            return node.value
        self._check(node, scope)
        expression = _EXPRESSION.fullmatch(node.value)
        if expression is None or len(_outputs(self.environment.parse(node.value))) != 1:
            return _MARKED.sub(r"\1", self._fill(node, scope))
        return _plain(self._evaluate(node, expression["inside"], scope))

    def faults(self, node: Node, scope: Scope) -> list[Problem]:
        """What is wrong with the template itself: its syntax, and names that do not exist."""
        try:
            tree = self.environment.parse(node.value)
            self.environment.compile(node.value)
        except TemplateSyntaxError as error:
            return [_problem(node, error.lineno, "", f"this is no template: {error.message}")]
        except RecursionError:
            return [_problem(node, 1, "", "this is no template: the nesting is too deep")]
        return list(_Check(self, node, scope).problems(tree))

    def loose(self, node: Node) -> list[Problem]:
        """The numbers in the text that should come from a template expression."""
        found = [(node.line_of(offset), token) for offset, token in loose_numbers(node.value)]
        for line, token in self._printed_constants(node):
            found.append((node.line_of(_offset(node.value, line, token)), token))
        return [Problem(node.file, line, node.key, _LOOSE.format(token)) for line, token in sorted(found)]

    def _printed_constants(self, node: Node) -> Iterator[tuple[int, str]]:
        try:
            tree = self.environment.parse(node.value)
        except (TemplateSyntaxError, RecursionError):
            return
        for output in _outputs(tree):
            for constant in _constants(output):
                yield constant.lineno, str(constant.value)

    def _check(self, node: Node, scope: Scope) -> None:
        faults = self.faults(node, scope)
        if faults:
            raise TemplateFault(faults)

    def _fill(self, node: Node, scope: Scope) -> str:
        self._check(node, scope)
        try:
            return self.environment.from_string(node.value).render(self._names(scope))
        except _RUNTIME as error:
            raise TemplateFault([_problem(node, 1, "", f"this template fails: {error}")]) from error

    def _evaluate(self, node: Node, expression: str, scope: Scope) -> Any:
        try:
            return self.environment.compile_expression(expression, undefined_to_none=False)(self._names(scope))
        except _RUNTIME as error:
            raise TemplateFault([_problem(node, 1, "", f"this template fails: {error}")]) from error

    def _names(self, scope: Scope) -> dict[str, Any]:
        names: dict[str, Any] = {
            "quota": _Names("quota", self.quota, scope.reads),
            "price": _Names("price", self.price, scope.reads),
            "old": _Names("old", self.old, scope.reads),
        }
        if scope.given is not None:
            names["given"] = _Names("given", scope.given, None)
        if scope.observed is not None:
            names["observed"] = _Names("observed", scope.observed, None, None if scope.recorded else NOT_RECORDED)
        return names


_LOOSE = (
    "the number {!r} stands in prose: take it from quota, price, given or old, or write literal(number, what it is)"
)


class _Check:
    """Walks one template and finds the names that do not exist and the statements that are not used here."""

    def __init__(self, templates: Templates, node: Node, scope: Scope) -> None:
        self.node = node
        self.scope = scope
        self.known: dict[str, Mapping[str, Any]] = {
            "quota": templates.quota, "price": templates.price, "old": templates.old
        }  # fmt: skip
        if scope.given is not None:
            self.known["given"] = scope.given
        if scope.observed is not None:
            self.known["observed"] = scope.observed

    def problems(self, tree: nodes.Template) -> Iterator[Problem]:
        for statement in tree.find_all(nodes.Stmt):
            if not isinstance(statement, (nodes.Output, nodes.If)):
                word = type(statement).__name__.lower()
                yield self._problem(statement, "", f"the statement {word!r} is not used here; expressions and if are")
        parents = {id(child): parent for parent in _all(tree) for child in parent.iter_child_nodes()}
        for name in tree.find_all(nodes.Name):
            if name.ctx == "load":
                yield from self._name(name, parents[id(name)], parents)

    def _name(self, name: nodes.Name, parent: nodes.Node, parents: Mapping[int, nodes.Node]) -> Iterator[Problem]:
        if name.name == "literal":
            yield from self._literal(name, parent)
            return
        if name.name not in self.known:
            message = f"there is no name {name.name!r} in this text"
            yield self._problem(name, name.name, message, nearest(name.name, [*self.known, "literal"]))
            return
        attribute = _attribute(parent)
        if attribute is None:
            yield self._problem(name, name.name, f"say which: {name.name}.<name>")
            return
        yield from self._figure(name, attribute, parents[id(parent)])

    def _figure(self, name: nodes.Name, attribute: str, parent: nodes.Node) -> Iterator[Problem]:
        known = self.known[name.name]
        if attribute not in known:
            if name.name != "observed" or self.scope.recorded:
                yield self._problem(name, attribute, *self._unknown(name.name, attribute))
            return
        detail = _attribute(parent)
        if detail is None or name.name in ("given", "observed"):
            return
        attributes = (*_ATTRIBUTES, "until") if name.name == "old" else _ATTRIBUTES
        if detail not in attributes:
            message = f"{name.name}.{attribute} knows no {detail!r}"
            yield self._problem(name, detail, message, nearest(detail, attributes))
        elif getattr(known[attribute], detail) is None:
            yield self._problem(name, detail, f"{name.name}.{attribute}: the data do not say until when")

    def _unknown(self, root: str, attribute: str) -> tuple[str, str | None]:
        if root == "old" and (attribute in self.known["quota"] or attribute in self.known["price"]):
            return f"{attribute!r} has no history, so there is nothing that it was before", None
        what = {
            "quota": f"data/quotas.yaml has no {attribute!r}",
            "price": f"data/pricing.yaml has no {attribute!r}",
            "old": f"the data have no {attribute!r} with a history",
            "given": f"given: has no {attribute!r}",
            "observed": f"the recorded run observed no {attribute!r}",
        }[root]
        return what, nearest(attribute, self.known[root])

    def _literal(self, name: nodes.Name, parent: nodes.Node) -> Iterator[Problem]:
        called = isinstance(parent, nodes.Call) and parent.node is name
        arguments = parent.args if isinstance(parent, nodes.Call) and called else []
        what = arguments[1] if len(arguments) == 2 else None
        if not (isinstance(what, nodes.Const) and isinstance(what.value, str) and what.value.strip()):
            yield self._problem(name, "literal", 'literal needs the number and what it is: literal(3, "three steps")')

    def _problem(self, at: nodes.Node, needle: str, message: str, near: str | None = None) -> Problem:
        return _problem(self.node, at.lineno, needle, message, near)


def _all(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    for child in node.iter_child_nodes():
        yield from _all(child)


def _attribute(node: nodes.Node) -> str | None:
    """``b`` of the node ``a.b`` or ``a["b"]``."""
    if isinstance(node, nodes.Getattr):
        return str(node.attr)
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
        return str(node.arg.value)
    return None


def _outputs(tree: nodes.Template) -> list[nodes.Node]:
    """Everything that a template prints, and that is no plain text."""
    printed = [child for output in tree.find_all(nodes.Output) for child in output.nodes]
    return [child for child in printed if not isinstance(child, nodes.TemplateData)]


def _constants(node: nodes.Node, number: bool = True) -> Iterator[nodes.Const]:
    """The constants with a number in them that printing ``node`` would print; ``number``: bare numbers as well."""
    if isinstance(node, nodes.Const):
        bare = isinstance(node.value, (int, float)) and not isinstance(node.value, bool)
        if (bare and number) or (isinstance(node.value, str) and any(loose_numbers(node.value))):
            yield node
    elif isinstance(node, (nodes.Compare, nodes.Test)) or _is_literal(node):
        return
    elif isinstance(node, (nodes.Getattr, nodes.Getitem)):
        yield from _constants(node.node, number)
    else:
        computed = isinstance(node, (nodes.BinExpr, nodes.Filter, nodes.Call)) and node.find(nodes.Name) is not None
        for child in node.iter_child_nodes():
            yield from _constants(child, number and not computed)


def _is_literal(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name == "literal"


def _problem(node: Node, line: int, needle: str, message: str, near: str | None = None) -> Problem:
    return Problem(node.file, node.line_of(_offset(node.value, line, needle)), node.key, message, near)


def _offset(text: str, line: int, needle: str) -> int:
    """Where ``needle`` stands in ``text`` from its ``line`` (from 1) on, else where that line begins."""
    begin = sum(len(before) + 1 for before in text.split("\n")[: line - 1])
    found = text.find(needle, begin) if needle else -1
    if found >= 0:
        return found
    return begin + len(text[begin:]) - len(text[begin:].lstrip())


def _literal(number: object, _what: str) -> str:
    """The number as it was written; ``_what`` is for the reader of the source."""
    return str(number)


def _printed(value: Any) -> Any:
    """How a value is printed. Whole numbers are marked: prose gets separators, code the bare digits."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    return f"\ue000{value}\ue001" if isinstance(value, (int, float)) else value


def _separated(number: str) -> str:
    return separated(float(number) if set(number) & set(".en") else int(number))


def _same_length(marked: str) -> str:
    return "x" * len(marked)


def _plain(value: Any) -> Any:
    """A value that JSON knows: a quantity is its bare number, a day its ISO date."""
    if isinstance(value, Quantity):
        return value.value
    return value.iso if isinstance(value, Day) else value
