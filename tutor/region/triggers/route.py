"""Which of an API's routes a path belongs to: the most specific wins."""

from collections.abc import Iterable, Mapping
from typing import TypeVar
from urllib.parse import unquote

Found = TypeVar("Found")
_STATIC, _PARAMETER, _GREEDY = range(3)


def parameters_of(pattern: str, path: str) -> dict[str, str] | None:
    """The path's parameters where it fits ``/users/{id}`` or ``/files/{proxy+}``; None where it does not."""
    wanted, given = pattern.strip("/").split("/"), path.strip("/").split("/")
    found: dict[str, str] = {}
    for place, part in enumerate(wanted):
        name = part[1:-1] if part.startswith("{") and part.endswith("}") else None
        if name is not None and name.endswith("+"):
            rest = "/".join(given[place:])
            return {**found, name[:-1]: unquote(rest)} if rest else None
        if place >= len(given) or (name is None and part != given[place]) or (name is not None and not given[place]):
            return None
        if name is not None:
            found[name] = unquote(given[place])
    return found if len(wanted) == len(given) else None


def chosen(path: str, method: str, routes: Iterable[tuple[str, str, Found]]) -> tuple[Found, Mapping[str, str]] | None:
    """The route (``method or ANY, pattern, what it leads to``) for a request, with the path's parameters."""
    best: tuple[tuple[tuple[int, ...], bool], Found, Mapping[str, str]] | None = None
    for wanted, pattern, leads_to in routes:
        parameters = parameters_of(pattern, path) if wanted in (method, "ANY") else None
        if parameters is None:
            continue
        rank = (tuple(_kind(part) for part in pattern.strip("/").split("/")), wanted == "ANY")
        if best is None or rank < best[0]:
            best = (rank, leads_to, parameters)
    return None if best is None else (best[1], best[2])


def _kind(part: str) -> int:
    if not part.startswith("{"):
        return _STATIC
    return _GREEDY if part.endswith("+}") else _PARAMETER
