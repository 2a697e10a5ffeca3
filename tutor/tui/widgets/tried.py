"""What runs saw: the experiment as it is recorded and as it was run just now, and again with other settings."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from textual.content import Content

from tutor.tui import signs
from tutor.tui.widgets.drawing import Lines, hanging
from tutor.tui.widgets.inline import inline
from tutor.tui.widgets.strip import strip_lines

if TYPE_CHECKING:
    from tutor.usecases.answer_question import Rerun, Shown

_NAMES = 22
LABEL = 8


def shown_lines(shown: "Shown", numbers: Mapping[str, str], width: int) -> Lines:
    """What one live run saw beside what is recorded, and whether its key is the recorded one."""
    agrees = "agrees with the recorded key" if shown.agrees else "does not agree with the recorded key"
    style = signs.HOLDS if shown.agrees else signs.FAILED
    sign = Content.styled(" ✓ " if shown.agrees else " ✗ ", f"bold {style}")
    lines = hanging(sign, Content(f"run just now in {shown.seconds:.1f} s; it {agrees} {signs.RUN}"), width)
    same = all(shown.recorded.get(option_id) == seen for option_id, seen in shown.observed.items())
    lines += hanging(Content("   "), _caption(shown.recorded_on, same), width)
    for option_id in sorted(shown.observed, key=lambda one: numbers.get(one, "")):
        seen, recorded = shown.observed[option_id], shown.recorded.get(option_id, {})
        if option_id:
            told = Content(" · ").join(_beside(name, recorded, seen) for name in seen)
            lines += hanging(Content(f"   {numbers.get(option_id, '')}   "), told, width)
        else:
            lines += beside_lines(recorded, seen, width)
    held = " · ".join(f"{limit} {mechanism}" for limit, mechanism in shown.enforcement.items() if mechanism != "none")
    label = Content.styled(f"   {'held by':<{LABEL}}", signs.QUIET)
    return [*lines, *hanging(label, Content.styled(held or "nothing", signs.QUIET), width)]


def rerun_lines(rerun: "Rerun", numbers: Mapping[str, str], width: int) -> Lines:
    """What was changed, what ran, and what was seen beside what is recorded."""
    lines = hanging(Content.styled(f" {signs.HERE} ", signs.ACT), _changed(rerun, numbers), width)
    ran = rerun.again.invocations
    if ran:
        count = f"{len(ran)} invocations, the last one:" if len(ran) > 1 else "1 invocation:"
        lines.append(Content.styled(f"   {count}", signs.QUIET))
        lines += [Content("   ") + line for line in strip_lines(ran[-1], width - 3)]
    if rerun.again.observed is None:
        return [*lines, *hanging(Content.styled(" ✗ ", f"bold {signs.FAILED}"), Content(rerun.again.why), width)]
    lines += hanging(Content("   "), _caption("", rerun.recorded == rerun.again.observed), width)
    lines += beside_lines(rerun.recorded, rerun.again.observed, width)
    return [*lines, *_verdict(rerun, numbers, width)]


def beside_lines(recorded: Mapping[str, Any], seen: Mapping[str, Any], width: int) -> Lines:
    """A line for each thing that was seen: ``recorded → now``, or once where both are the same."""
    lines: list[Content] = []
    for name in seen:
        label = Content.styled(f"   {_words(name):<{_NAMES}} ", signs.QUIET)
        lines += hanging(label, _then_now(name, recorded, seen), width)
    return lines


def _beside(name: str, recorded: Mapping[str, Any], seen: Mapping[str, Any]) -> Content:
    return Content.styled(f"{_words(name)} ", signs.QUIET) + _then_now(name, recorded, seen)


def _then_now(name: str, recorded: Mapping[str, Any], seen: Mapping[str, Any]) -> Content:
    now = plain(seen[name])
    if name in recorded and recorded[name] != seen[name]:
        return Content(f"{plain(recorded[name])} → ") + Content.styled(now, f"bold {signs.MEASURED}")
    return Content.styled(now, signs.MEASURED)


def _words(name: str) -> str:
    return name.replace("_", " ")


def plain(value: Any) -> str:
    """A value that was seen, as one reads it."""
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "nothing"}[value]
    return f"{value:,}" if isinstance(value, (int, float)) else str(value) or '""'


def _caption(recorded_on: str, same: bool) -> Content:
    day = f" on {recorded_on}" if recorded_on else ""
    told = f"all as recorded{day}" if same else f"recorded{day} → now, where they differ"
    return Content.styled(told, signs.QUIET)


def _changed(rerun: "Rerun", numbers: Mapping[str, str]) -> Content:
    told = [f"**{one.title} {one.told(value)}** (was {one.told(one.value)})" for one, value in rerun.changes.items()]
    what = ", ".join(told) or "nothing changed"
    option = f", as in option {numbers.get(rerun.option_id, '')}" if rerun.option_id else ""
    return inline(f"run again with {what}{option}; {rerun.again.seconds:.1f} s {signs.RUN}")


def _verdict(rerun: "Rerun", numbers: Mapping[str, str], width: int) -> Lines:
    if rerun.met is not None:
        sign, style = ("✓", signs.HOLDS) if rerun.met else ("✗", signs.FAILED)
        told = f"the goal is {'' if rerun.met else 'not '}met"
    elif rerun.true_now is not None:
        right = ", ".join(sorted(numbers[option] for option in rerun.true_now))
        sign, style, told = signs.HERE, signs.ACT, f"options that come true now: {right or 'none'}"
    else:
        return ()
    return hanging(Content.styled(f" {sign} ", f"bold {style}"), Content(told), width)
