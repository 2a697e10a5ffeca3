"""Whatever is done to a file, the validator answers with problems of that file, never with an exception."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from tests.content.tree import CLAIMS, FACT, FILES, LAB, LESSON, OUTCOME, SOLUTION, plant
from tutor.content.validation import validate

YAMLS = (
    "lessons/course.yaml",
    "data/topics.yaml",
    "data/blueprints/dva.yaml",
    "data/glossary.yaml",
    "data/runtimes.yaml",
    CLAIMS,
    LAB,
    OUTCOME,
    SOLUTION,
    FACT,
)
FREE = {"given", "event", "change", "seeds", "domains", "tasks"}
"""Keys under which an author may write what he likes, or that nothing needs."""

OPTIONAL = {
    "older",
    "needs",
    "labs",
    "quiz",
    "function",
    "mistake",
    "given",
    "least",
    "seeds",
    "fresh",
    "timeout",
    "os",
    "deprecation",
    "blocked",
}

SMALL = settings(max_examples=settings().max_examples // 4)
"""Each example validates a whole course."""


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course that holds together, planted once."""
    return plant(tmp_path_factory.mktemp("planted"))


def mappings(value: Any, above: str = "") -> Iterator[tuple[dict[str, Any], str]]:
    """Every mapping whose keys have a meaning, and each of its keys."""
    if isinstance(value, dict):
        for key in value:
            if key not in FREE and above not in FREE:
                yield value, key
            yield from mappings(value[key], key)
    elif isinstance(value, list):
        for entry in value:
            yield from mappings(entry, above)


def problems_of(root: Path, name: str, text: str) -> list[str]:
    """The problems of one file when its text is ``text``; the file is put back afterwards."""
    path = root / name
    before = path.read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8")
    try:
        return [str(problem) for problem in validate(root).problems if problem.file == name and problem.line >= 1]
    finally:
        path.write_text(before, encoding="utf-8")


def dumped(document: Any, root: Path) -> str:
    """The document as YAML."""
    path = root / ".dumped.yaml"
    yaml = YAML(typ="safe", pure=True)
    yaml.dump(document, path)
    return path.read_text(encoding="utf-8")


@given(data=st.data())
@SMALL
def test_a_key_that_is_renamed_removed_or_of_another_type_is_told(planted: Path, data: st.DataObject) -> None:
    """No key of a file can be lost, misspelt or of a wrong type unnoticed, and the problem names the file."""
    name = data.draw(st.sampled_from(YAMLS))
    document = YAML(typ="safe", pure=True).load(FILES[name])
    mapping, key = data.draw(st.sampled_from(list(mappings(document))))
    how = data.draw(st.sampled_from(["rename", "remove", "type"]))
    value = mapping.pop(key)
    if how == "rename":
        mapping[f"{key}x"] = value
    elif how == "type":
        mapping[key] = 7.5 if isinstance(value, (str, list, dict, bool)) else ["wrong"]
    elif key in OPTIONAL:
        return
    assert problems_of(planted, name, dumped(document, planted)), f"{how} {key} in {name} went unnoticed"


@given(data=st.data())
@SMALL
def test_no_damage_to_a_file_raises(planted: Path, data: st.DataObject) -> None:
    """A file that was cut, or got strange characters, or lost a line, gives problems or nothing."""
    name = data.draw(st.sampled_from([name for name in FILES if not name.endswith("lambda_function.py")]))
    text = FILES[name]
    at = data.draw(st.integers(0, len(text)))
    until = data.draw(st.integers(at, min(len(text), at + 40)))
    noise = data.draw(st.text(alphabet="{}[]:-|>&*!%'\"\n\t {{}}0aé\0", max_size=8))
    problems_of(planted, name, text[:at] + noise + text[until:])


def test_bytes_that_are_no_text_are_told(planted: Path, tmp_path: Path) -> None:
    """A file in another encoding is a problem with the line of the first strange byte."""
    root = shutil.copytree(planted, tmp_path / "content")
    path = root / LESSON
    path.write_bytes(path.read_bytes().replace(b"This handler", b"This \xff handler"))
    (told,) = [problem for problem in validate(root).problems if problem.file == LESSON]
    assert (told.line, told.message) == (12, "this file is no UTF-8 text")
