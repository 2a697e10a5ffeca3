"""Reads ``data/quotas.yaml`` and ``data/pricing.yaml`` themselves, when what is kept of them is stale."""

import re
from pathlib import Path

from tutor.content.fields import Fields
from tutor.content.figure import Figure, Figures, Past
from tutor.content.node import Node
from tutor.content.reading import Reading

_NAME = re.compile(r"[a-z][a-z0-9_]*")


def parse_figures(source: Path, file: str) -> Figures:
    """All sound figures of the file ``source``, and what is wrong with others. ``file`` is its name in problems."""
    reading = Reading(source.parents[len(Path(file).parts) - 1])
    root = reading.yaml(source)
    figures: dict[str, Figure] = {}
    if root is not None and not isinstance(root.value, dict):
        reading.at(root, "this file must be a mapping of names to figures")
    elif root is not None:
        for name, node in root.value.items():
            figure = _figure(name, node, reading)
            if figure is not None:
                figures[name] = figure
    return Figures(file, figures, tuple(reading.problems))


def _figure(name: str, node: Node, reading: Reading) -> Figure | None:
    before = len(reading.problems)
    if not _NAME.fullmatch(name):
        reading.say(node.file, node.key_line, node.key, f"{name!r} is no name: lower-case words joined by underscores")
    fields = Fields(node, reading, "a figure")
    value, unit = fields.number("value"), fields.text("unit")
    as_of, source = fields.date("as_of"), fields.url("source")
    history = tuple(_past(entry, reading) for entry in fields.items("history", must=False))
    verified = fields.flag("verified")
    fields.done()
    if len(reading.problems) > before or value is None or unit is None:
        return None
    return Figure(value.value, unit.value, as_of, source, history, verified is not False)


def _past(node: Node, reading: Reading) -> Past:
    fields = Fields(node, reading, "an entry of history")
    value, until = fields.number("value"), fields.date("until", must=False)
    fields.flag("verified")
    fields.done()
    return Past(value.value if value else 0, until or None)
