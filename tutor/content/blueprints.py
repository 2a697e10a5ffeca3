"""``data/blueprints/``: exams, of which questions need the name and the numbers of the content domains."""

from collections.abc import Mapping

from tutor.content.node import Node
from tutor.content.texts import TextReading


def read_blueprints(reading: TextReading) -> Mapping[str, frozenset[int]]:
    """Name of each blueprint to the numbers of its content domains."""
    found = {}
    folder = reading.root / "data" / "blueprints"
    for path in sorted(folder.glob("*.yaml")):
        node = reading.yaml(path)
        if node is None:
            continue
        name, domains = node.child("name"), node.child("domains")
        if name is None or domains is None or not isinstance(domains.value, list):
            reading.at(node, "a blueprint must say name: and domains:, a list of mappings with number: and title:")
            continue
        found[str(name.value)] = frozenset(_numbers(domains, reading))
    return found


def _numbers(domains: Node, reading: TextReading) -> list[int]:
    numbers = []
    for entry in domains.value:
        number = entry.child("number")
        if number is None or not isinstance(number.value, int):
            reading.at(entry, "a content domain must say number:")
        else:
            numbers.append(number.value)
    return numbers
