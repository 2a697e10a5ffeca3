"""Between frozen dataclasses and plain JSON values: what is written can be read again, and nothing else can."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

Value = TypeVar("Value")


class NotPlain(ValueError):
    """A value that is not what is wanted; the text says where and what."""


def plain(value: object) -> Any:
    """The value as JSON knows it; times as ISO texts."""
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, datetime):
        return value.isoformat()
    return [plain(one) for one in value] if isinstance(value, (tuple, list)) else value


def read(wanted: type[Value], value: Any, place: str) -> Value:
    """A ``wanted`` from its plain value. Raises ``NotPlain``; ``place`` is where the value stands."""
    return cast(Value, _read(wanted, value, place))


def _read(wanted: Any, value: Any, place: str) -> Any:
    origin, arguments = get_origin(wanted), get_args(wanted)
    if wanted is Any:
        return tuple(value) if isinstance(value, list) else value
    if origin in (Union, UnionType):
        inner = next(one for one in arguments if one is not NoneType)
        return None if value is None else _read(inner, value, place)
    if origin is Literal:
        return _checked(value in arguments, value, place, f"one of {', '.join(map(str, arguments))}")
    if origin is tuple:
        return _tuple(arguments, value, place)
    if is_dataclass(wanted):
        return _dataclass(wanted, value, place)
    if wanted is datetime:
        return _time(value, place)
    right = isinstance(value, wanted) and not (wanted is int and isinstance(value, bool))
    return _checked(right, value, place, wanted.__name__)


def _tuple(kinds: tuple[Any, ...], value: Any, place: str) -> tuple[Any, ...]:
    _checked(isinstance(value, list), value, place, "a list")
    if kinds[-1] is Ellipsis:
        kinds = (kinds[0],) * len(value)
    _checked(len(kinds) == len(value), value, place, f"{len(kinds)} values")
    return tuple(_read(kind, one, f"{place}[{at}]") for at, (kind, one) in enumerate(zip(kinds, value, strict=True)))


def _dataclass(wanted: Any, value: Any, place: str) -> Any:
    _checked(isinstance(value, Mapping), value, place, "an object")
    kinds = get_type_hints(wanted)
    names = [field.name for field in fields(wanted)]
    for name in value:
        if name not in names:
            raise NotPlain(f"{place}.{name}: there is no such member")
    for name in names:
        if name not in value:
            raise NotPlain(f"{place}.{name}: is missing")
    return wanted(**{name: _read(kinds[name], value[name], f"{place}.{name}") for name in names})


def _time(value: Any, place: str) -> datetime:
    try:
        at = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise NotPlain(f"{place}: {_short(value)} is no time") from None
    return cast(datetime, _checked(at.tzinfo is not None and at, value, place, "a time with its zone"))


def _checked(right: Any, value: Any, place: str, wanted: str) -> Any:
    if not right:
        raise NotPlain(f"{place}: {_short(value)} is not {wanted}")
    return right if isinstance(right, datetime) else value


def _short(value: Any) -> str:
    said = repr(value)
    return said if len(said) <= 40 else f"{said[:39]}…"
