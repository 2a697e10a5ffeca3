"""The lessons and labs: in order, complete, in the house's words, and with checks that nothing can upset."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tutor import locations
from tutor.awslambda.invocation import Invocation, Json, LogEvent, Phase, Report
from tutor.content.library import ContentLibrary
from tutor.errors import HostError
from tutor.study.course import Lab, Lesson
from tutor.usecases.grading import grade
from tutor.usecases.run_lab import run_folder
from tutor.wiring import Tutor

UNITS = (
    "limits", "execution-environment", "invocation-types", "event-sources", "versioning", "concurrency", "permissions",
    "vpc", "lambda-at-edge",
)  # fmt: skip
LESSON_FILES = sorted((locations.content_root() / "lessons").glob("*/*/lesson.md"))
LAB_FILES = sorted((locations.content_root() / "lessons").glob("*/*/labs/*/lab.yaml"))
STAGED_LAB_FILES = [path for path in LAB_FILES if (path.parent / "staging.py").exists()]
RUN_LAB_FILES = [path for path in LAB_FILES if path not in STAGED_LAB_FILES]
ODD_FILES = ("{}", "7", "[7]", '{"Version": 1}')
"""What a learner's JSON may be before it is right."""
ODD_ANSWERS: tuple[Json, ...] = (
    None, True, 7, "text", [], [1], {}, {"orders": 3}, {"orders": [None]}, {"orders": [{}], "count": "many"},
    {"pieces": "many"}, {"total": []}, {"found_free_mb": "all", "total": 1}, {"cents": None, "article": []},
)  # fmt: skip
"""What a learner's handler may answer before it is right."""


@cache
def library() -> ContentLibrary:
    return ContentLibrary(locations.content_root(), locations.cache())


def lesson_of(path: Path) -> Lesson:
    return library().lesson("/".join(path.parts[-3:-1]))


def lab_of(path: Path) -> Lab:
    unit, lesson, _, lab = path.parts[-5:-1]
    return library().lab(f"{unit}/{lesson}/{lab}")


def lessons() -> tuple[Lesson, ...]:
    return tuple(library().lesson(entry.id) for entry in library().course_map().lessons)


def labs() -> tuple[Lab, ...]:
    return tuple(lab for lesson in lessons() for lab in lesson.labs)


def files(folder: Path) -> list[Path]:
    """Every file below, whatever a test run left there."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)


def without_code(markdown: str) -> str:
    return re.sub(r"```.*?```|`[^`]*`", "", markdown, flags=re.DOTALL)


def invocation(payload: Json, function_error: str | None = None) -> Invocation:
    """What a run could have been; only the payload and the end matter here."""
    return Invocation(
        status_code=200,
        payload=payload,
        function_error=function_error,
        executed_version="$LATEST",
        log=(LogEvent(1.0, "function", "a line"),),
        report=Report("id", 1.0, 1, 128, 40),
        phases=(Phase("INVOKE", 0.0, 1.0, "error" if function_error else "ok"),),
        enforcement=dict.fromkeys(("memory", "timeout", "ephemeral_storage", "payload"), "supervisor"),
    )


def test_the_units_come_in_the_order_a_learner_needs_them() -> None:
    """The course begins with limits and ends at the edge, and every folder with a lesson is on the map."""
    assert tuple(unit.id for unit in library().course_map().units) == UNITS
    on_the_map = {lesson.id for lesson in library().course_map().lessons}
    assert on_the_map == {"/".join(path.parts[-3:-1]) for path in LESSON_FILES}


def test_every_claim_is_taught() -> None:
    """There is no claim that a question could ask and no lesson has told."""
    taught = {claim for lesson in lessons() for claim in lesson.claims}
    assert {claim.id for claim in library().claims()} - taught == set()


def test_a_lab_practises_what_its_lesson_teaches() -> None:
    """A lab's claims are claims of its own lesson."""
    for lesson in lessons():
        for lab in lesson.labs:
            assert set(lab.claims) <= set(lesson.claims), lab.id


def test_there_is_enough_to_do() -> None:
    """Six labs at least, all on the map; each with three hints, two solutions and two near-misses."""
    assert len(labs()) >= 6
    assert len(labs()) == len(LAB_FILES)
    for lab in labs():
        assert len(lab.hints) == 3, lab.id
        assert len(lab.solutions) >= 2, lab.id
        assert len(lab.rejected) >= 2, lab.id


