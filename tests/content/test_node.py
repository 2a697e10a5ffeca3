"""YAML as nodes: values, keys and lines, and a problem instead of an exception for whatever is no YAML."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.content.node import parse


def test_values_are_those_of_yaml() -> None:
    """Plain values come out as YAML 1.2 has them; dates stay texts."""
    text = "{a: 1, b: 1_000, c: 0x10, d: 1.5, e: true, f: null, g: ~, h: 2026-11-20, i: 'x', j: [no, -3], k: 1e3}"
    root, problems = parse(text, "file.yaml")
    assert problems == []
    assert root is not None
    assert root.plain == {
        "a": 1, "b": 1000, "c": 16, "d": 1.5, "e": True, "f": None, "g": None,
        "h": "2026-11-20", "i": "x", "j": ["no", -3], "k": 1000.0,
    }  # fmt: skip


def test_keys_are_dotted_and_lines_are_those_of_the_file() -> None:
    """A value knows where it stands, front matter's offset included."""
    root, _ = parse("a:\n  b:\n    - 1\n    - c: 2\n", "file.yaml", first_line=5)
    assert root is not None
    inner = root.value["a"].value["b"].value[1].value["c"]
    assert (inner.key, inner.line, inner.file) == ("a.b[1].c", 8, "file.yaml")


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a: 1\nb: [1\nc: 2\n", 3, "which begins in line 2"),
        ("a: 1\na: 2\n", 2, "here twice; it stands in line 1"),
        ("a: !thing 1\n", 1, "the tag '!thing' is not used"),
        ("a: &x [*x]\n", 1, "holds itself"),
        ("a: .inf\n", 1, "no value that can be used"),
        ("? [a]\n: 1\n", 1, "a key must be a simple name"),
        ("a: 1\n---\nb: 2\n", 2, "no YAML"),
        ("a: \t\0\n", 1, "no YAML"),
        ("%YAML 9\n---\na: 1\n", 1, "no YAML"),
        ("a: *nobody\n", 1, "no YAML"),
        ("[" * 3000, 1, "no YAML"),
        ("&a [" + "*a," * 3 + "]", 1, "holds itself"),
    ],
    ids=lambda value: repr(value)[:30] if isinstance(value, str) else None,
)
def test_what_is_no_yaml_is_a_problem_with_its_line(text: str, line: int, message: str) -> None:
    """Broken YAML is told, never raised."""
    _, problems = parse(text, "file.yaml")
    assert problems
    assert problems[0].line == line
    assert message in problems[0].message


@given(st.text(alphabet=" \n\t:-[]{}&*!|>'\"%@`#?,.~ab01\0é", max_size=40))
def test_no_text_at_all_raises(text: str) -> None:
    """Whatever an editor can produce gives a value or problems."""
    root, problems = parse(text, "file.yaml")
    json.dumps(root.plain if root else None)
    assert all(problem.line >= 1 and problem.message for problem in problems)


@given(st.lists(st.sampled_from(["word", "x", "90", "\n\n"]), min_size=2, max_size=12), st.sampled_from("|>"))
def test_every_word_of_a_block_is_found_in_its_line(words: list[str], style: str) -> None:
    """The line of any place in a block text is the line where that word was written."""
    lines = [word.strip("\n") for word in words]
    lines[0] = "begin"
    source = f"key: {style}\n" + "".join(f"  {line}\n" if line else "\n" for line in lines)
    root, _ = parse(source, "file.yaml")
    assert root is not None
    text = root.value["key"]
    at = 0
    for number, line in enumerate(lines, start=2):
        if line:
            at = text.value.index(line, at)
            assert text.line_of(at) == number
            at += len(line)
