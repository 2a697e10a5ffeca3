"""The map of a paper's questions: what is answered, flagged, seen and not seen, in groups of ten."""

from typing import TYPE_CHECKING

from textual.content import Content

from tutor.tui import signs
from tutor.tui.widgets.drawing import Lines

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from tutor.study.sitting import QuestionState

GROUP = 10
GROUP_WIDTH = 4 + 2 * GROUP
GAP = 2
ANSWERED, SEEN, UNSEEN, FLAG = "●", "◐", "○", "⚑"
LEGEND = f"{ANSWERED} answered  {SEEN} blank or not complete  {UNSEEN} not seen  {FLAG} flagged"


def groups_in(width: int) -> int:
    """How many groups of ten stand beside each other."""
    return max(1, (width + GAP) // (GROUP_WIDTH + GAP))


def map_lines(questions: "Sequence[QuestionState]", partly: "Collection[int]", here: int, width: int) -> Lines:
    """The map; the question at hand is shown in reverse. ``partly`` are answered, but not with all that is wanted."""
    groups = [_group(questions, partly, start, here) for start in range(0, len(questions), GROUP)]
    beside = groups_in(width)
    gap = Content(" " * GAP)
    return [gap.join(groups[start : start + beside]) for start in range(0, len(groups), beside)]


def state_told(question: "QuestionState", partly: bool) -> str:
    """``answered, flagged``, in words."""
    told = [
        "not complete" if partly else "answered" if question.chosen else "blank" if question.seen else "not seen yet"
    ]
    told += ["flagged"] if question.flagged else []
    told += ["with a note"] if question.note else []
    return ", ".join(told)


def _group(questions: "Sequence[QuestionState]", partly: "Collection[int]", start: int, here: int) -> Content:
    numbers = range(start, min(start + GROUP, len(questions)))
    cells = [_cell(questions[number], number in partly, number == here) for number in numbers]
    empty = Content("  " * (GROUP - len(cells)))
    return Content("").join([Content.styled(f"{start + 1:>3} ", signs.QUIET), *cells, empty])


def _cell(question: "QuestionState", partly: bool, here: bool) -> Content:
    sign, style = (UNSEEN, signs.QUIET)
    if question.chosen and not partly:
        sign, style = (ANSWERED, signs.HOLDS)
    elif question.seen:
        sign, style = (SEEN, signs.ACT)
    mark = Content.styled(sign, f"{style} reverse" if here else style)
    return mark + Content.styled(FLAG if question.flagged else " ", signs.ACT)
