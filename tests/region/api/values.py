"""Hypothesis strategies for values of the model's shapes: what it allows, and what it just does not."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from botocore.model import Shape
from hypothesis import strategies as st

from tutor.region.api.rule import compile_pattern

Known = Mapping[str, Sequence[Any]]
"""Values worth trying for members of these names, such as names of functions that exist."""

_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r\n"), max_size=20)
_MOST_ITEMS = 3
_LONGEST = 3000
"""A bound on length above this is not tried from above: the request would only become big."""

_BITS = {"integer": 31, "long": 63}


class Values:
    """Strategies by shape, each made once. ``known`` values are tried for members of their names, half of the time."""

    def __init__(self, known: Known | None = None) -> None:
        self._known = known or {}
        self._made: dict[str, st.SearchStrategy[Any]] = {}
        self._kinds: dict[str, Callable[[Shape], st.SearchStrategy[Any]]] = {
            "structure": self._structures,
            "list": self._lists,
            "map": self._maps,
            "integer": _integers,
            "long": _integers,
            "double": _doubles,
            "float": _doubles,
            "string": _strings,
            "boolean": lambda shape: st.booleans(),
            "timestamp": lambda shape: _TIMES,
            "blob": lambda shape: st.binary(max_size=40),
        }

    def of(self, shape: Shape) -> st.SearchStrategy[Any]:
        """Values that the model allows for a shape, as botocore's callers write them."""
        if shape.name not in self._made:
            self._made[shape.name] = st.deferred(lambda: self._made[shape.name])  # a shape may hold itself
            self._made[shape.name] = self._kinds[shape.type_name](shape)
        return self._made[shape.name]

    def parameters(self, shape: Shape | None) -> st.SearchStrategy[dict[str, Any]]:
        """What the model allows as an operation's parameters."""
        return st.just({}) if shape is None else self.of(shape)

    def _structures(self, shape: Shape) -> st.SearchStrategy[Any]:
        members = {name: self._member(name, member) for name, member in shape.members.items()}
        required = {name: members.pop(name) for name in shape.required_members}
        return st.fixed_dictionaries(required, optional=members)

    def _member(self, name: str, member: Shape) -> st.SearchStrategy[Any]:
        if member.serialization.get("location") == "header" and member.type_name == "string" and not member.metadata:
            return _HEADERS
        return st.sampled_from(self._known[name]) | self.of(member) if name in self._known else self.of(member)

    def _lists(self, shape: Shape) -> st.SearchStrategy[Any]:
        least, most = _sizes(shape)
        return st.lists(self.of(shape.member), min_size=least, max_size=most)

    def _maps(self, shape: Shape) -> st.SearchStrategy[Any]:
        least, most = _sizes(shape)
        enum = shape.key.metadata.get("enum")
        least = min(least, len(enum)) if enum else least
        return st.dictionaries(self.of(shape.key), self.of(shape.value), min_size=least, max_size=most)


def _sizes(shape: Shape) -> tuple[int, int]:
    least = int(shape.metadata.get("min", 0))
    most = min(int(shape.metadata.get("max", _MOST_ITEMS)), max(least, _MOST_ITEMS))
    return least, most


_HEADERS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=20)
_TIMES = st.integers(0, 2**32).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


def _strings(shape: Shape) -> st.SearchStrategy[Any]:
    if shape.metadata.get("enum"):
        return st.sampled_from(shape.metadata["enum"])
    least, most = int(shape.metadata.get("min", 0)), int(shape.metadata.get("max", 1 << 30))
    pattern = shape.metadata.get("pattern")
    if pattern is None:
        return _TEXT.map(lambda text: text.ljust(least, "x")[:most])
    compiled = compile_pattern(pattern)
    return (
        st.from_regex(compiled, fullmatch=True)
        .map(_plain)
        .filter(lambda text: least <= len(text) <= most and bool(compiled.fullmatch(text)) and text == text.strip())
    )


def _plain(text: str) -> str:
    """Control characters in what ``.`` allows are replaced: no header or query carries them as they are."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]", "-", text)


def _integers(shape: Shape) -> st.SearchStrategy[Any]:
    bits = _BITS[shape.type_name]
    return st.integers(int(shape.metadata.get("min", -(2**bits))), int(shape.metadata.get("max", 2**bits - 1)))


def _doubles(shape: Shape) -> st.SearchStrategy[Any]:
    least, most = shape.metadata.get("min", -1e9), shape.metadata.get("max", 1e9)
    return st.floats(least, most, allow_nan=False, allow_infinity=False)


def just_wrong(shape: Shape) -> list[Any]:
    """Values of a shape's own type that the model just does not allow; empty where it allows all of them."""
    traits, kind = shape.metadata, shape.type_name
    if kind in ("integer", "long", "double", "float"):
        return [bound + step for bound, step in ((traits.get("min"), -1), (traits.get("max"), 1)) if bound is not None]
    if kind == "string":
        return _wrong_strings(traits)
    if kind == "list" and int(traits.get("max", _LONGEST)) < _LONGEST and shape.member.type_name == "string":
        return [["x"] * (int(traits["max"]) + 1)]
    return []


def _wrong_strings(traits: Mapping[str, Any]) -> list[Any]:
    wrong = ["no such value"] if traits.get("enum") else []
    if traits.get("min", 0) > 1:
        wrong.append("x" * (int(traits["min"]) - 1))
    if int(traits.get("max", _LONGEST)) < _LONGEST:
        wrong.append("x" * (int(traits["max"]) + 1))
    pattern = traits.get("pattern")
    if pattern is not None and not compile_pattern(pattern).fullmatch("a b!é"):
        wrong.append("a b!é")
    return wrong
