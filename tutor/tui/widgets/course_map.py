"""The course map as lines: units at the left, the parts of one unit's lessons at the right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from textual.content import Content

from tutor.tui import signs
from tutor.tui.widgets.drawing import Lines, hanging, spread

if TYPE_CHECKING:
    from tutor.study.course import LessonEntry, UnitEntry
    from tutor.study.progress import LessonMarks, Mark

Marks = Mapping[str, "LessonMarks"]
"""Lesson id -> marks; empty until they have been read."""

LABEL_WIDTH = 8


@dataclass(frozen=True)
class Part:
    """One thing to open: the text, a lab or the quiz of a lesson. ``mark`` is None until marks are read."""

    kind: Literal["lesson", "lab", "quiz"]
    id: str
    title: str
    mark: "Mark | None"
    note: str


def parts_of(lesson: "LessonEntry", marks: Marks) -> tuple[Part, ...]:
    """What can be opened of a lesson, in the order a learner needs it."""
    known = marks.get(lesson.id)
    text = Part("lesson", lesson.id, "read it, run its example", known.text if known else None, f"{lesson.minutes} min")
    labs = tuple(_lab_part(lab_id, title, known) for lab_id, title in lesson.labs)
    if not lesson.quiz:
        return (text, *labs)
    right = f"{known.quiz_right} right" if known and known.quiz_answered else ""
    count = f"{len(lesson.quiz)} question{'s' if len(lesson.quiz) > 1 else ''}"
    return (text, *labs, Part("quiz", lesson.id, count, known.quiz if known else None, right))


def _lab_part(lab_id: str, title: str, known: "LessonMarks | None") -> Part:
    mark = known.labs.get(lab_id, "not yet") if known else None
    return Part("lab", lab_id, title, mark, "passed" if mark == "done" else "")


def unit_lines(units: Sequence["UnitEntry"], marks: Marks, here: int, active: bool, width: int) -> Lines:
    """The units with their signs and how many of their lessons are done."""
    return [
        Content.styled("  COURSE", signs.QUIET),
        *(_unit_line(unit, marks, index == here, active, width) for index, unit in enumerate(units)),
    ]


def _unit_line(unit: "UnitEntry", marks: Marks, here: bool, active: bool, width: int) -> Content:
    done = sum(1 for lesson in unit.lessons if lesson.id in marks and marks[lesson.id].whole == "done")
    sign = _sign(_unit_mark(unit, marks, done))
    count = Content.styled(f"{done}/{len(unit.lessons)} " if marks else "", signs.QUIET)
    name = Content.styled(f"{unit.number:<2} {unit.title}", signs.STRONG if here else "")
    return spread(_pointer(here and active) + sign + Content(" ") + name, count, width)


def _unit_mark(unit: "UnitEntry", marks: Marks, done: int) -> "Mark | None":
    if not marks:
        return None
    if done == len(unit.lessons):
        return "done"
    begun = any(lesson.id in marks and marks[lesson.id].whole != "not yet" for lesson in unit.lessons)
    return "begun" if begun else "not yet"


def part_lines(unit: "UnitEntry", marks: Marks, here: int | None, width: int) -> tuple[Lines, int]:
    """The unit's lessons with their parts, and the line on which part ``here`` stands."""
    lines: list[Content] = [Content.styled(f"  {unit.number}  {unit.title.upper()}", signs.QUIET)]
    index, cursor = 0, 0
    for number, lesson in enumerate(unit.lessons, 1):
        head = Content.styled(f"  {unit.number}.{number}  ", signs.QUIET)
        title = Content.styled(lesson.title, signs.STRONG)
        lines.extend(hanging(head, title, width))
        for part in parts_of(lesson, marks):
            cursor = len(lines) if index == here else cursor
            lines.append(_part_line(part, index == here, width))
            index += 1
        lines.append(Content(""))
    return lines, cursor


def _part_line(part: Part, here: bool, width: int) -> Content:
    label = Content.styled(f" {part.kind:<{LABEL_WIDTH}}", signs.QUIET)
    title = Content.styled(part.title, signs.STRONG if here else "")
    note = Content.styled(f"{part.note} " if part.note else "", signs.QUIET)
    return spread(_pointer(here) + _sign(part.mark) + label + title, note, width)


def _pointer(here: bool) -> Content:
    return Content.styled(f"{signs.HERE} ", signs.ACT) if here else Content("  ")


def _sign(mark: "Mark | None") -> Content:
    return Content.styled(signs.MARKS[mark], signs.STYLES[mark]) if mark else Content(" ")
