"""The runs of one function, whoever invoked it: the last one in full, the ones before it as their strips."""

from typing import TYPE_CHECKING

from textual.content import Content

from tutor.tui import signs
from tutor.tui.widgets.drawing import Lines
from tutor.tui.widgets.run_report import report_lines
from tutor.tui.widgets.strip import strip_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tutor.awslambda.invocation import Invocation
    from tutor.awslambda.prices import Prices


def runs_lines(runs: "Sequence[Invocation]", prices: "Prices", width: int) -> Lines:
    """The runs, the newest first."""
    if not runs:
        return Content.styled("It has not run yet: Enter asks for an event.", signs.QUIET).wrap(width)
    lines = list(report_lines([_name(runs[0])], runs[:1], prices, width))
    if runs[1:]:
        lines += [Content(""), Content.styled("BEFORE IT", signs.QUIET)]
    for run in runs[1:]:
        lines.append(Content.styled(_name(run), signs.QUIET).truncate(width, ellipsis=True))
        lines += strip_lines(run, width, thawed=not run.cold)
    return lines


def _name(run: "Invocation") -> str:
    name = run.configuration.get("function_name", "function")
    return f"{name} · version {run.executed_version} · {run.report.request_id[:8]}"
