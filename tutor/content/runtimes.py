"""The runtimes that AWS has or had, from ``data/runtimes.yaml``."""

from datetime import date
from pathlib import Path

from tutor.awslambda.runtime import Runtime, Runtimes
from tutor.content.fields import Fields
from tutor.content.lists import check_runtimes
from tutor.content.node import Node
from tutor.content.reading import Reading
from tutor.errors import ContentError


def read_runtimes(root: Path) -> Runtimes:
    """The runtimes under the content root ``root``. Raises ``ContentError`` with everything wrong in the file."""
    reading = Reading(root)
    check_runtimes(reading)
    node = reading.yaml(root / "data" / "runtimes.yaml")
    if reading.problems or node is None:
        raise ContentError(reading.problems)
    entries = Fields(node, reading, "the runtimes").items("runtimes")
    return Runtimes(tuple(_runtime(Fields(entry, reading, "a runtime"), entry) for entry in entries))


def _runtime(fields: Fields, node: Node) -> Runtime:
    return Runtime(
        id=str(node.value["id"].value),
        deprecation=_day(fields.date("deprecation", must=False)),
        block_create=_day(fields.date("block_create", must=False)),
        blocked=bool(fields.flag("blocked")),
        block_update=_day(fields.date("block_update", must=False)),
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
