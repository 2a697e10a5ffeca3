"""EventBridge's schedules: ``rate(5 minutes)``, ``cron(0 8 ? * MON-FRI *)``, ``at(2026-12-24T18:00:00)``."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tutor.region.triggers.cron import BadExpressionError, cron

_FORM = re.compile(r"(?P<kind>rate|cron|at)\((?P<inside>[^()]*)\)")
_RATE = re.compile(r"([1-9][0-9]*) (minute|hour|day)(s?)")
_SECONDS = {"minute": 60, "hour": 3600, "day": 86400}

NextAfter = Callable[[float], float | None]
"""From a moment, in seconds since the epoch, to the first firing after it; None: never again."""


def next_after(expression: str, begun: float, zone: str = "UTC") -> NextAfter:
    """What an expression means. A rate counts from ``begun``; the others are in the wall time of ``zone``.

    Raises ``BadExpressionError`` with a sentence.
    """
    found = _FORM.fullmatch(expression)
    if found is None:
        raise BadExpressionError(f"{expression!r} is no schedule: write rate(5 minutes), cron(0 8 * * ? *) or at(...)")
    inside = found["inside"]
    if found["kind"] == "rate":
        seconds = _rate(inside)
        return lambda moment: begun + (int((moment - begun) // seconds) + 1) * seconds if moment >= begun else begun
    place = zone_of(zone)
    if found["kind"] == "at":
        due = _at(inside, place)
        return lambda moment: due if due > moment else None
    times = cron(inside.strip())

    def following(moment: float) -> float | None:
        found = times.after(datetime.fromtimestamp(moment, place))
        return None if found is None else found.timestamp()

    return following


def _rate(inside: str) -> int:
    found = _RATE.fullmatch(inside)
    if found is None or (found[1] == "1") == (found[3] == "s"):
        raise BadExpressionError(f"rate({inside}) must be a number and minute(s), hour(s) or day(s)")
    return int(found[1]) * _SECONDS[found[2]]


def _at(inside: str, zone: tzinfo) -> float:
    try:
        return datetime.strptime(inside, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=zone).timestamp()
    except ValueError:
        raise BadExpressionError(f"at({inside}) must be a time such as 2026-12-24T18:00:00") from None


def zone_of(name: str) -> tzinfo:
    """The time zone of a name. Raises ``BadExpressionError``."""
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadExpressionError(f"there is no time zone {name!r}") from None
