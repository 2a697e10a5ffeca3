"""AWS's cron expressions: six fields (minutes hours day-of-month month day-of-week year), with ``?``, L, W and #.

Source: EventBridge user guide, "Setting a schedule pattern for scheduled rules"; EventBridge Scheduler user guide,
"Schedule types". Sunday is 1. Of the day of the month and the day of the week exactly one is ``?``.
"""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_YEARS = (1970, 2199)
_WEEK = 7
_FRIDAY = 4  # of Python's weekdays, which begin on Monday with 0


class BadExpressionError(ValueError):
    """An expression that is none, in a sentence."""


@dataclass(frozen=True)
class Cron:
    """When something happens, in the wall time of a place. ``day`` and ``weekday`` keep their own text."""

    minutes: frozenset[int]
    hours: frozenset[int]
    day: str
    months: frozenset[int]
    weekday: str
    years: frozenset[int]

    def after(self, moment: datetime) -> datetime | None:
        """The first time after ``moment``, in its time zone; None where there is none any more.

        A time that the clock leaps over does not happen; one that comes twice happens once.
        """
        begin = (moment + timedelta(minutes=1)).replace(second=0, microsecond=0, tzinfo=None)
        zone = moment.tzinfo
        for day in self._days(begin.date()):
            for hour in sorted(self.hours):
                for minute in sorted(self.minutes):
                    found = datetime.combine(day, time(hour, minute))
                    if found >= begin and _exists(found, zone):
                        return found.replace(tzinfo=zone)
        return None

    def _days(self, begin: date) -> Iterator[date]:
        for year in sorted(year for year in self.years if year >= begin.year):
            for month in sorted(self.months):
                for number in sorted(_days_of(self.day, self.weekday, year, month)):
                    day = date(year, month, number)
                    if day >= begin:
                        yield day


def cron(text: str) -> Cron:
    """The expression between the brackets of ``cron(...)``. Raises ``BadExpressionError``."""
    fields = text.upper().split()
    if len(fields) != 6:
        raise BadExpressionError(f"cron({text}) must have six fields, not {len(fields)}")
    minutes, hours, day, month, weekday, year = fields
    if (day == "?") == (weekday == "?"):
        raise BadExpressionError(f"cron({text}): of the day of the month and the day of the week one must be ?")
    made = Cron(
        _numbers(minutes, 0, 59),
        _numbers(hours, 0, 23),
        day,
        _numbers(month, 1, 12, _MONTHS),
        weekday,
        _numbers(year, *_YEARS),
    )
    _days_of(day, weekday, 2024, 1)  # raises for what these two cannot be
    return made


def _numbers(text: str, least: int, most: int, names: tuple[str, ...] = ()) -> frozenset[int]:
    """The numbers that a field names: values, ranges, steps, names, and lists of them."""
    found: set[int] = set()
    for part in text.split(","):
        span, slash, step = part.partition("/")
        first, dash, last = span.partition("-")
        if span == "*":
            begin, end = least, most
        else:
            begin = _number(first, least, most, names)
            end = _number(last, least, most, names) if dash else most if slash else begin
        width = _number(step, 1, most, ()) if slash else 1
        found.update(range(begin, end + 1, width))
        if begin > end:
            found.update([*range(begin, most + 1, width), *range(least, end + 1, width)])
    return frozenset(found)


def _number(text: str, least: int, most: int, names: tuple[str, ...]) -> int:
    if text in names:
        return names.index(text) + 1
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise BadExpressionError(f"{text!r} is no value from {least} to {most}")
    return int(text)


def _days_of(day: str, weekday: str, year: int, month: int) -> set[int]:
    """The days of a month that fit."""
    last = calendar.monthrange(year, month)[1]
    return _by_day(day, year, month, last) if weekday == "?" else _by_weekday(weekday, year, month, last)


def _by_day(text: str, year: int, month: int, last: int) -> set[int]:
    if text == "L":
        return {last}
    if text.endswith("W"):
        wanted = last if text == "LW" else _number(text[:-1], 1, 31, ())
        return {_working_day(year, month, wanted, last)} if wanted <= last else set()
    return {number for number in _numbers(text, 1, 31) if number <= last}


def _working_day(year: int, month: int, wanted: int, last: int) -> int:
    """The day from Monday to Friday that is nearest to ``wanted`` in its month."""
    near = sorted(range(max(1, wanted - 2), min(last, wanted + 2) + 1), key=lambda one: (abs(one - wanted), one))
    return next(one for one in near if date(year, month, one).weekday() <= _FRIDAY)


def _by_weekday(text: str, year: int, month: int, last: int) -> set[int]:
    if text == "L":
        text = "7"
    if text.endswith("L"):
        return {_all_of(_number(text[:-1], 1, _WEEK, _DAYS), year, month, last)[-1]}
    wanted, sharp, place = text.partition("#")
    if sharp:
        days = _all_of(_number(wanted, 1, _WEEK, _DAYS), year, month, last)
        index = _number(place, 1, 5, ()) - 1
        return {days[index]} if index < len(days) else set()
    numbers = _numbers(text, 1, _WEEK, _DAYS)
    return {day for number in numbers for day in _all_of(number, year, month, last)}


def _all_of(weekday: int, year: int, month: int, last: int) -> list[int]:
    """The days of a month that are this day of the week, 1 for Sunday."""
    return [day for day in range(1, last + 1) if (date(year, month, day).weekday() + 1) % _WEEK + 1 == weekday]


def _exists(wall: datetime, zone: tzinfo | None) -> bool:
    """Whether a wall time happens in a zone at all: when clocks are put forward some does not."""
    if zone is None:
        return True
    moment = wall.replace(tzinfo=zone)
    return datetime.fromtimestamp(moment.timestamp(), zone).replace(tzinfo=None) == wall
