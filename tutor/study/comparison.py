"""The small language of ``predicts:``, ``goal:`` and ``holds:``: a value, or one simple comparison. No code.

    null, true, 3, "text", [..], {..}     equal to it
    'not null'                            anything but null
    '<= 3' '< 3' '>= 3' '> 3' '!= 3'      a number compared (also with text after ``==`` and ``!=``)
    '== <= 3'                             the literal text that follows ``== ``
    'contains boom'                       text (or a list) that holds it
"""

import operator
from collections.abc import Callable, Mapping
from typing import Any

_NUMERIC: Mapping[str, Callable[[float, float], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", "").replace("_", ""))
    except ValueError:
        return None


def _equals(text: str, seen: Any) -> bool:
    number = _number(text)
    if number is not None and isinstance(seen, (int, float)) and not isinstance(seen, bool):
        return bool(seen == number)
    return str(seen) == text


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
        comparable = isinstance(seen, (int, float)) and not isinstance(seen, bool)
        return bound is not None and comparable and _NUMERIC[word](seen, bound)
    if word == "==":
        return _equals(rest, seen)
    if word == "!=":
        return not _equals(rest, seen)
    if word == "contains":
        return isinstance(seen, (str, list, tuple)) and rest in seen
    return bool(seen == expected)


def all_hold(expected: Mapping[str, Any], seen: Mapping[str, Any]) -> bool:
    """Whether every named observation is as expected; a name that was not observed counts as null."""
    return all(holds(value, seen.get(name)) for name, value in expected.items())