@pytest.mark.parametrize("path", LESSON_FILES, ids=lambda path: path.parts[-2])
def test_a_lesson_runs_something_before_it_asks(path: Path) -> None:
    """The first paragraph ends in the key that runs the example, the last one names the key that goes on."""
    paragraphs = lesson_of(path).text.strip().split("\n\n")
    assert paragraphs[0].endswith("Press r.")
    assert "Enter" in paragraphs[-1]
    assert 300 <= len(lesson_of(path).text.split()) <= 1100


def test_the_texts_keep_the_house_words() -> None:
    """No exclamation marks, no emoji, and every number is filled in."""
    for lesson in lessons():
        texts = [lesson.text, *(text for lab in lesson.labs for text in (lab.task, *lab.hints))]
        for text in texts:
            assert "!" not in without_code(text), lesson.id
            assert not re.search("[\U0001f000-\U0001faff\u2600-\u27bf]", text), lesson.id
            assert "{{" not in text, lesson.id


def test_no_hint_begins_with_the_solution() -> None:
    """The first hint says where to look and shows no line that an accepted solution adds."""
    for lab in labs():
        starter = {line.strip() for path in files(lab.starter) for line in path.read_text().splitlines()}
        for solution in lab.solutions:
            added = {line.strip() for path in files(solution) for line in path.read_text().splitlines()} - starter
            assert [line for line in added if len(line) > 12 and line in lab.hints[0]] == [], lab.id


def test_solutions_are_two_and_near_misses_say_so() -> None:
    """No two accepted solutions are the same, and each near-miss says in its files why it is one."""
    for lab in labs():
        whole = [tuple((str(path.relative_to(one)), path.read_text()) for path in files(one)) for one in lab.solutions]
        assert len(set(whole)) == len(whole), lab.id
        for folder in lab.rejected:
            assert any("Near-miss" in path.read_text() for path in files(folder)), folder


@pytest.mark.parametrize("path", RUN_LAB_FILES, ids=lambda path: path.parts[-2])
@pytest.mark.parametrize("answer", ODD_ANSWERS, ids=repr)
def test_no_answer_upsets_the_checks(path: Path, answer: Any) -> None:
    """Whatever a handler answers, every demand gets a verdict and a reason, and the lab is not passed."""
    lab = lab_of(path)
    judged = grade(lab, [invocation(answer)] * len(lab.runs))
    assert not judged.passed
    assert all(verdict.why for verdict in judged.verdicts)


@pytest.mark.parametrize("path", STAGED_LAB_FILES, ids=lambda path: path.parts[-2])
@pytest.mark.parametrize("text", ODD_FILES)
def test_no_file_upsets_a_staging(path: Path, text: str, tmp_path: Path) -> None:
    """Whatever JSON a learner's files hold, the lab is not passed, and no slip is blamed on its author."""
    lab = lab_of(path)
    for file in files(lab.starter):
        (tmp_path / file.name).write_text(text if file.suffix == ".json" else file.read_text())
    found = run_folder(lab, tmp_path, Tutor().trial)
    assert not found.grade.passed
    assert all(verdict.why for verdict in found.grade.verdicts)


@pytest.mark.parametrize("path", RUN_LAB_FILES, ids=lambda path: path.parts[-2])
def test_a_failure_of_every_run_passes_no_lab(path: Path) -> None:
    """Runs that all end in a function error never pass, and the reason tells the error."""
    document = {"errorType": "ValueError", "errorMessage": "as it is", "requestId": "id", "stackTrace": []}
    lab = lab_of(path)
    judged = grade(lab, [invocation(document, "Unhandled")] * len(lab.runs))
    assert not judged.passed
    assert any("ValueError" in verdict.why for verdict in judged.verdicts)


@pytest.mark.parametrize("path", LESSON_FILES, ids=lambda path: path.parts[-2])
def test_an_example_is_correct(path: Path) -> None:
    """What a lesson shows first works: no run fails, and the first one is a cold start."""
    try:
        seen = Tutor().study_lesson.run_example("/".join(path.parts[-3:-1]))
    except HostError as missing:
        pytest.skip(str(missing))
    assert [run.error_message for run in seen if run.function_error] == []
    assert seen[0].cold
