"""Settings of a staged situation: what an experiment sets, seen when it does, and another value in its place.

An experiment need not know of it. Whatever it sets on its stage passes here: a function's memory size, a queue's
visibility timeout, the numbers of its question. Settings of the same kind, name and value are one, whatever they are
set on: where two functions have a timeout of 3 s, a change of it changes both.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

Value = int | float | bool


@dataclass(frozen=True)
class Setting:
    """One thing that was set: on what kind of thing, its name in words, the value as staged.

    ``least`` and ``most`` are AWS's bounds where they are known; what lies outside is refused by AWS itself.
    ``key`` is the name by which an experiment is given a number of its question, empty for what it sets itself.
    """

    of: str
    name: str
    value: Value
    unit: str = ""
    least: Value | None = None
    most: Value | None = None
    key: str = ""

    @property
    def title(self) -> str:
        """``function: timeout``."""
        return f"{self.of}: {self.name}"

    def told(self, value: Value) -> str:
        """A value of it in words: ``1,024 MB``, ``on``."""
        if isinstance(value, bool):
            return "on" if value else "off"
        return f"{value:,} {self.unit}".rstrip()

    @property
    def bounds(self) -> str:
        """``128 to 10,240 MB``; empty where none are known."""
        if self.least is None or self.most is None or isinstance(self.value, bool):
            return ""
        return f"{self.least:,} to {self.told(self.most)}"


Changes = Mapping[Setting, Value]


@dataclass
class Settings:
    """What one situation sets. ``noted`` is filled while it is staged."""

    changes: Changes = field(default_factory=dict)
    _named: dict[Setting, bool] = field(default_factory=dict)

    def value(self, setting: Setting, named: bool = True) -> Value:
        """Note a setting; the value that it is to have: as it is, or as it was changed.

        ``named`` is false where it was left out and has AWS's default.
        """
        self._named[setting] = named or self._named.get(setting, False)
        return self.changes.get(setting, setting.value)

    @property
    def noted(self) -> tuple[Setting, ...]:
        """All settings that were seen so far: what was named first, then defaults, each in the order of setting."""
        return tuple(sorted(self._named, key=lambda setting: not self._named[setting]))
