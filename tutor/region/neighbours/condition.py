"""The condition operators of IAM policies. Pure. Source: IAM user guide, "Condition operators"."""

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import Any

Values = str | int | float | bool | Sequence[str]
Test = Callable[[str, str], bool]
Fill = Callable[[str], str | None]


@lru_cache(maxsize=4096)
def _like(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".") + r"\Z", re.DOTALL)


def _string_like(held: str, wanted: str) -> bool:
    return _like(wanted).match(held) is not None


def _arn_like(held: str, wanted: str) -> bool:
    """Part by part, so that a ``*`` in one part of an ARN does not reach into the next."""
    parts, patterns = held.split(":", 5), wanted.split(":", 5)
    if wanted == "*":
        return True
    return len(parts) == len(patterns) and all(map(_string_like, parts, patterns))


def _moment(text: str) -> float:
    if re.fullmatch(r"-?\d+(\.\d+)?", text):
        return float(text)
    parsed = datetime.fromisoformat(text)
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp()


def _in_network(held: str, wanted: str) -> bool:
    return ip_address(held) in ip_network(wanted, strict=False)


def _compared(read: Callable[[str], Any], compare: Callable[[Any, Any], bool]) -> Test:
    return lambda held, wanted: compare(read(held), read(wanted))


_TESTS: dict[str, Test] = {
    "StringEquals": lambda held, wanted: held == wanted,
    "StringEqualsIgnoreCase": lambda held, wanted: held.lower() == wanted.lower(),
    "StringLike": _string_like,
    "NumericEquals": _compared(float, lambda held, wanted: held == wanted),
    "NumericLessThan": _compared(float, lambda held, wanted: held < wanted),
    "NumericLessThanEquals": _compared(float, lambda held, wanted: held <= wanted),
    "NumericGreaterThan": _compared(float, lambda held, wanted: held > wanted),
    "NumericGreaterThanEquals": _compared(float, lambda held, wanted: held >= wanted),
    "DateEquals": _compared(_moment, lambda held, wanted: held == wanted),
    "DateLessThan": _compared(_moment, lambda held, wanted: held < wanted),
    "DateLessThanEquals": _compared(_moment, lambda held, wanted: held <= wanted),
    "DateGreaterThan": _compared(_moment, lambda held, wanted: held > wanted),
    "DateGreaterThanEquals": _compared(_moment, lambda held, wanted: held >= wanted),
    "Bool": lambda held, wanted: held.lower() == wanted.lower(),
    "BinaryEquals": _compared(base64.b64decode, lambda held, wanted: held == wanted),
    "IpAddress": _in_network,
    "ArnEquals": _arn_like,
    "ArnLike": _arn_like,
}
_NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
    "NotIpAddress": "IpAddress",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
}


def conditions_hold(conditions: Mapping[str, Any], context: Mapping[str, Values], fill: Fill) -> bool:
    """Whether every condition of a statement holds. ``fill`` replaces the policy variables of a value.

    An operator that does not exist holds for nothing; a key that the request does not have fails it, but for negated
    operators and ``…IfExists``.
    """
    return all(
        _holds(operator, wanted, context.get(key.lower()), fill)
        for operator, keys in conditions.items()
        for key, wanted in keys.items()
    )


def _texts(value: Any) -> list[str]:
    values = value if isinstance(value, list | tuple) else [value]
    return [str(each).lower() if isinstance(each, bool) else str(each) for each in values]


def _holds(operator: str, wanted: Any, held: Values | None, fill: Fill) -> bool:
    quantifier, _, name = operator.rpartition(":")
    optional = name.endswith("IfExists")
    name = name.removesuffix("IfExists")
    if name == "Null":
        return (held is None) == (_texts(wanted)[0] == "true")
    if held is None:
        return optional or quantifier == "ForAllValues" or (name in _NEGATED and not quantifier)
    negated = name in _NEGATED
    test = _TESTS.get(_NEGATED.get(name, name))
    if test is None:
        return False
    filled = [text for text in map(fill, _texts(wanted)) if text is not None]
    passed = [_passes(test, each, filled) is not negated for each in _texts(held)]
    return any(passed) if quantifier == "ForAnyValue" or (not quantifier and not negated) else all(passed)


def _passes(test: Test, held: str, wanted: Sequence[str]) -> bool:
    for each in wanted:
        try:
            if test(held, each):
                return True
        except ValueError:
            continue
    return False
