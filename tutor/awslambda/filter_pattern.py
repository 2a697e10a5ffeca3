"""Event patterns: EventBridge's filter language, for event source mappings and for rules.

A pattern is a JSON object of the event's shape whose leaves are lists of what may stand there; the fields of one
pattern must all match, of a list one entry. Source: developer guide, invocation-eventfiltering; EventBridge user
guide, eb-event-patterns.
"""

import base64
import ipaddress
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal

from tutor.awslambda.quotas import Quotas
from tutor.errors import ServiceError

MAPPING_OPERATORS = frozenset({"prefix", "suffix", "anything-but", "numeric", "exists", "equals-ignore-case"})
"""What a leaf of an event source mapping's filter may say beside plain values."""

RULE_OPERATORS = MAPPING_OPERATORS | {"wildcard", "cidr"}
"""What a leaf of an EventBridge rule's pattern may say."""

DATA_KEY: Mapping[str, str | None] = {"sqs": "body", "kinesis": "data", "dynamodb": None}
"""The key of a source's records that holds the sender's own data, as text or base64; None: the record is all JSON."""

_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "=": lambda value, bound: value == bound,
    "<": lambda value, bound: value < bound,
    "<=": lambda value, bound: value <= bound,
    ">": lambda value, bound: value > bound,
    ">=": lambda value, bound: value >= bound,
}


class _InvalidPattern(ValueError):
    """A pattern that is none; the text says where."""


def parse_pattern(text: str, operators: frozenset[str] = RULE_OPERATORS) -> dict[str, Any]:
    """The pattern that ``text`` is. Raises ``ServiceError`` for what is no pattern; its text says what is wrong."""
    try:
        pattern = json.loads(text)
        if not isinstance(pattern, dict) or not pattern:
            raise _InvalidPattern("a pattern is a JSON object that is not empty")
        _check(pattern, operators)
    except (ValueError, RecursionError) as error:
        raise ServiceError("InvalidEventPatternException", f"Event pattern is not valid. Reason: {error}") from None
    return pattern


def check_filters(criteria: Mapping[str, Any] | None, quotas: Quotas) -> tuple[dict[str, Any], ...]:
    """The patterns of a mapping's FilterCriteria. Raises ``ServiceError``: too many, too long, or no pattern."""
    filters = (criteria or {}).get("Filters") or ()
    if len(filters) > quotas.filter_patterns:
        most = quotas.filter_patterns
        raise _refuse(f"The number of filters ({len(filters)}) is bigger than the limit ({most}).")
    patterns = []
    for one in filters:
        text = one.get("Pattern") or ""
        if len(text) > quotas.filter_pattern_length:
            bound = f"Member must have length less than or equal to {quotas.filter_pattern_length}"
            where = "Value at 'filterCriteria.filters.pattern' failed to satisfy constraint"
            raise ServiceError("ValidationException", f"1 validation error detected: {where}: {bound}")
        try:
            patterns.append(parse_pattern(text, MAPPING_OPERATORS))
        except ServiceError:
            raise _refuse("Invalid filter pattern definition.") from None
    return tuple(patterns)


def _refuse(text: str) -> ServiceError:
    return ServiceError("InvalidParameterValueException", text)


def _check(pattern: Mapping[str, Any], operators: frozenset[str]) -> None:
    for key, expected in pattern.items():
        if key == "$or" and _is_alternatives(expected):
            for alternative in expected:
                _check(alternative, operators)
        elif isinstance(expected, dict) and expected:
            _check(expected, operators)
        elif isinstance(expected, list) and expected:
            for leaf in expected:
                _check_leaf(key, leaf, operators)
        else:
            raise _InvalidPattern(f"{key!r} must be an object or a list that is not empty")


def _is_alternatives(expected: object) -> bool:
    """``$or`` is an operator when it holds two or more patterns; otherwise it is a field of that name."""
    return isinstance(expected, list) and len(expected) > 1 and all(isinstance(one, dict) and one for one in expected)


