"""The small language of ``predicts:``, ``goal:`` and ``holds:``: a value, or one simple comparison. No code.

null, true, 3, "text", [..], {..}     equal to it
'not null'                            anything but null
'<= 3' '< 3' '>= 3' '> 3'             a number compared
'!= 200' '!= null' '== <= 3'          the number, null, true, false or text that follows
'contains boom'                       text (or a list) that holds it
"""

import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

_NUMERIC: Mapping[str, Callable[[float, float], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}
_WORDS: Mapping[str, Any] = {"null": None, "true": True, "false": False}
_GLUED = re.compile(r"(<=|>=|<|>|==|!=)-?[\d.]")


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", "").replace("_", ""))
    except ValueError:
        return None


def _is_number(seen: Any) -> bool:
    return isinstance(seen, (int, float)) and not isinstance(seen, bool)


def _equals(text: str, seen: Any) -> bool:
    number = _number(text)
    if number is not None and _is_number(seen):
        return bool(seen == number)
    if text in _WORDS and seen is _WORDS[text]:
        return True
    return isinstance(seen, str) and seen == text


def holds(expected: Any, seen: Any) -> bool:
    """Whether ``seen`` is what ``expected`` (a value or a comparison) says."""
    if not isinstance(expected, str):
        same_kind = isinstance(expected, bool) == isinstance(seen, bool)
        return bool(seen == expected) and same_kind
    if expected == "not null":
        return seen is not None
    word, _, rest = expected.partition(" ")
    if word in _NUMERIC:
        bound = _number(rest)
        return bound is not None and _is_number(seen) and _NUMERIC[word](seen, bound)
    if word == "==":
        return _equals(rest, seen)
    if word == "!=":
        return not _equals(rest, seen)
    if word == "contains":
        return isinstance(seen, (str, list, tuple)) and rest in seen
    return bool(seen == expected)


def misread(expected: Any) -> str | None:
    """What is wrong with a text that looks like a comparison and would never be read as one, or None."""
    if not isinstance(expected, str):
        return None
    word, _, rest = expected.partition(" ")
    if word in _NUMERIC and _number(rest) is None:
        return f"{expected!r} compares with no number; for the text itself write '== {expected}'"
    if _GLUED.match(expected):
        return f"{expected!r} lacks the blank after the sign; for the text itself write '== {expected}'"
    return None


def failing(expected: Mapping[str, Any], seen: Mapping[str, Any]) -> tuple[str, ...]:
    """Names, in order, whose observation is not as expected; a name that was not observed counts as null."""
    return tuple(name for name, value in expected.items() if not holds(value, seen.get(name)))


def all_hold(expected: Mapping[str, Any], seen: Mapping[str, Any]) -> bool:
    """Whether every named observation is as expected; a name that was not observed counts as null."""
    return not failing(expected, seen)
