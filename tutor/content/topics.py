"""``data/topics.yaml``: the topics of claims and questions, and the prefix of each topic's claims."""

from dataclasses import dataclass

from tutor.content.fields import Fields, unique
from tutor.content.template import Scope
from tutor.content.texts import TextReading


@dataclass(frozen=True)
class Topic:
    """A topic; the ids of its claims are ``<prefix>-001`` and so on."""

    id: str
    title: str
    prefix: str


def read_topics(reading: TextReading) -> tuple[Topic, ...]:
    """The topics, in order; the sound ones where something is wrong."""
    node = reading.yaml(reading.root / "data" / "topics.yaml")
    if node is None:
        return ()
    fields = Fields(node, reading, "this file")
    entries = [Fields(entry, reading, "a topic") for entry in fields.items("topics")]
    fields.done()
    topics, ids, prefixes = [], [], []
    for entry in entries:
        name, title, prefix = entry.slug("id"), entry.text("title"), entry.text("prefix")
        entry.done()
        if name is not None and prefix is not None:
            ids.append(name)
            prefixes.append(prefix)
            topics.append(Topic(name.value, reading.render(title, Scope()), prefix.value))
    unique(ids, reading, "topic")
    unique(prefixes, reading, "prefix")
    return tuple(topics)
