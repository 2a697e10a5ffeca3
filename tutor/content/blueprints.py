"""``data/blueprints/``: exams, as their guides describe them."""

from collections.abc import Mapping
from pathlib import Path

from tutor.content.fields import Fields, unique
from tutor.content.node import Node
from tutor.content.texts import TextReading
from tutor.study.blueprint import Blueprint, ContentDomain

_COUNTS = ("questions", "minutes", "scored", "unscored", "pass_mark")
WHOLE = 100
"""The weights of an exam's content domains, in percent, add up to this."""


def read_blueprints(reading: TextReading) -> Mapping[str, Blueprint]:
    """The sound blueprints, by name."""
    names: list[Node] = []
    found: dict[str, Blueprint] = {}
    for path in sorted((reading.root / "data" / "blueprints").glob("*.yaml")):
        name, blueprint = _blueprint(path, reading)
        if name is not None and blueprint is not None:
            names.append(name)
            found[name.value] = blueprint
    unique(names, reading, "blueprint")
    return found


def blueprint_names(reading: TextReading) -> frozenset[str]:
    """The names of all blueprints, sound or not: what refers to a broken one is not wrong for that."""
    nodes = (reading.yaml(path) for path in sorted((reading.root / "data" / "blueprints").glob("*.yaml")))
    names = (node.child("name") for node in nodes if node is not None)
    return frozenset(name.value for name in names if name is not None and isinstance(name.value, str))


def _blueprint(path: Path, reading: TextReading) -> tuple[Node | None, Blueprint | None]:
    node = reading.yaml(path)
    if node is None:
        return None, None
    before = len(reading.problems)
    fields = Fields(node, reading, "a blueprint")
    name, title = fields.text("name"), fields.text("title")
    as_of, source = fields.date("as_of"), fields.url("source")
    since, until = fields.date("delivered_from", must=False), fields.date("delivered_until", must=False)
    counts = {key: fields.whole(key, 0, 1000) or 0 for key in _COUNTS}
    scale = [entry.value for entry in fields.items("scale", least=2)]
    fields.text("scoring_rule")
    fields.text("wrong_answers", must=False)
    domains = _domains(fields, reading)
    fields.done()
    _check_counts(node, counts, reading)
    if len(reading.problems) > before or name is None or title is None:
        return name, None
    least, most = scale
    blueprint = Blueprint(
        name=name.value,
        title=title.value,
        scale=(least, most),
        domains=domains,
        as_of=as_of,
        source=source,
        delivered_from=since or None,
        delivered_until=until or None,
        questions=counts["questions"],
        minutes=counts["minutes"],
        scored=counts["scored"],
        unscored=counts["unscored"],
        pass_mark=counts["pass_mark"],
    )
    return name, blueprint


def _check_counts(node: Node, counts: Mapping[str, int], reading: TextReading) -> None:
    at = node.child("questions")
    if at is not None and counts["questions"] != counts["scored"] + counts["unscored"]:
        told = f"{counts['scored']} scored and {counts['unscored']} unscored"
        reading.at(at, f"questions is {counts['questions']}, but there are {told}")


def _domains(blueprint: Fields, reading: TextReading) -> tuple[ContentDomain, ...]:
    domains = [_domain(entry, reading) for entry in blueprint.items("domains")]
    numbers = [domain.number for domain in domains if domain.number]
    weights = [domain.weight for domain in domains]
    at = blueprint.node.child("domains")
    if at is not None and len(set(numbers)) != len(numbers):
        reading.at(at, "two content domains have the same number")
    if at is not None and all(weights) and weights and sum(weights) != WHOLE:
        reading.at(at, f"the weights add up to {sum(weights)}, not to {WHOLE}")
    return tuple(domains)


def _domain(entry: Node, reading: TextReading) -> ContentDomain:
    fields = Fields(entry, reading, "a content domain")
    number, weight = fields.whole("number", 1, 20) or 0, fields.whole("weight", 1, WHOLE) or 0
    title, tasks = fields.text("title"), fields.mapping("tasks", must=False)
    for task, told in (tasks.value if tasks is not None else {}).items():
        if not str(task).startswith(f"{number}.") or not isinstance(told.value, str):
            reading.at(told, f'a task of content domain {number} is written as "{number}.1": what it is about')
    fields.done()
    return ContentDomain(number, title.value if title else "", weight, tasks.plain if tasks is not None else {})