def _check_leaf(key: str, leaf: object, operators: frozenset[str]) -> None:
    if isinstance(leaf, list):
        raise _InvalidPattern(f"a list inside the list of {key!r}")
    if not isinstance(leaf, dict):
        return
    if len(leaf) != 1:
        raise _InvalidPattern(f"one operator at a time in {key!r}")
    operator, argument = next(iter(leaf.items()))
    if operator not in operators:
        raise _InvalidPattern(f"unrecognized match type {operator}")
    if not _ARGUMENTS[operator](argument):
        raise _InvalidPattern(f"{operator} of {key!r} cannot be {json.dumps(argument)}")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_some_text(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _is_affix(value: object) -> bool:
    if isinstance(value, dict):
        return list(value) == ["equals-ignore-case"] and _is_text(value["equals-ignore-case"])
    return _is_text(value)


def _is_wildcard(value: object) -> bool:
    return isinstance(value, str) and "**" not in value


def _texts(value: object, fits: Callable[[object], bool]) -> bool:
    return bool(value) and all(map(fits, value)) if isinstance(value, list) else fits(value)


def _is_exclusion(value: object) -> bool:
    if isinstance(value, dict):
        kinds = {"prefix": _is_some_text, "suffix": _is_some_text}
        kinds |= {"equals-ignore-case": _is_text, "wildcard": _is_wildcard}
        return len(value) == 1 and all(key in kinds and _texts(given, kinds[key]) for key, given in value.items())
    return _texts(value, _is_text) or _texts(value, _is_number)


def _is_range(value: object) -> bool:
    if not isinstance(value, list) or len(value) not in (2, 4):
        return False
    signs, bounds = value[::2], value[1::2]
    if not all(isinstance(sign, str) and sign in _COMPARISONS for sign in signs) or not all(map(_is_number, bounds)):
        return False
    return len(value) == 2 or (signs[0] in (">", ">=") and signs[1] in ("<", "<=") and bounds[0] < bounds[1])


def _is_network(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(ipaddress.ip_network(value, strict=False))
    except ValueError:
        return False


_ARGUMENTS: Mapping[str, Callable[[object], bool]] = {
    "prefix": _is_affix,
    "suffix": _is_affix,
    "anything-but": _is_exclusion,
    "numeric": _is_range,
    "exists": lambda value: isinstance(value, bool),
    "equals-ignore-case": _is_text,
    "wildcard": _is_wildcard,
    "cidr": _is_network,
}


def matches(pattern: Mapping[str, Any], event: object) -> bool:
    """Whether a JSON value matches a parsed pattern. A list in the event matches when one of its items does."""
    if isinstance(event, list):
        return any(matches(pattern, item) for item in event)
    fields = event if isinstance(event, dict) else {}
    for key, expected in pattern.items():
        if key == "$or" and _is_alternatives(expected):
            if not any(matches(alternative, fields) for alternative in expected):
                return False
        elif isinstance(expected, dict):
            if not matches(expected, _field(fields, key)):
                return False
        elif not any(_leaf_matches(leaf, _field(fields, key)) for leaf in expected):
            return False
    return True


class _Absent:
    """What a field that is not there holds; null is a value."""


def _field(fields: Mapping[str, Any], key: str) -> object:
    """The field ``key``. A dot joins names: ``a.b`` is the same as ``b`` inside ``a``, in pattern and event."""
    if key in fields:
        return fields[key]
    dotted = {name[len(key) + 1 :]: value for name, value in fields.items() if name.startswith(f"{key}.")}
    if dotted:
        return dotted
    head, _, rest = key.partition(".")
    inner = fields.get(head) if rest else None
    return _field(inner, rest) if isinstance(inner, dict) else _Absent()


def _leaf_matches(leaf: object, value: object) -> bool:
    values = list(_leaves(value))
    if isinstance(leaf, dict):
        operator, argument = next(iter(leaf.items()))
        if operator == "exists":  # of leaf nodes only: an object is none
            return bool(values) is argument
        return any(_OPERATORS[operator](argument, one) for one in values)
    return any(_equal(leaf, one) for one in values)


def _leaves(value: object) -> Iterator[object]:
    if isinstance(value, list):
        for item in value:
            yield from _leaves(item)
    elif not isinstance(value, dict | _Absent):
        yield value


def _equal(expected: object, value: object) -> bool:
    """Numbers are compared as they are written: 300 is not 300.0."""
    return type(expected) is type(value) and expected == value


def _starts(affix: Any, value: object) -> bool:
    if not isinstance(value, str):
        return False
    if isinstance(affix, dict):
        return value.casefold().startswith(affix["equals-ignore-case"].casefold())
    return value.startswith(affix)


def _ends(affix: Any, value: object) -> bool:
    if not isinstance(value, str):
        return False
    if isinstance(affix, dict):
        return value.casefold().endswith(affix["equals-ignore-case"].casefold())
    return value.endswith(affix)


def _same_but_case(text: str, value: object) -> bool:
    return isinstance(value, str) and value.casefold() == text.casefold()


def _wild(pattern: str, value: object) -> bool:
    """``*`` stands for any text; a backslash takes its meaning from it."""
    parts = re.split(r"(\\[*\\]|\*)", pattern)
    shape = "".join(".*" if part == "*" else re.escape(re.sub(r"^\\(?=[*\\]$)", "", part)) for part in parts)
    return isinstance(value, str) and re.fullmatch(shape, value, re.DOTALL) is not None


def _in_range(bounds: Sequence[Any], value: object) -> bool:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return all(_COMPARISONS[sign](value, bound) for sign, bound in zip(bounds[::2], bounds[1::2], strict=True))


def _other_than(excluded: Any, value: object) -> bool:
    if isinstance(excluded, dict):
        operator, given = next(iter(excluded.items()))
        several = given if isinstance(given, list) else [given]
        return not any(_OPERATORS[operator](one, value) for one in several)
    several = excluded if isinstance(excluded, list) else [excluded]
    return not any(_equal(one, value) for one in several)


def _in_network(network: str, value: object) -> bool:
    try:
        return isinstance(value, str) and ipaddress.ip_address(value) in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False


_OPERATORS: Mapping[str, Callable[[Any, object], bool]] = {
    "prefix": _starts,
    "suffix": _ends,
    "anything-but": _other_than,
    "numeric": _in_range,
    "equals-ignore-case": _same_but_case,
    "wildcard": _wild,
    "cidr": _in_network,
}


def keeps(
    patterns: Sequence[Mapping[str, Any]], record: Mapping[str, Any], source: Literal["sqs", "kinesis", "dynamodb"]
) -> bool:
    """Whether a mapping hands a record (in the event's own shape) to the function: one pattern must match, or none be.

    A pattern on the sender's data is compared with its JSON, a list there with its plain text; data of the other
    kind does not match.
    """
    return not patterns or any(_keeps(pattern, record, source) for pattern in patterns)


def _keeps(pattern: Mapping[str, Any], record: Mapping[str, Any], source: str) -> bool:
    key = DATA_KEY[source]
    view = {**record, **record["kinesis"]} if source == "kinesis" else dict(record)
    if key is None or key not in pattern:
        return matches(pattern, view)
    text = _text(view.get(key), encoded=source == "kinesis")
    if text is None:
        return False
    parsed = _object(text)
    if isinstance(pattern[key], dict) != isinstance(parsed, dict):
        return False
    view[key] = parsed if isinstance(parsed, dict) else text
    return matches(pattern, view)


def _text(data: object, *, encoded: bool) -> str | None:
    if not isinstance(data, str) or not encoded:
        return data if isinstance(data, str) else None
    try:
        return base64.b64decode(data).decode()
    except ValueError:
        return None


def _object(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
