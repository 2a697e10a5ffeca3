"""The keys of one mapping: each is asked for once, and what is missing, wrong or unknown is noted."""

import re
from collections.abc import Callable, Collection, Iterable
from datetime import date
from urllib.parse import urlsplit

from tutor.content.node import Node, kind_of
from tutor.content.reading import Reading
from tutor.usecases.nearest import nearest

ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
"""Ids: lower-case words joined by hyphens."""


class Fields:
    """Reads the mapping ``node`` key by key; ``done`` notes the keys that nobody asked for."""

    def __init__(self, node: Node, reading: Reading, what: str) -> None:
        self.node, self.reading, self.what = node, reading, what
        self.asked: set[str] = set()
        self.sound = isinstance(node.value, dict)
        if not self.sound:
            reading.at(node, f"{what} must be a mapping, not {kind_of(node.value)}")

    def get(self, name: str, kinds: tuple[type, ...], must: bool) -> Node | None:
        """The value under ``name`` where it is of one of ``kinds``; else None; it ``must`` be there or not."""
        self.asked.add(name)
        child = self.node.child(name)
        if child is None:
            if must and self.sound:
                self._missing(name)
            return None
        if isinstance(child.value, kinds) and not (isinstance(child.value, bool) and bool not in kinds):
            return child
        wanted = " or ".join(kind_of(kind()) for kind in kinds)
        self.reading.at(child, f"{name} must be {wanted}, not {kind_of(child.value)}")
        return None

    def _missing(self, name: str) -> None:
        near = nearest(name, [key for key in self.node.value if key not in self.asked])
        key = f"{self.node.key}.{name}" if self.node.key else name
        self.reading.say(self.node.file, self.node.line, key, f"{self.what} must say {name}:", near)

    def text(self, name: str, must: bool = True) -> Node | None:
        """A text that is not empty."""
        node = self.get(name, (str,), must)
        if node is not None and not node.value.strip():
            self.reading.at(node, f"{name} is empty")
            return None
        return node

    def whole(self, name: str, least: int, most: int, must: bool = True) -> int | None:
        """A whole number within a range."""
        node = self.get(name, (int,), must)
        if node is not None and not least <= node.value <= most:
            self.reading.at(node, f"{name} must be from {least:,} to {most:,}, not {node.value:,}")
            return None
        return None if node is None else int(node.value)

    def flag(self, name: str) -> bool | None:
        """true or false, or None where it is left out."""
        node = self.get(name, (bool,), must=False)
        return None if node is None else bool(node.value)

    def number(self, name: str) -> Node | None:
        """Any number."""
        return self.get(name, (int, float), must=True)

    def mapping(self, name: str, must: bool = True) -> Node | None:
        """A mapping."""
        return self.get(name, (dict,), must)

    def items(self, name: str, must: bool = True, least: int = 1) -> list[Node]:
        """The entries of a list; an empty list where there is none."""
        node = self.get(name, (list,), must)
        if node is not None and len(node.value) < least:
            self.reading.at(node, f"{name} must have at least {least} {'entry' if least == 1 else 'entries'}")
        return [] if node is None else list(node.value)

    def names(self, name: str, must: bool = True, least: int = 1) -> list[Node]:
        """A list of texts, none of them twice."""
        return unique(
            [node for node in self.items(name, must, least) if is_text(node, self.reading)], self.reading, "entry"
        )

    def one_of(self, name: str, valid: Collection[str], must: bool = True) -> str | None:
        """One of a few words."""
        node = self.text(name, must)
        if node is not None and node.value not in valid:
            near = nearest(node.value, valid)
            self.reading.at(node, f"{name} must be one of {', '.join(valid)}, not {node.value!r}", near)
            return None
        return None if node is None else str(node.value)

    def date(self, name: str, must: bool = True) -> str:
        """An ISO date."""
        node = self.text(name, must)
        return "" if node is None else self._checked(node, _is_date, "a date such as 2026-11-20")

    def url(self, name: str) -> str:
        """An address that begins with https://."""
        node = self.text(name)
        return "" if node is None else self._checked(node, _is_url, "an address that begins with https://")

    def slug(self, name: str) -> Node | None:
        """An id: lower-case words joined by hyphens."""
        node = self.text(name)
        return node if node is not None and is_slug(node, self.reading) else None

    def _checked(self, node: Node, sound: Callable[[str], bool], wanted: str) -> str:
        if not sound(node.value):
            self.reading.at(node, f"{node.key.rpartition('.')[2]} must be {wanted}, not {node.value!r}")
        return str(node.value)

    def forbid(self, names: Iterable[str], because: str) -> None:
        """Note each of ``names`` that is here although it has no place here."""
        for name in names:
            self.asked.add(name)
            child = self.node.child(name)
            if child is not None:
                self.reading.say(child.file, child.key_line, child.key, f"{name}: has no place here: {because}")

    def done(self) -> None:
        """Note the keys that nobody asked for, each with the nearest valid one."""
        if not self.sound:
            return
        absent = [name for name in self.asked if name not in self.node.value]
        for name, child in self.node.value.items():
            if name not in self.asked:
                near = nearest(name, absent) or nearest(name, self.asked)
                message = f"{self.what} knows no key {name!r}"
                self.reading.say(child.file, child.key_line, child.key, message, near)


def is_text(node: Node, reading: Reading) -> bool:
    """Whether ``node`` is a text with something in it; a problem where it is not."""
    if isinstance(node.value, str) and node.value.strip():
        return True
    reading.at(node, f"this must be a text, not {kind_of(node.value)}")
    return False


def is_slug(node: Node, reading: Reading) -> bool:
    """Whether ``node`` is an id; a problem where it is not."""
    if ID.fullmatch(node.value):
        return True
    reading.at(node, f"{node.value!r} is no id: lower-case words joined by hyphens")
    return False


def unique(nodes: list[Node], reading: Reading, what: str) -> list[Node]:
    """``nodes`` without those whose text was there before; each of these is a problem."""
    first: dict[str, Node] = {}
    for node in nodes:
        before = first.setdefault(node.value, node)
        if before is not node:
            where = f"line {before.line}" if before.file == node.file else f"{before.file}:{before.line}"
            reading.at(node, f"the {what} {node.value!r} is here twice; it stands in {where} already")
    return list(first.values())


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme == "https" and "." in parts.netloc and not re.search(r"\s", text)
