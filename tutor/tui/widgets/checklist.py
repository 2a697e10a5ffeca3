"""The checklist of a lab: sign, demand, and the reason for each verdict."""

from typing import TYPE_CHECKING

from textual.content import Content

from tutor.tui import signs
from tutor.tui.widgets.drawing import Lines, hanging
from tutor.tui.widgets.inline import inline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tutor.study.course import Demand, Grade


def checklist_lines(demands: "Sequence[Demand]", grade: "Grade | None", width: int) -> Lines:
    """Before the first run what is demanded; afterwards the verdicts."""
    if grade is None:
        sign = Content.styled("○ ", signs.QUIET)
        return [line for demand in demands for line in hanging(sign, inline(demand.says), width)]
    lines: list[Content] = []
    for verdict in grade.verdicts:
        sign = Content.styled(f"{signs.VERDICTS[verdict.holds]} ", f"bold {signs.STYLES[verdict.holds]}")
        lines += hanging(sign, inline(verdict.says), width)
        why = verdict.why if verdict.holds != "cannot be judged" else f"not judged: {verdict.why}"
        lines += hanging(Content("  "), inline(why.replace("not judged: not judged", "not judged"), signs.QUIET), width)
    return lines


def summary(grade: "Grade") -> Content:
    """The grade in one short line."""
    holding = sum(1 for verdict in grade.verdicts if verdict.holds == "holds")
    if grade.passed:
        return Content.styled("✓ passed", f"bold {signs.HOLDS}")
    if grade.unjudged:
        return Content.styled("– cannot be judged on this host", signs.QUIET)
    return Content.styled(f"✗ {holding} of {len(grade.verdicts)} hold", f"bold {signs.FAILED}")
