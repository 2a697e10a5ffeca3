"""What a number of ``data/quotas.yaml`` or ``data/pricing.yaml`` touches: questions, claims, lessons and labs.

Changing a number changes every text that names it, and may change the key of a question that is computed from it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, TemplateSyntaxError, nodes

from tutor.content.figure import Figure, Number
from tutor.content.figures_file import parse_figures
from tutor.content.node import Node
from tutor.content.reading import Reading, folders_in
from tutor.errors import UsageError
from tutor.usecases.nearest import did_you_mean

_TELLING, _FIGURES = 500, 3
"""Numbers from here on, with so many figures before their noughts, are rare enough that the same one may be meant."""
_ROOTS = ("quota", "price", "old")
_DECIDES = re.compile(r"(^|\.)(predicts|change|goal|seeds|given|holds)(\[|\.|$)")
_ENVIRONMENT = Environment(autoescape=True)


@dataclass(frozen=True)
class Touched:
    """One thing that a number touches.

    ``kind`` is question, claim, lesson or lab. ``how``: "key" where the number decides what is compared, "wording"
    where a text prints it, "typed" where a question or its experiment has the same number written out, which may be
    this one, and "claim" where only a claim names it that the question, lesson or lab is about.
    """

    kind: str
    id: str
    how: str
    file: str
    why: str


def touches(root: Path, name: str) -> tuple[Touched, ...]:
    """Everything under ``root`` that the number ``name`` touches, by kind and id.

    Raises ``UsageError`` for a name that stands in neither of the two files.
    """
    known = {key: figure for part in ("quotas", "pricing") for key, figure in _figures_of(root, part).items()}
    if name not in known:
        near = did_you_mean(name, known)
        raise UsageError(f"There is no number {name!r} in data/quotas.yaml or data/pricing.yaml{near}.")
    claims = {found.id: found for found in _claims(root, name)}
    others = (*_questions(root, name, known[name].value, claims), *_lessons(root, name, claims))
    return tuple(sorted((*claims.values(), *others), key=lambda found: (found.kind, found.id)))


def _figures_of(root: Path, part: str) -> Mapping[str, Figure]:
    file = f"data/{part}.yaml"
    return parse_figures(root / file, file).by_name


def _claims(root: Path, name: str) -> Iterator[Touched]:
    for path in sorted((root / "data" / "claims").glob("*/claims.yaml")):
        reading = Reading(root)
        node = reading.yaml(path)
        for claim in node.value if node is not None and isinstance(node.value, list) else ():
            places = _places(claim, name)
            named = claim.child("id")
            if places and named is not None:
                yield Touched("claim", str(named.value), _how(places), reading.name(path), _said(places))


def _questions(root: Path, name: str, value: Number, claims: dict[str, Touched]) -> Iterator[Touched]:
    for path in sorted((root / "scenarios").glob("*/*/scenario.yaml")):
        reading = Reading(root)
        node = reading.yaml(path)
        if node is not None:
            found = _touched(node, name, _typed(path, value), claims)
            if found is not None:
                how, why = found
                id_ = f"{path.parent.parent.name}/{path.parent.name}"
                yield Touched("question", id_, how, reading.name(path), why)


def _lessons(root: Path, name: str, claims: dict[str, Touched]) -> Iterator[Touched]:
    for unit in folders_in(root / "lessons"):
        for lesson in folders_in(unit):
            id_ = f"{unit.name}/{lesson.name}"
            yield from _course_part("lesson", id_, root, (lesson / "lesson.md",), name, claims)
            for lab in folders_in(lesson / "labs"):
                files = (lab / "lab.yaml", lab / "hints.md")
                yield from _course_part("lab", f"{id_}/{lab.name}", root, files, name, claims)


def _course_part(
    kind: str, id_: str, root: Path, files: tuple[Path, ...], name: str, claims: dict[str, Touched]
) -> Iterator[Touched]:
    """A lesson or lab: its files are templates as a whole."""
    texts = [path.read_text(encoding="utf-8") for path in files if path.is_file()]
    file = files[0].relative_to(root).as_posix()
    listed = sorted(claim for claim in claims for text in texts[:1] if claim in _front(text))
    if any(name in _figures(text) for text in texts):
        yield Touched(kind, id_, "wording", file, "its text prints the number")
    elif listed:
        yield Touched(kind, id_, "claim", file, f"it is about {', '.join(listed)}")


def _front(text: str) -> str:
    """Where claims are listed: the front matter of a lesson, the whole of a lab."""
    parts = text.split("---\n", 2)
    return parts[1] if text.startswith("---\n") and len(parts) == 3 else text


def _touched(node: Node, name: str, typed: str, claims: dict[str, Touched]) -> tuple[str, str] | None:
    places = _places(node, name)
    if places:
        return _how(places), "; ".join(filter(None, (_said(places), typed)))
    if typed:
        return "typed", typed
    asked = node.child("claims")
    listed = [claim.value for claim in asked.value if claim.value in claims] if asked is not None else []
    return ("claim", f"it asks {', '.join(listed)}") if listed else None


def _typed(scenario: Path, value: Number) -> str:
    """Where the question or its experiment has the number itself; nothing for a number too small to be told apart."""
    if not isinstance(value, int) or value < _TELLING or len(str(value).rstrip("0")) < _FIGURES:
        return ""
    written = re.compile(rf"(?<![\w.,-]){'[,_]?'.join(reversed(_thousands(value)))}(?![\w-]|[.,]\d)")
    places = [
        f"{path.name} line {number}"
        for path in (scenario, scenario.with_name("experiment.py"))
        if path.is_file()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if written.search(line)
    ]
    return f"{value} is written out in {', '.join(places)}" if places else ""


def _thousands(value: int) -> list[str]:
    """The digits by threes, the last ones first."""
    digits = str(value)
    return [digits[max(0, end - 3) : end] for end in range(len(digits), 0, -3)]


def _places(node: Node, name: str) -> list[str]:
    """The keys of the texts in ``node`` that name the number."""
    return [text.key for text in node.texts() if name in _figures(text.value)]


def _how(places: list[str]) -> str:
    return "key" if any(_DECIDES.search(place) for place in places) else "wording"


def _said(places: list[str]) -> str:
    return f"named in {', '.join(places)}"


def _figures(text: str) -> set[str]:
    """The names of figures that a template reads; none where it is no template."""
    if "{{" not in text and "{%" not in text:
        return set()
    try:
        tree = _ENVIRONMENT.parse(text)
    except (TemplateSyntaxError, RecursionError):
        return set()
    found = {read.attr for read in tree.find_all(nodes.Getattr) if _is_root(read.node)}
    items = [read.arg for read in tree.find_all(nodes.Getitem) if _is_root(read.node)]
    return found | {str(item.value) for item in items if isinstance(item, nodes.Const)}


def _is_root(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Name) and node.name in _ROOTS
