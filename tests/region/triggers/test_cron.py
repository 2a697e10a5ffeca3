"""Schedule expressions of AWS: fields, names, L, W, #, rates, zones, and what is none."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tutor.region.triggers.cron import BadExpressionError, cron
from tutor.region.triggers.schedule_expression import next_after


@pytest.mark.parametrize(
    ("expression", "after", "found"),
    [
        ("0 10 * * ? *", "2026-01-01 10:00", "2026-01-02 10:00"),
        ("15 12 * * ? *", "2026-01-01 10:00", "2026-01-01 12:15"),
        ("0 18 ? * MON-FRI *", "2026-01-02 18:00", "2026-01-05 18:00"),
        ("0 8 1 * ? *", "2026-01-01 08:00", "2026-02-01 08:00"),
        ("0/15 * * * ? *", "2026-01-01 10:46", "2026-01-01 11:00"),
        ("0/10 * ? * MON-FRI *", "2026-01-02 23:55", "2026-01-05 00:00"),
        ("5,35 8-9 ? * 2 *", "2026-01-05 08:05", "2026-01-05 08:35"),
        ("0 0 L * ? *", "2026-02-01 00:00", "2026-02-28 00:00"),
        ("0 0 LW * ? *", "2026-01-01 00:00", "2026-01-30 00:00"),
        ("0 0 15W * ? *", "2026-02-01 00:00", "2026-02-16 00:00"),
        ("0 0 1W * ? *", "2026-07-31 12:00", "2026-08-03 00:00"),
        ("0 0 31 * ? *", "2026-01-31 00:00", "2026-03-31 00:00"),
        ("0 0 ? * 6L *", "2026-01-01 00:00", "2026-01-30 00:00"),
        ("0 0 ? * L *", "2026-01-01 00:00", "2026-01-03 00:00"),
        ("0 0 ? * 3#2 *", "2026-01-01 00:00", "2026-01-13 00:00"),
        ("0 0 ? * TUE#5 *", "2026-01-01 00:00", "2026-03-31 00:00"),
        ("0 0 29 FEB ? *", "2026-01-01 00:00", "2028-02-29 00:00"),
        ("0 0 1 1 ? 2030/5", "2030-01-01 00:00", "2035-01-01 00:00"),
        ("0 22-2 * * ? *", "2026-01-01 23:30", "2026-01-02 00:00"),
        ("0 0 1 JAN ? 2020-2025", "2026-01-01 00:00", None),
    ],
)
def test_the_next_time(expression: str, after: str, found: str | None) -> None:
    """The first time after a moment, never that moment itself."""
    wanted = None if found is None else datetime.fromisoformat(found).replace(tzinfo=UTC)
    assert cron(expression).after(datetime.fromisoformat(after).replace(tzinfo=UTC)) == wanted


@pytest.mark.parametrize(
    "expression",
    [
        "* * * * *",
        "0 10 * * * *",
        "0 10 ? * ? *",
        "60 10 * * ? *",
        "0 24 * * ? *",
        "0 0 0 * ? *",
        "0 0 ? * 8 *",
        "0 0 ? * 3#6 *",
        "0 0 1 13 ? *",
        "0 0 1 * ? 1969",
        "a 0 1 * ? *",
        "0 0 40W * ? *",
        "",
    ],
)
def test_what_is_none(expression: str) -> None:
    """Wrong fields, values and combinations are refused with a sentence."""
    with pytest.raises(BadExpressionError, match=r".{10}"):
        cron(expression)


def test_rates_count_from_their_beginning() -> None:
    """Every so often, whatever happened in between; the first after one whole interval."""
    following = next_after("rate(5 minutes)", 1000.0)
    assert [following(moment) for moment in (1000.0, 1001.0, 1300.0, 2999.0)] == [1300.0, 1300.0, 1600.0, 3100.0]


@pytest.mark.parametrize(
    "expression",
    [
        "rate(1 minutes)",
        "rate(2 minute)",
        "rate(0 minutes)",
        "rate(5)",
        "at(soon)",
        "every day",
        "rate()",
        " rate(10 minutes)",
        "rate( 10 minutes )",
    ],
)
def test_expressions_that_are_none(expression: str) -> None:
    """Each is refused."""
    with pytest.raises(BadExpressionError):
        next_after(expression, 0.0)


def test_zones() -> None:
    """A zone's wall time counts; a time that is leapt over does not happen, one that comes twice happens once."""
    berlin = ZoneInfo("Europe/Berlin")
    spring = cron("30 2 * * ? *")
    assert spring.after(datetime(2026, 3, 28, 3, 0, tzinfo=berlin)) == datetime(2026, 3, 30, 2, 30, tzinfo=berlin)
    following = next_after("cron(30 2 * * ? *)", 0.0, "Europe/Berlin")
    first = following(datetime(2026, 10, 24, 22, 0, tzinfo=UTC).timestamp())
    assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC).timestamp()
    assert following(first) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC).timestamp()
    at = next_after("at(2026-12-24T18:00:00)", 0.0, "America/New_York")
    assert at(0.0) == datetime(2026, 12, 24, 23, 0, tzinfo=UTC).timestamp()
    assert at(datetime(2027, 1, 1, tzinfo=UTC).timestamp()) is None
    with pytest.raises(BadExpressionError, match="no time zone"):
        next_after("at(2026-12-24T18:00:00)", 0.0, "Mars/Olympus")
