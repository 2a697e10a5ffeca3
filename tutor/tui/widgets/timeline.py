"""The region's timeline: what happened, a line each, in region time."""

from typing import TYPE_CHECKING

from textual.content import Content

from tutor.tui import signs
from tutor.tui.widgets.drawing import Lines, hanging

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tutor.usecases.see_region import HappenedRow

_WRONG = ("throttle", "drop", "dead-letter")
_SAID_BY_TEXT = ("invoke", "retry")
"""Kinds that the line need not name: its text says what happened."""


def moment(seconds: float) -> str:
    """Region time since the clock began: ``+00:01:00``."""
    whole = abs(int(seconds))
    return f"{'-' if seconds < 0 else '+'}{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"


def timeline_lines(happened: "Sequence[HappenedRow]", width: int) -> Lines:
    """The lines, the oldest first."""
    if not happened:
        return Content.styled("Nothing has happened yet.", signs.QUIET).wrap(width)
    return [line for row in happened for line in _line(row, width)]


def _line(row: "HappenedRow", width: int) -> Lines:
    when = Content.styled(f"{moment(row.at)} ", signs.MEASURED)
    kind = "" if row.kind in _SAID_BY_TEXT else f" {row.kind}"
    attempt = f" attempt {row.attempt}" if row.attempt is not None else ""
    who = Content.styled(row.function, signs.STRONG) + Content.styled(f"{attempt}{kind}", signs.QUIET)
    return hanging(when + _sign(row), who + Content(f" {row.text}"), width)


def _sign(row: "HappenedRow") -> Content:
    if row.kind in _WRONG or row.text.startswith("failed"):
        return Content.styled("✗ ", signs.FAILED)
    return Content.styled("✓ ", signs.HOLDS) if row.text.startswith("succeeded") else Content.styled("· ", signs.QUIET)
