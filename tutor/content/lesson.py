"""A lesson: ``lesson.md`` with its front matter, its example and its labs."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tutor.content.fields import Fields
from tutor.content.function_settings import read_runs, read_settings
from tutor.content.lab import read_lab
from tutor.content.node import Node
from tutor.content.python_file import read_python
from tutor.content.reading import folders_in
from tutor.content.template import Scope
from tutor.content.texts import TextReading
from tutor.study.course import Example, FunctionSettings, Lab, Lesson
from tutor.usecases.nearest import nearest

_FRONT = re.compile(r"---[ \t]*\n(?P<front>.*?\n)---[ \t]*(?:\n|\Z)", re.DOTALL)
_MARKUP = re.compile(r"[*_`\s]+")


@dataclass(frozen=True)
class LessonFile:
    """What ``lesson.md`` says, before its text is filled in. References are nodes, so that their lines are known."""

    id: str
    folder: Path
    node: Node
    title: str
    minutes: int
    claims: tuple[Node, ...]
    labs: tuple[Node, ...]
    quiz: tuple[Node, ...]
    example: Node | None
    body: Node


def read_lesson_file(lesson_id: str, reading: TextReading) -> LessonFile | None:
    """The front matter and the raw text; None where they cannot be told apart."""
    folder = reading.root / "lessons" / lesson_id
    path = folder / "lesson.md"
    text = reading.text(path)
    if text is None:
        return None
    front = _FRONT.match(text)
    if front is None:
        reading.say(reading.name(path), 1, "", "a lesson begins with front matter: YAML between two lines of ---")
        return None
    node = reading.parsed(front["front"], reading.name(path), first_line=2)
    if node is None:
        return None
    fields = Fields(node, reading, "a lesson")
    line = text.count("\n", 0, front.end()) + 1
    body = text[front.end() :]
    lesson = LessonFile(
        id=lesson_id,
        folder=folder,
        node=node,
        title=reading.render(fields.text("title"), Scope()),
        minutes=fields.whole("minutes", 1, 120) or 0,
        claims=tuple(fields.names("claims")),
        labs=tuple(fields.names("labs", must=False, least=0)),
        quiz=tuple(fields.names("quiz", must=False, least=0)),
        example=fields.mapping("example"),
        body=Node(reading.name(path), line, line, "", body, body),
    )
    fields.done()
    return lesson


def read_lesson(lesson_id: str, reading: TextReading) -> Lesson | None:
    """The lesson with everything in it filled in; None where it cannot be read at all."""
    file = read_lesson_file(lesson_id, reading)
    if file is None:
        return None
    labs = [read_lab(f"{lesson_id}/{node.value}", reading) for node in known_labs(file, reading)]
    return lesson_of(file, [lab for lab in labs if lab is not None], reading)


def lesson_of(file: LessonFile, labs: Sequence[Lab], reading: TextReading) -> Lesson:
    """The lesson that ``file`` describes, with ``labs`` as they were read."""
    return Lesson(
        id=file.id,
        title=file.title,
        minutes=file.minutes,
        claims=tuple(node.value for node in file.claims),
        text=_text(file, reading),
        example=_example(file, reading),
        labs=tuple(labs),
        quiz=tuple(node.value for node in file.quiz),
    )


def known_labs(file: LessonFile, reading: TextReading) -> list[Node]:
    """The labs that are there; one that is not is a problem, and in strict reading also one that nobody names."""
    there = [path.name for path in folders_in(file.folder / "labs")]
    for node in file.labs:
        if node.value not in there:
            reading.unknown(node, "lab", there)
    named = [node.value for node in file.labs]
    for name in there:
        if reading.strict and name not in named:
            folder = reading.name(file.folder / "labs" / name)
            reading.say(folder, 1, "", f"this lab is not among labs: of {file.node.file}", nearest(name, named))
    return [node for node in file.labs if node.value in there]


def _text(file: LessonFile, reading: TextReading) -> str:
    paragraph = file.body.value.strip().partition("\n\n")[0]
    ending = _MARKUP.sub(" ", paragraph).strip(" .!:").lower()
    if not ending.endswith("press r"):
        message = 'the first paragraph must end in "Press r": the example runs before anything is asked'
        reading.say(file.body.file, file.body.line_of(0), "", message)
    return reading.render(file.body, Scope())


def _example(file: LessonFile, reading: TextReading) -> Example:
    folder = file.folder / "example"
    if not folder.is_dir() or not any(folder.iterdir()):
        reading.say(
            reading.name(folder), 1, "", "this folder is missing or empty: a lesson runs a complete handler first"
        )
    elif reading.strict:
        for path in sorted(folder.rglob("*.py")):
            read_python(path, reading)
    if file.example is None:
        return Example(folder, FunctionSettings("", 0, 0, 0), ())
    fields = Fields(file.example, reading, "example")
    settings = read_settings(fields.mapping("function", must=False), reading, Scope())
    runs = read_runs(fields.items("runs"), reading, Scope())
    fields.done()
    return Example(folder, settings, runs)
