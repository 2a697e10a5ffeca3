"""The strip ``INIT ▒▒▒┃███ INVOKE``: one invocation on its time line, and the place where a limit ended it.

``░`` before a warm start is the time for which the environment was frozen since its last answer; it has no scale.
"""

from typing import TYPE_CHECKING

from textual.content import Content

from tutor.tui import signs
from tutor.tui.widgets.drawing import Lines, spread

if TYPE_CHECKING:
    from tutor.awslambda.invocation import Invocation, Phase

_FILL = {"INIT": "▒", "RESTORE": "▒", "INVOKE": "█"}
_ENDS = {
    "ok": "",
    "error": "ended with an error",
    "timeout": "stopped at its timeout",
    "memory": "killed: out of memory",
    "exit": "the runtime exited",
}
_FROZEN = "░░┃"
LEAST_CELLS = 3
MOST_CELLS = 100


def milliseconds(value: float) -> str:
    """A duration as it is read at a glance: ``1.2 ms``, ``412 ms``, ``10.0 s``."""
    if value < 10:
        return f"{value:.1f} ms"
    return f"{value:.0f} ms" if value < 10_000 else f"{value / 1000:.1f} s"


def ending(invocation: "Invocation") -> Content:
    """How it ended: a sign and a word."""
    ended = invocation.phases[-1].ended if invocation.phases else "error"
    if ended == "ok" and invocation.function_error is None:
        return Content.styled("✓ answered", signs.HOLDS)
    return Content.styled(f"✗ {_ENDS[ended] or 'function error'}", signs.FAILED)


def strip_lines(invocation: "Invocation", width: int, *, thawed: bool = False) -> Lines:
    """Two lines: the phases' names and times above, their bars below; ``thawed`` where it was frozen before."""
    phases = invocation.phases
    if not phases:
        return ()
    frozen = _FROZEN if thawed else ""
    cells = _cells(phases, min(width, MOST_CELLS) - len(frozen) - len(phases) - 1)
    names, bars, end = Content(" " * len(frozen)), Content.styled(frozen, signs.QUIET), ending(invocation)
    for number, (phase, count) in enumerate(zip(phases, cells, strict=True)):
        name = Content(f"{phase.name} ") + Content.styled(milliseconds(phase.end_ms - phase.start_ms), signs.MEASURED)
        if number:
            bars += Content("┃")
            latest = width - end.cell_length - 2 - name.cell_length
            names += Content(" " * max(3, min(bars.cell_length, latest) - names.cell_length))
        names += name
        bars += _bar(phase, count)
    return (spread(names, end, width), bars)


def _cells(phases: "tuple[Phase, ...]", room: int) -> list[int]:
    """How many cells each phase gets: by its time, but never too few to be seen."""
    total = sum(phase.end_ms - phase.start_ms for phase in phases) or 1.0
    least = [max(LEAST_CELLS, round(room * (phase.end_ms - phase.start_ms) / total)) for phase in phases]
    least[least.index(max(least))] -= sum(least) - room
    return least


def _bar(phase: "Phase", count: int) -> Content:
    fill = _FILL[phase.name]
    if phase.ended == "ok":
        return Content.styled(fill * count, signs.MEASURED)
    return Content.styled(fill * (count - 1), signs.MEASURED) + Content.styled("✗┃", signs.FAILED)
