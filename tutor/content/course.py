"""``lessons/course.yaml``: units and lessons in the order a learner needs them."""

from dataclasses import dataclass

from tutor.content.fields import Fields, is_slug, unique
from tutor.content.node import Node
from tutor.content.template import Scope
from tutor.content.texts import TextReading


@dataclass(frozen=True)
class UnitFile:
    """One unit: its id, its title, and its lessons' folder names."""

    id: str
    title: str
    lessons: tuple[Node, ...]

    def lesson_id(self, lesson: Node) -> str:
        """``<unit>/<lesson>``."""
        return f"{self.id}/{lesson.value}"


def read_course(reading: TextReading) -> tuple[UnitFile, ...]:
    """The units, in order; the sound ones where something is wrong."""
    node = reading.yaml(reading.root / "lessons" / "course.yaml")
    if node is None:
        return ()
    fields = Fields(node, reading, "the course")
    units = [_unit(entry, reading) for entry in fields.items("units")]
    fields.done()
    kept = unique([name for name, _ in units if name is not None], reading, "unit")
    return tuple(unit for name, unit in units if unit is not None and name in kept)


def _unit(node: Node, reading: TextReading) -> tuple[Node | None, UnitFile | None]:
    fields = Fields(node, reading, "a unit")
    name, title, lessons = fields.slug("id"), fields.text("title"), fields.names("lessons")
    fields.done()
    if name is None:
        return None, None
    sound = tuple(lesson for lesson in lessons if is_slug(lesson, reading))
    return name, UnitFile(name.value, reading.render(title, Scope()), sound)
