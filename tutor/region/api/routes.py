"""Which operation a method and a path mean, and the labels in the path."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import parse_qsl, unquote

from botocore.model import ServiceModel

from tutor.errors import ServiceError

_MOST_REMEMBERED = 1000
_REMEMBERED = 500  # letters: what a longer path means is not remembered


@dataclass(frozen=True)
class Match:
    """The operation a request means, with the decoded labels of its path."""

    operation: str
    labels: Mapping[str, str]


@dataclass(frozen=True)
class _Route:
    operation: str
    method: str
    names: tuple[str, ...]
    query: tuple[tuple[str, str], ...]


@dataclass
class _Node:
    """One segment of the paths: what may follow, and the routes that end here."""

    literal: "dict[str, _Node]" = field(default_factory=dict)
    label: "_Node | None" = None
    greedy: "_Node | None" = None
    routes: list[_Route] = field(default_factory=list)


class Routes:
    """The paths of a service model as a tree. Literal segments go before labels, longer queries before shorter."""

    def __init__(self, model: ServiceModel) -> None:
        self._root = _Node()
        for name in model.operation_names:
            http = model.operation_model(name).http
            self._add(name, http["method"], http["requestUri"])
        self._remembered = lru_cache(maxsize=_MOST_REMEMBERED)(self._found)

    def _add(self, operation: str, method: str, uri: str) -> None:
        path, _, query = uri.partition("?")
        node, names = self._root, []
        for segment in _segments(path):
            if not segment.startswith("{"):
                node = node.literal.setdefault(segment, _Node())
                continue
            names.append(segment.strip("{}+"))
            if segment.endswith("+}"):
                node.greedy = node = node.greedy or _Node()
            else:
                node.label = node = node.label or _Node()
        node.routes.append(_Route(operation, method, tuple(names), tuple(parse_qsl(query, keep_blank_values=True))))
        node.routes.sort(key=lambda route: -len(route.query))

    def find(self, method: str, path: str, query: str) -> Match:
        """The operation of a raw path and query. Raises ``ServiceError`` for what no operation answers (404, 405)."""
        short = len(path) + len(query) < _REMEMBERED
        return self._remembered(method, path, query) if short else self._found(method, path, query)

    def _found(self, method: str, path: str, query: str) -> Match:
        given: set[tuple[str, str]] | None = None
        known = False
        for routes, values in _walk(self._root, _segments(path), ()):
            known = True
            for route in routes:
                if route.method != method:
                    continue
                if route.query and given is None:
                    given = set(parse_qsl(query, keep_blank_values=True))
                if not route.query or (given is not None and given.issuperset(route.query)):
                    return Match(route.operation, _labels(route.names, values))
        if known:
            raise ServiceError("MethodNotAllowedException", f"The method {method} is not allowed for this resource.")
        raise ServiceError("UnknownOperationException", f"No operation of Lambda answers {method} {path}")


def _segments(path: str) -> tuple[str, ...]:
    """The raw segments; one slash at the end makes no difference, as older clients send it."""
    segments = tuple(path.split("/")[1:])
    return segments[:-1] if segments and not segments[-1] else segments


def _walk(
    node: _Node, rest: tuple[str, ...], values: tuple[str, ...]
) -> Iterator[tuple[list[_Route], tuple[str, ...]]]:
    """Every way through the tree that uses up the path, the most exact first."""
    if not rest:
        if node.routes:
            yield node.routes, values
        return
    first, *others = rest
    if first in node.literal:
        yield from _walk(node.literal[first], tuple(others), values)
    if node.label is not None and first:
        yield from _walk(node.label, tuple(others), (*values, first))
    if node.greedy is not None:
        for end in range(len(rest), 0, -1):
            yield from _walk(node.greedy, rest[end:], (*values, "/".join(rest[:end])))


def _labels(names: tuple[str, ...], values: tuple[str, ...]) -> dict[str, str]:
    try:
        return {name: unquote(value, errors="strict") for name, value in zip(names, values, strict=True)}
    except UnicodeDecodeError:
        raise ServiceError("SerializationException", "The path is not UTF-8.") from None
