"""``data/events/``: the event of each service that can trigger a function, a file each."""

from collections.abc import Mapping
from pathlib import Path
from typing import cast

from tutor.content.event_template import (
    INVOCATIONS,
    PERMISSIONS,
    STANDING,
    EventTemplate,
    Invocation,
    Permission,
    Setting,
    blanks,
)
from tutor.content.fields import Fields
from tutor.content.node import Node
from tutor.content.reading import Reading
from tutor.errors import ContentError
from tutor.usecases.nearest import nearest

FOLDER = "data/events"


def read_events(root: Path) -> Mapping[str, EventTemplate]:
    """All events by service. Raises ``ContentError`` with everything that is wrong in them."""
    reading = Reading(root)
    found = check_events(reading)
    if reading.problems:
        raise ContentError(reading.problems)
    return found


def read_event(root: Path, service: str) -> EventTemplate:
    """One service's event, which must be there. Raises ``ContentError``."""
    reading = Reading(root)
    found = _read(root / FOLDER / f"{service}.yaml", reading)
    if found is None or reading.problems:
        raise ContentError(reading.problems)
    return found


def services(root: Path) -> list[str]:
    """The services that have an event, by name."""
    return sorted(path.stem for path in (root / FOLDER).glob("*.yaml"))


def check_events(reading: Reading) -> Mapping[str, EventTemplate]:
    """Read every event strictly; those that are sound."""
    found = (_read(reading.root / FOLDER / f"{name}.yaml", reading) for name in services(reading.root))
    return {event.service: event for event in found if event is not None}


def _read(path: Path, reading: Reading) -> EventTemplate | None:
    node = reading.yaml(path)
    if node is None:
        return None
    before = len(reading.problems)
    event = _event(Fields(node, reading, "an event"))
    if event is not None:
        _check(event, node, path.stem, reading)
    return event if len(reading.problems) == before else None


def _event(fields: Fields) -> EventTemplate | None:
    settings = _settings(fields)
    polled = fields.one_of("invocation", INVOCATIONS)
    permission = fields.one_of("permission", PERMISSIONS)
    title, retries = fields.text("title"), fields.text("retries")
    principal, source_arn = fields.get("principal", (str,), must=True), fields.get("source_arn", (str,), must=True)
    service = fields.slug("service")
    source, as_of = fields.url("source"), fields.date("as_of")
    event = fields.get("event", (dict, list), must=True)
    fields.done()
    parts = (title, retries, principal, source_arn, service, event)
    if polled is None or permission is None or any(part is None for part in parts):
        return None
    plain = [part.plain for part in parts if part is not None]
    return EventTemplate(
        service=plain[4],
        title=plain[0],
        principal=plain[2],
        source_arn=plain[3],
        invocation=cast(Invocation, polled),
        permission=cast(Permission, permission),
        retries=plain[1],
        source=source,
        as_of=as_of,
        settings=settings,
        event=plain[5],
    )


def _settings(fields: Fields) -> Mapping[str, Setting]:
    node = fields.mapping("parameters")
    found: dict[str, Setting] = {}
    for name, child in node.value.items() if node is not None else ():
        setting = Fields(child, fields.reading, "a parameter")
        value, means = setting.get("value", (str, int), must=True), setting.text("means")
        setting.done()
        if value is not None and means is not None:
            found[name] = Setting(value.value, means.value)
    return found


def _check(event: EventTemplate, node: Node, stem: str, reading: Reading) -> None:
    """The file's name, and blanks that nothing fills in or parameters that fill in nothing."""
    if event.service != stem:
        reading.say(node.file, 1, "service", f"the service is called {event.service!r}, but its file {stem!r}")
    used = blanks(event.event) | blanks(event.source_arn)
    known = {*event.settings, *STANDING}
    for name in sorted(used - known):
        reading.say(node.file, node.line, "event", f"nothing fills in the blank {name!r}", nearest(name, known))
    for name in event.settings:
        if name not in used:
            reading.say(node.file, node.line, f"parameters.{name}", "no blank of the event has this name")
        if name in STANDING:
            reading.say(node.file, node.line, f"parameters.{name}", "this name is every event's already")
    if (event.permission == "execution-role") != (event.invocation == "polled"):
        reading.say(node.file, node.line, "permission", "a polled source needs the execution role, and no other does")
