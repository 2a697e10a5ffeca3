"""Interleaving: neighbours differ in topic wherever that can be. Mixed practice is remembered better than blocks."""

from collections.abc import Callable, Sequence
from typing import TypeVar

Item = TypeVar("Item")


def interleaved(items: Sequence[Item], topic: Callable[[Item], str]) -> tuple[Item, ...]:
    """The items so that neighbours differ in topic: of the others the topic with the most left goes next.

    Within a topic, and among topics with as many left, the order stays.
    """
    by_topic: dict[str, list[Item]] = {}
    for item in items:
        by_topic.setdefault(topic(item), []).append(item)
    mixed: list[Item] = []
    before = ""
    while by_topic:
        others = [one for one in by_topic if one != before] or list(by_topic)
        before = max(others, key=lambda one: len(by_topic[one]))
        mixed.append(by_topic[before].pop(0))
        if not by_topic[before]:
            del by_topic[before]
    return tuple(mixed)


def topic_of(question_id: str) -> str:
    """The topic is the first part of a question's id."""
    return question_id.split("/", maxsplit=1)[0]
