"""The event that a service sends: a form with blanks, and how they are filled in."""

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, Literal
from urllib.parse import quote_plus

from tutor.awslambda.http_event import clf_time
from tutor.errors import UsageError
from tutor.usecases.nearest import nearest

Invocation = Literal["synchronous", "asynchronous", "polled"]
Permission = Literal["resource-policy", "execution-role", "caller-role"]
INVOCATIONS: tuple[Invocation, ...] = ("synchronous", "asynchronous", "polled")
PERMISSIONS: tuple[Permission, ...] = ("resource-policy", "execution-role", "caller-role")

_BLANK = re.compile(r"\$\{(?P<name>[a-z_0-9]+)(?P<text>:text)?\}")
STANDING = (
    "account", "clf_time", "epoch", "epoch_exact", "epoch_ms", "epoch_us", "function", "function_arn", "mail_time",
    "region", "time", "time_ms", "time_offset", "uuid",
)  # fmt: skip
"""The blanks that every event may have: who, where and when."""


@dataclass(frozen=True)
class Setting:
    """A value of an event that may be chosen: what it is otherwise, and what it means."""

    value: str | int
    means: str


@dataclass(frozen=True)
class EventTemplate:
    """How one service invokes functions, and the event that it sends.

    ``permission`` says who must allow it: the function's resource policy (for ``principal``), the function's execution
    role (a poller's), or the role or user that the service acts for. ``retries`` says who tries again. ``source_arn``
    is the resource that the service speaks for, with blanks as ``event``; empty where it names none.
    """

    service: str
    title: str
    principal: str
    source_arn: str
    invocation: Invocation
    permission: Permission
    retries: str
    source: str
    as_of: str
    settings: Mapping[str, Setting]
    event: Any

    def values(self, chosen: Mapping[str, str]) -> dict[str, str | int]:
        """The settings, with those that were chosen. Raises ``UsageError`` for one that is none, or no number."""
        found: dict[str, str | int] = {name: setting.value for name, setting in self.settings.items()}
        for name, text in chosen.items():
            if name not in found:
                near = nearest(name, found)
                hint = f"; did you mean {near!r}?" if near else f": there are {', '.join(found)}."
                raise UsageError(f"{self.service} has no value {name!r}{hint}")
            found[name] = _like(found[name], name, text)
        return found


@dataclass(frozen=True)
class Occasion:
    """Who is invoked, where and when: what the standing blanks of an event are filled in with."""

    region: str
    account: str
    function: str
    function_arn: str
    now: datetime
    uuid: str

    def values(self) -> dict[str, str | int | float]:
        """The standing blanks by name."""
        now = self.now.astimezone(UTC)
        seconds = now.timestamp()
        return {
            "account": self.account,
            "clf_time": clf_time(now),
            "epoch": int(seconds),
            "epoch_exact": round(seconds, 3),
            "epoch_ms": int(seconds * 1000),
            "epoch_us": int(seconds * 1000) * 1000,
            "function": self.function,
            "function_arn": self.function_arn,
            "mail_time": format_datetime(now),
            "region": self.region,
            "time": f"{now:%Y-%m-%dT%H:%M:%S}Z",
            "time_ms": f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03}Z",
            "time_offset": f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03}+0000",
            "uuid": self.uuid,
        }


def _like(example: str | int, name: str, text: str) -> str | int:
    if isinstance(example, str):
        return text
    try:
        return int(text)
    except ValueError:
        raise UsageError(f"{name} must be a whole number, not {text!r}.") from None


def blanks(form: Any) -> set[str]:
    """The names of all blanks in a form."""
    if isinstance(form, str):
        return {found["name"] for found in _BLANK.finditer(form)}
    children = [*form, *form.values()] if isinstance(form, Mapping) else form
    return set().union(*map(blanks, children)) if isinstance(children, list) else set()


def filled(form: Any, values: Mapping[str, Any]) -> Any:
    """The form with its blanks filled in and its packed parts packed.

    A text that is one blank alone becomes the value itself, a number too, but as text where it says ``:text``.
    """
    if isinstance(form, str):
        whole = _BLANK.fullmatch(form)
        if whole and not whole["text"]:
            return values[whole["name"]]
        return _BLANK.sub(lambda found: str(values[found["name"]]), form)
    if isinstance(form, list):
        return [filled(each, values) for each in form]
    if not isinstance(form, Mapping):
        return form
    made = {str(filled(name, values)): filled(value, values) for name, value in form.items()}
    [only, *more] = made or {"": None}
    return PACKINGS[only](made[only]) if not more and only in PACKINGS else made


def _bytes(value: Any) -> bytes:
    return (value if isinstance(value, str) else _json(value)).encode()


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


PACKINGS: Mapping[str, Callable[[Any], str]] = {
    "$json": _json,
    "$base64": lambda value: base64.b64encode(_bytes(value)).decode(),
    "$gzip": lambda value: base64.b64encode(gzip.compress(_bytes(value), mtime=0)).decode(),
    "$md5": lambda value: hashlib.md5(_bytes(value), usedforsecurity=False).hexdigest(),
    "$quote": lambda value: quote_plus(str(value), safe="/"),
}
"""What a mapping with one such key stands for: its value as JSON, in base64, packed by gzip in base64, …"""
