"""``data/glossary.yaml`` and ``data/runtimes.yaml``: lists that nothing refers to by name yet."""

from tutor.content.fields import Fields, unique
from tutor.content.node import Node
from tutor.content.reading import Reading
from tutor.content.template import Scope
from tutor.content.texts import TextReading

_DAYS = ("deprecation", "block_create", "block_update")


def check_glossary(reading: TextReading) -> None:
    """Each term once, with what it means."""
    node = reading.yaml(reading.root / "data" / "glossary.yaml")
    if node is None:
        return
    fields = Fields(node, reading, "the glossary")
    terms = [_term(entry, reading) for entry in fields.items("terms")]
    fields.done()
    unique([term for term in terms if term is not None], reading, "term")


def _term(node: Node, reading: TextReading) -> Node | None:
    fields = Fields(node, reading, "a term")
    term = fields.text("term")
    reading.render(term, Scope())
    reading.render(fields.text("means"), Scope())
    fields.done()
    return term


def check_runtimes(reading: Reading) -> None:
    """Each runtime once, with its dates."""
    node = reading.yaml(reading.root / "data" / "runtimes.yaml")
    if node is None:
        return
    fields = Fields(node, reading, "the runtimes")
    fields.date("as_of")
    fields.url("source")
    runtimes = [_runtime(entry, reading) for entry in fields.items("runtimes")]
    fields.done()
    unique([runtime for runtime in runtimes if runtime is not None], reading, "runtime")


def _runtime(node: Node, reading: Reading) -> Node | None:
    fields = Fields(node, reading, "a runtime")
    name = fields.text("id")
    fields.text("os", must=False)
    for day in _DAYS:
        fields.date(day, must=False)
    fields.flag("blocked")
    fields.done()
    return name
