"""The course map kept as JSON: the first frame of the terminal is painted from it."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tutor.content.stamped import Stamps, read_stamped, write_stamped
from tutor.study.course import CourseMap, LessonEntry, UnitEntry


def read_index(cache: Path, root: Path) -> CourseMap | None:
    """The course map of ``root`` as it was kept, or None where it must be made anew."""
    content = read_stamped(cache / "course.json")
    if content is None or content["root"] != str(root):
        return None
    return CourseMap(tuple(_unit(unit) for unit in content["units"]))


def write_index(cache: Path, root: Path, course: CourseMap, made_from: Stamps) -> None:
    """Keep the course map, made from the files of these stamps."""
    write_stamped(cache / "course.json", made_from, {"root": str(root), "units": asdict(course)["units"]})


def _unit(row: Mapping[str, Any]) -> UnitEntry:
    lessons = tuple(_lesson(lesson) for lesson in row["lessons"])
    return UnitEntry(row["id"], row["number"], row["title"], lessons)


def _lesson(row: Mapping[str, Any]) -> LessonEntry:
    labs = tuple((name, title) for name, title in row["labs"])
    return LessonEntry(row["id"], row["title"], row["minutes"], labs, tuple(row["quiz"]), tuple(row["claims"]))
