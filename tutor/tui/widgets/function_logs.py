"""What CloudWatch has of a function: its metrics in a line or two, and the last lines of its log streams."""

from typing import TYPE_CHECKING

from textual.content import Content

from tutor.tui import signs
from tutor.tui.widgets.drawing import Lines, hanging
from tutor.tui.widgets.strip import milliseconds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tutor.usecases.region_detail import Measure, Stream

_PLATFORM = ("START ", "END ", "REPORT ", "INIT_", "EXTENSION", "TELEMETRY", "XRAY ")
_SAID = {"sum": "", "average": " on average", "most": " at most"}


def measure_lines(measures: "Sequence[Measure]", width: int) -> Lines:
    """Each metric by its own name; nothing where there is none."""
    if not measures:
        return []
    told = Content.styled(" · ", signs.QUIET).join(_measure(measure) for measure in measures)
    return hanging(Content(""), told + Content.styled(f" {signs.RUN}", signs.QUIET), width)


def _measure(measure: "Measure") -> Content:
    value = milliseconds(measure.value) if measure.unit == "Milliseconds" else f"{measure.value:,.4g}"
    wrong = measure.value and any(word in measure.name for word in ("Error", "Throttle", "Dropped", "Failure"))
    figure = Content.styled(f"{value}{_SAID[measure.statistic]}", signs.FAILED if wrong else signs.MEASURED)
    return Content.styled(f"{measure.name} ", signs.QUIET) + figure


def stream_lines(streams: "Sequence[Stream]", width: int) -> Lines:
    """The streams, the oldest first, each under its name."""
    lines: list[Content] = []
    for stream in streams:
        lines += [Content("")] if lines else []
        lines.append(Content.styled(stream.name, signs.QUIET).truncate(width, ellipsis=True))
        lines += [line for text in stream.lines for line in _line(text, width)]
    return lines or [Content.styled("No log lines yet: they come with the first invocation.", signs.QUIET)]


def _line(text: str, width: int) -> Lines:
    style = signs.QUIET if text.startswith(_PLATFORM) else ""
    bar = Content.styled("│ ", signs.QUIET)
    parts = text.rstrip().expandtabs(2).splitlines() or [""]
    return [line for part in parts for line in hanging(bar, Content.styled(part, style), width)]
