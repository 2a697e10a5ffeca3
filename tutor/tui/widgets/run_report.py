"""What a run did: for each invocation the strip, the memory, what it cost, the answer and the log."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from textual.content import Content

from tutor.awslambda.billing import cost
from tutor.tui import signs
from tutor.tui.widgets.drawing import Lines, hanging, spread
from tutor.tui.widgets.memory_curve import memory_curve
from tutor.tui.widgets.strip import ending, milliseconds, strip_lines

if TYPE_CHECKING:
    from tutor.awslambda.invocation import Invocation, LogEvent
    from tutor.awslambda.prices import Prices
    from tutor.study.course import Run

LOG_LINES = 60
_RESETS = ("timeout", "memory", "exit")
ANSWER_CHARACTERS = 400


def report_lines(
    names: Sequence[str],
    invocations: "Sequence[Invocation]",
    prices: "Prices",
    width: int,
    earlier: "Sequence[Invocation]" = (),
) -> Lines:
    """All invocations of a run, one below the other; ``names`` are the runs' names in the same order.

    ``earlier`` are the invocations of the run to compare with, in the same order; none where nothing is compared.
    """
    lines: list[Content] = []
    before: Invocation | None = None
    for number, (name, invocation) in enumerate(zip(names, invocations, strict=False)):
        began = _began(invocation, before)
        lines += _invocation_lines(name, began, invocation, prices, width)
        if number < len(earlier):
            lines += comparison_lines(earlier[number], invocation, prices, width)
        lines.append(Content(""))
        before = invocation
    if invocations:
        lines += _held_by(invocations[-1], width)
    return lines


def run_names(runs: "Sequence[Run]", invocations: "Sequence[Invocation]") -> list[str]:
    """A name for each invocation: its run's, or on a stage the function's and which of its invocations this is."""
    names = [run.name for run in runs]
    served: dict[str, int] = {}
    for invocation in invocations[len(names) :]:
        function = str(invocation.configuration.get("function_name") or "function")
        served[function] = served.get(function, 0) + 1
        names.append(f"{function}, invocation {served[function]}")
    return names


def observed_lines(observed: Mapping[str, Any], width: int) -> Lines:
    """What a staging saw, a line for each name; nothing where there is none."""
    if not observed:
        return []
    lines = [Content.styled("seen on the stage", signs.STRONG)]
    for name, value in observed.items():
        lines += hanging(Content.styled(f"{name} ", signs.QUIET), Content.styled(str(value), signs.MEASURED), width)
    return [*lines, Content("")]


def dollars(amount: float) -> str:
    """A price small enough for one invocation."""
    return f"${amount:.10f}"


def _began(invocation: "Invocation", before: "Invocation | None") -> str:
    """In what kind of environment it began: a new one, a used one, or one that was reset by the run before."""
    if invocation.cold:
        return "cold"
    broken = before is not None and before.phases and before.phases[-1].ended in _RESETS
    return "after a reset" if broken else "warm"


def _invocation_lines(name: str, began: str, invocation: "Invocation", prices: "Prices", width: int) -> Lines:
    report = invocation.report
    head = Content.styled(name, signs.STRONG) + Content.styled(f" · {report.memory_size_mb} MB · {began}", signs.QUIET)
    return [
        head.truncate(width, ellipsis=True),
        *strip_lines(invocation, width, thawed=began == "warm"),
        *_measured(invocation, prices, width),
        *hanging(Content.styled("answer ", signs.QUIET), Content(_answer(invocation)), width),
        *_log(invocation, width),
    ]


def _measured(invocation: "Invocation", prices: "Prices", width: int) -> Lines:
    report = invocation.report
    curve = memory_curve(invocation.memory_curve, report.memory_size_mb, 20 if width < 90 else 40)
    memory = (
        Content.styled("memory ", signs.QUIET)
        + Content.styled(f"{curve} {report.max_memory_used_mb}", signs.MEASURED)
        + Content(f" of {report.memory_size_mb} MB")
        + Content.styled(f" {signs.RUN}", signs.QUIET)
    )
    billed = (
        Content.styled("billed ", signs.QUIET)
        + Content.styled(f"{report.billed_duration_ms} ms", signs.MEASURED)
        + Content(f" · {dollars(cost(invocation, prices))}")
        + Content.styled(f" {signs.RUN}", signs.QUIET)
    )
    if memory.cell_length + billed.cell_length + 2 <= width:
        return (spread(memory, billed, width),)
    return (memory, billed)


def comparison_lines(earlier: "Invocation", invocation: "Invocation", prices: "Prices", width: int) -> Lines:
    """What differs from the run before: how it ended, duration, memory and price, each as ``then → now``."""
    then, now = earlier.report, invocation.report
    changes = [
        ("", ending(earlier).plain, ending(invocation).plain),
        ("memory size ", f"{then.memory_size_mb} MB", f"{now.memory_size_mb} MB"),
        ("duration ", milliseconds(then.duration_ms), milliseconds(now.duration_ms)),
        ("memory used ", f"{then.max_memory_used_mb} MB", f"{now.max_memory_used_mb} MB"),
        ("billed ", f"{then.billed_duration_ms} ms", f"{now.billed_duration_ms} ms"),
        ("price ", dollars(cost(earlier, prices)), dollars(cost(invocation, prices))),
    ]
    told = [f"{what}{old} → {new}" for what, old, new in changes if old != new] or ["nothing that was measured"]
    text = Content.styled(" · ".join(told), signs.MEASURED) + Content.styled(f" {signs.RUN}", signs.QUIET)
    return hanging(Content.styled("changed ", signs.QUIET), text, width)


def _answer(invocation: "Invocation") -> str:
    text = json.dumps(invocation.payload, ensure_ascii=False)
    return text if len(text) <= ANSWER_CHARACTERS else f"{text[:ANSWER_CHARACTERS]} … ({len(text):,} characters)"


def _log(invocation: "Invocation", width: int) -> Lines:
    events = invocation.log
    half = LOG_LINES // 2
    left_out = len(events) - LOG_LINES
    if left_out <= 0:
        return [line for event in events for line in _log_line(event, width)]
    gap = Content.styled(f"  … {left_out} lines left out …", signs.QUIET)
    first = [line for event in events[:half] for line in _log_line(event, width)]
    last = [line for event in events[-half:] for line in _log_line(event, width)]
    return [*first, gap, *last]


def _log_line(event: "LogEvent", width: int) -> Lines:
    bar = Content.styled("│ ", signs.QUIET)
    style = signs.QUIET if event.source == "platform" else ""
    text = event.text.rstrip().expandtabs(2)
    return [line for part in text.splitlines() or [""] for line in hanging(bar, Content.styled(part, style), width)]


def _held_by(invocation: "Invocation", width: int) -> Lines:
    held = (f"{limit} {mechanism}" for limit, mechanism in invocation.enforcement.items() if mechanism != "none")
    return hanging(Content.styled("held by ", signs.QUIET), Content.styled(" · ".join(held), signs.QUIET), width)
