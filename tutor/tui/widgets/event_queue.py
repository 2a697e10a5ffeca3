"""The queue of asynchronous invocations, under the clock that it waits on."""

from typing import TYPE_CHECKING

from textual.content import Content

from tutor.tui import signs
from tutor.tui.widgets.drawing import Lines, hanging
from tutor.tui.widgets.timeline import moment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tutor.usecases.see_region import ClockRow, EventRow

SHOWN = 12
"""How many waiting events are shown."""

_HOW = ". the next thing alone · 1 +10 s · 2 +1 min · 3 +1 h · > all that is due"


def clock_words(clock: "ClockRow") -> Content:
    """The clock in a few words: what it does, and what time it is in the region."""
    state = Content.styled("clock paused", f"bold {signs.ACT}") if clock.paused else Content("clock runs")
    return state + Content(" ") + Content.styled(moment(clock.now), signs.MEASURED)


def queue_lines(clock: "ClockRow", waiting: "Sequence[EventRow]", width: int) -> Lines:
    """The clock, when something is next due, and the events that wait: the next one first."""
    lines = hanging(Content(""), clock_words(clock) + Content.styled(_next(clock), signs.QUIET), width)
    if clock.paused:
        lines += hanging(Content(""), Content.styled(_HOW, signs.QUIET), width)
    lines.append(Content(""))
    count = f" {len(waiting)}" if waiting else ""
    lines.append(Content.styled(f"WAITING{count}", signs.QUIET))
    if not waiting:
        lines += Content("No event waits in the queue.").wrap(width)
    for event in waiting[:SHOWN]:
        lines.append(_event(event).truncate(width, ellipsis=True))
    if len(waiting) > SHOWN:
        lines.append(Content.styled(f"… {len(waiting) - SHOWN} more", signs.QUIET))
    return lines


def _next(clock: "ClockRow") -> str:
    if clock.next_due is None:
        return " · nothing is due"
    things = "1 thing is" if clock.due == 1 else f"{clock.due} things are"
    return f" · {things} due, the next at {moment(clock.next_due)}"


def _event(event: "EventRow") -> Content:
    return (
        Content.styled(f"{moment(event.due)} ", signs.MEASURED)
        + Content.styled("○ ", signs.QUIET)
        + Content.styled(event.function, signs.STRONG)
        + Content.styled(f" attempt {event.attempt} ", signs.QUIET)
        + Content(" ".join(event.payload.split()))
    )
