"""One constraint of the model on one value: a test, and AWS's words for it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from botocore.model import Shape

NOT_NULL = "Member must not be null"

_NUMBERS = frozenset({"integer", "long", "double", "float"})
_ENUMS: dict[str, tuple[str, ...]] = {
    "EventSourcePosition": ("LATEST", "AT_TIMESTAMP", "TRIM_HORIZON"),
    "InvokeMode": ("RESPONSE_STREAM", "BUFFERED"),
    "RecursiveLoop": ("Terminate", "Allow"),
}
"""The order in which the service tells some values, where recordings show another one than the model's."""

_SEPARATORS = " \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_PROPERTIES = {r"\p{L}": r"\w", r"\p{N}": r"\w", r"\p{Z}": _SEPARATORS}
r"""Unicode properties in the model's patterns, in Python's words. ``\w`` is letters, numbers and ``_``: right wherever
letters, numbers and ``_`` stand together, as they do in the model."""


@dataclass(frozen=True)
class Rule:
    """A constraint. ``place`` is where it stands when all of an element's constraints are told."""

    holds: Callable[[Any], bool]
    text: str
    place: int


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """A pattern of the model, which is Java's: to be matched against a whole value, ``\\d`` and the like are ASCII."""
    if r"\p{" not in pattern:
        return re.compile(pattern, re.ASCII)
    for java, python in _PROPERTIES.items():
        pattern = pattern.replace(java, python)
    return re.compile(pattern)


def rules_of(shape: Shape) -> tuple[Rule, ...]:
    """The rules of a shape's own value, not of what it holds."""
    return _rules(shape.name, shape.type_name, _Traits.of(shape))


@dataclass(frozen=True)
class _Traits:
    enum: tuple[str, ...]
    pattern: str | None
    least: float | None
    most: float | None

    @classmethod
    def of(cls, shape: Shape) -> "_Traits":
        traits = shape.metadata
        return cls(tuple(traits.get("enum", ())), traits.get("pattern"), traits.get("min"), traits.get("max"))


@cache
def _rules(name: str, kind: str, traits: _Traits) -> tuple[Rule, ...]:
    rules = []
    if traits.enum:
        told = _ENUMS.get(name, ())
        values = told if set(told) == set(traits.enum) else traits.enum
        text = f"Member must satisfy enum value set: [{', '.join(values)}]"
        rules.append(Rule(frozenset(values).__contains__, text, 0))
    if traits.pattern is not None:
        rules.append(_pattern_rule(traits.pattern))
    if kind != "structure":
        rules.extend(_bounds(kind, traits))
    return tuple(rules)


def _pattern_rule(pattern: str) -> Rule:
    compiled = compile_pattern(pattern)
    text = f"Member must satisfy regular expression pattern: {pattern}"
    return Rule(lambda value: compiled.fullmatch(value) is not None, text, 3)


def _bounds(kind: str, traits: _Traits) -> list[Rule]:
    """The bounds of a number's value, or of the length of anything else."""
    rules, least, most = [], traits.least, traits.most
    number = kind in _NUMBERS
    noun = "value" if number else "length"
    if most is not None:
        text = f"Member must have {noun} less than or equal to {_told(kind, most)}"
        rules.append(Rule((lambda value: value <= most) if number else (lambda value: len(value) <= most), text, 1))
    if least is not None:
        text = f"Member must have {noun} greater than or equal to {_told(kind, least)}"
        rules.append(Rule((lambda value: value >= least) if number else (lambda value: len(value) >= least), text, 2))
    return rules


def _told(kind: str, bound: float) -> str:
    return str(float(bound)) if kind in ("double", "float") else str(int(bound))
