"""How a figure is printed: with thousands separators and its unit."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tutor.content.figure import Figure, Number

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_SHORT = {"s": "second", "min": "minute", "h": "hour"}
_ENDINGS = (("ies", "y"), ("ches", "ch"), ("sses", "ss"), ("s", ""))
_KEPT = frozenset({"percent", "ms", "Mbps"})


@dataclass(frozen=True)
class Day:
    """A date: printed as "1 December 2020"; ``iso`` is 2020-12-01."""

    iso: str

    def __str__(self) -> str:
        day = date.fromisoformat(self.iso)
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


@dataclass(frozen=True)
class Quantity:
    """A number with its unit, as templates see it: "10,240 MB", "900 seconds", "$0.20 per million requests".

    ``value`` is the bare number, ``number`` the same with thousands separators, ``unit`` as the data file says it.
    """

    value: Number
    unit: str
    as_of: Day
    source: str

    @property
    def number(self) -> str:
        """The bare number with thousands separators, never in scientific notation."""
        return separated(self.value)

    def __str__(self) -> str:
        if self.unit == "1":
            return self.number
        if self.unit == "bytes":
            return _bytes(self.value)
        if self.unit.partition(" ")[0] == "USD":
            return f"${_cents(self.number)}{self.unit.removeprefix('USD')}"
        if self.unit in _SHORT:
            return f"{self.number} {_SHORT[self.unit]}{'' if self.value == 1 else 's'}"
        return f"{self.number} {_one(self.unit) if self.value == 1 else self.unit}"


@dataclass(frozen=True)
class Former(Quantity):
    """What a figure was before its present value; ``until`` is the day of its end."""

    until: Day | None


def quantity(figure: Figure) -> Quantity:
    """The present value of ``figure``."""
    return Quantity(figure.value, figure.unit, Day(figure.as_of), figure.source)


def former(figure: Figure) -> Former | None:
    """What ``figure`` was before, or None where no history is known."""
    if not figure.history:
        return None
    past = figure.history[0]
    until = Day(past.until) if past.until else None
    return Former(past.value, figure.unit, Day(figure.as_of), figure.source, until)


def separated(value: Number) -> str:
    """``value`` with thousands separators: 10,240; 0.0000002."""
    return f"{Decimal(repr(value)):,f}"


def _cents(number: str) -> str:
    whole, _, fraction = number.partition(".")
    return f"{whole}.{fraction.ljust(2, '0')}" if fraction else whole


def _bytes(value: Number) -> str:
    for size, unit in ((1024 * 1024, "MB"), (1024, "KB")):
        if value >= size and value % size == 0:
            return f"{separated(int(value // size))} {unit}"
    return f"{separated(value)} {'byte' if value == 1 else 'bytes'}"


def _one(unit: str) -> str:
    word, space, rest = unit.partition(" ")
    if word in _KEPT or not word.islower():
        return unit
    for ending, singular in _ENDINGS:
        if word.endswith(ending):
            return f"{word.removesuffix(ending)}{singular}{space}{rest}"
    return unit
