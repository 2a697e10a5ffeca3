"""``data/blueprints/``: exams, of which questions need the name and the numbers of the content domains."""

from collections.abc import Mapping
from pathlib import Path

from tutor.content.fields import Fields, unique
from tutor.content.node import Node
from tutor.content.texts import TextReading

_COUNTS = ("questions", "minutes", "scored", "unscored", "pass_mark")
WHOLE = 100
"""The weights of an exam's content domains, in percent, add up to this."""


def read_blueprints(reading: TextReading) -> Mapping[str, frozenset[int]]:
    """Name of each sound blueprint to the numbers of its content domains."""
    names: list[Node] = []
    found: dict[str, frozenset[int]] = {}
    for path in sorted((reading.root / "data" / "blueprints").glob("*.yaml")):
        name, numbers = _blueprint(path, reading)
        if name is not None:
            names.append(name)
            found[name.value] = numbers
    unique(names, reading, "blueprint")
    return found


def _blueprint(path: Path, reading: TextReading) -> tuple[Node | None, frozenset[int]]:
    node = reading.yaml(path)
    if node is None:
        return None, frozenset()
    fields = Fields(node, reading, "a blueprint")
    name = fields.text("name")
    fields.text("title")
    fields.date("as_of")
    fields.url("source")
    for key in ("delivered_from", "delivered_until"):
        fields.date(key, must=False)
    for key in _COUNTS:
        fields.whole(key, 0, 1000)
    fields.items("scale", least=2)
    fields.text("scoring_rule")
    fields.text("wrong_answers", must=False)
    numbers = _domains(fields, reading)
    fields.done()
    return name, numbers


def _domains(blueprint: Fields, reading: TextReading) -> frozenset[int]:
    numbers, weights = [], []
    for entry in blueprint.items("domains"):
        fields = Fields(entry, reading, "a content domain")
        numbers.append(fields.whole("number", 1, 20))
        weights.append(fields.whole("weight", 1, WHOLE))
        fields.text("title")
        fields.done()
    known = [number for number in numbers if number is not None]
    at = blueprint.node.child("domains")
    if at is not None and len(set(known)) != len(known):
        reading.at(at, "two content domains have the same number")
    if at is not None and None not in weights and weights and sum(filter(None, weights)) != WHOLE:
        reading.at(at, f"the weights add up to {sum(filter(None, weights))}, not to {WHOLE}")
    return frozenset(known)
