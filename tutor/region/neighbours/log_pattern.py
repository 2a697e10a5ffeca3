"""CloudWatch Logs' filter patterns: words, fields of JSON, columns between spaces.

Source: CloudWatch Logs user guide, "Filter pattern syntax for metric filters, subscription filters, filter log events".
"""

import json
import re
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any

Test = Callable[[str], bool]
_WORD = re.compile(r'([?-]?)(?:"((?:[^"\\]|\\.)*)"|%([^%]+)%|(\S+))')
_TOKEN = re.compile(r'\s*(\(|\)|&&|\|\||!=|<=|>=|=|<|>|"(?:[^"\\]|\\.)*"|%[^%]+%|[^\s()&|=<>!"]+)')
_COLUMN = re.compile(r"^(\w+|\.\.\.)\s*(?:(!=|<=|>=|=|<|>)\s*(.+))?$")
_NUMBERS: Mapping[str, Callable[[float, float], bool]] = {
    "=": lambda one, other: one == other,
    "!=": lambda one, other: one != other,
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
}


class LogPattern:
    """What a pattern lets through. A pattern that is none lets nothing through."""

    def __init__(self, pattern: str | None) -> None:
        self._test = _test((pattern or "").strip())

    def matches(self, message: str) -> bool:
        """Whether it lets this message through."""
        return self._test(message)


def is_pattern(pattern: str) -> bool:
    """Whether CloudWatch Logs takes this for a pattern: what is opened is closed, and can be asked."""
    return _read(pattern.strip()) is not None


def _test(pattern: str) -> Test:
    return _read(pattern) or (lambda _: False)


@lru_cache(maxsize=512)
def _read(pattern: str) -> Test | None:
    try:
        if pattern.startswith("{"):
            return _Json(_within(pattern, "}")).test
        if pattern.startswith("["):
            return _columns(_within(pattern, "]"))
        return _words(pattern)
    except (ValueError, IndexError, re.error):
        return None


def _within(pattern: str, closing: str) -> str:
    if not pattern.endswith(closing):
        raise ValueError(pattern)
    return pattern[1:-1]


def _words(pattern: str) -> Test:
    """All words must be there, none of those with ``-``; of those with ``?`` one."""
    must: list[Test] = []
    may: list[Test] = []
    never: list[Test] = []
    for sign, quoted, expression, word in _WORD.findall(pattern):
        test = _holding(re.compile(expression).search) if expression else _containing(_unquoted(quoted) or word)
        {"": must, "?": may, "-": never}[sign].append(test)

    def fits(message: str) -> bool:
        enough = any(test(message) for test in may) if may and not must else all(test(message) for test in must)
        return enough and not any(test(message) for test in never)

    return fits


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def _containing(word: str) -> Test:
    return lambda message: word in message


def _holding(search: Callable[[str], Any]) -> Test:
    return lambda message: search(message) is not None


def _columns(pattern: str) -> Test:
    """Columns between spaces; what stands in quotes or brackets is one, ``...`` stands for any number of them."""
    wanted = [_COLUMN.match(part.strip()) for part in pattern.split(",")]
    if any(found is None for found in wanted):
        raise ValueError(pattern)
    columns = [found.groups() for found in wanted if found is not None]
    names = [name for name, _, _ in columns]
    gap = names.index("...") if "..." in names else None

    def fits(message: str) -> bool:
        given = [a or b or c for a, b, c in re.findall(r'"([^"]*)"|\[([^\]]*)\]|(\S+)', message)]
        if gap is None and len(given) != len(columns):
            return False
        if gap is not None:
            missing = len(given) - (len(columns) - 1)
            if missing < 0:
                return False
            given = [*given[:gap], "...", *given[gap + missing :]]
        return all(
            operator is None or _compared(value, operator, text.strip())
            for value, (_, operator, text) in zip(given, columns, strict=True)
        )

    return fits


class _Json:
    """``$.a.b = "x*" && ($.n > 3 || $.c NOT EXISTS)``, read once."""

    def __init__(self, text: str) -> None:
        self._tokens = [token for token in _TOKEN.findall(text) if token]
        self._place = 0
        self._test = self._either()
        if self._place != len(self._tokens):
            raise ValueError(text)

    def test(self, message: str) -> bool:
        """Whether the message is JSON that fits."""
        try:
            event = json.loads(message)
        except ValueError:
            return False
        return bool(self._test(event))

    def _taken(self, *wanted: str) -> str | None:
        if self._place < len(self._tokens) and (not wanted or self._tokens[self._place].upper() in wanted):
            self._place += 1
            return str(self._tokens[self._place - 1])
        return None

    def _either(self) -> Callable[[Any], bool]:
        tests = [self._both()]
        while self._taken("||"):
            tests.append(self._both())
        return lambda event: any(test(event) for test in tests)

    def _both(self) -> Callable[[Any], bool]:
        tests = [self._one()]
        while self._taken("&&"):
            tests.append(self._one())
        return lambda event: all(test(event) for test in tests)

    def _one(self) -> Callable[[Any], bool]:
        if self._taken("("):
            inner = self._either()
            if not self._taken(")"):
                raise ValueError("a bracket is open")
            return inner
        path = self._taken() or ""
        if not path.startswith("$"):
            raise ValueError(path)
        if self._taken("IS"):
            word = (self._taken("TRUE", "FALSE", "NULL") or "").lower()
            return lambda event: _found(event, path) is json.loads(word)
        if self._taken("NOT"):
            self._taken("EXISTS")
            return lambda event: _found(event, path) is _NOTHING
        if self._taken("EXISTS"):
            return lambda event: _found(event, path) is not _NOTHING
        operator, text = self._taken(*_NUMBERS) or "", self._taken() or ""
        if not operator or not text:
            raise ValueError(path)
        return lambda event: _fits(_found(event, path), operator, text)


_NOTHING = object()


def _found(event: Any, path: str) -> Any:
    """The value at ``$.a.b[0]``."""
    for name, index in re.findall(r"\.([^.\[\]]+)|\[(\d+|\*)\]", path):
        if name:
            event = event.get(name, _NOTHING) if isinstance(event, dict) else _NOTHING
        elif isinstance(event, list):
            event = event if index == "*" else event[int(index)] if int(index) < len(event) else _NOTHING
        else:
            return _NOTHING
    return event


def _fits(value: Any, operator: str, text: str) -> bool:
    if value is _NOTHING:
        return False
    if isinstance(value, list):
        return any(_fits(each, operator, text) for each in value)
    told = value if isinstance(value, str) else json.dumps(value)
    return _compared(told, operator, text)


def _compared(value: str, operator: str, text: str) -> bool:
    if text.startswith("%") and text.endswith("%") and len(text) > 2:
        return (re.search(text[1:-1], value) is not None) == (operator == "=")
    plain = _unquoted(text[1:-1]) if text.startswith('"') and text.endswith('"') else text
    try:
        return _NUMBERS[operator](float(value), float(plain))
    except ValueError:
        pass
    same = fnmatchcase(value, plain.replace("[", "[[]"))
    return {"=": same, "!=": not same}.get(operator, False)
