"""The time that is left, or that has passed, as it stands in the top line."""

from textual.content import Content

from tutor.tui import signs

SOON, NOW = 300.0, 60.0
"""Seconds: from here on the time that is left stands out, and stands out as a warning."""


def clock(seconds: float) -> str:
    """``01:02:17``, without the hours where there are none."""
    whole = int(seconds)
    minutes, rest = divmod(whole, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest:02}" if minutes >= 60 else f"{minutes:02}:{rest:02}"


def left(seconds: float | None) -> Content:
    """What is left; a dash where nothing limits the time."""
    if seconds is None:
        return Content.styled("no limit", signs.QUIET)
    style = signs.FAILED if seconds <= NOW else signs.ACT if seconds <= SOON else signs.QUIET
    return Content.styled(f"{clock(seconds)} left", f"bold {style}" if seconds <= SOON else style)
