"""JSON on the shortest way is the JSON that the standard library writes and reads."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tutor.sandbox import json_text
from tutor.sandbox.runtime import bootstrap_line

VALUES: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    1.5,
    1e300,
    "",
    "ä\u2028\ud83d\ude00",
    [],
    {},
    [1, [2]],
    {"a": {"b": [None]}},
    {1: 2, None: 3},
)


@pytest.mark.parametrize("value", VALUES, ids=repr)
@pytest.mark.parametrize("ascii_only", [True, False])
def test_a_value_is_written_as_the_standard_library_writes_it(value: Any, ascii_only: bool) -> None:
    """Separators, escapes and names that are no strings included."""
    for separators in ((", ", ": "), (",", ":")):
        encode = json_text.encoder(ascii_only=ascii_only, separators=separators)
        assert encode(value) == json.dumps(value, ensure_ascii=ascii_only, separators=separators)
    assert bootstrap_line.encoder(None, ascii_only=ascii_only)(value) == json.dumps(value, ensure_ascii=ascii_only)


@pytest.mark.parametrize(
    "encode",
    [json_text.encoder(ascii_only=True), bootstrap_line.encoder(None, ascii_only=True)],
    ids=["ours", "theirs"],
)
def test_what_is_no_json_is_refused_in_the_same_words(encode: Callable[[Any], str]) -> None:
    """An object that has no JSON, and a list that holds itself; the next value is not the worse for it."""
    ring: list[Any] = []
    ring.append(ring)
    for value in (object, {1, 2}, ring, [ring]):
        with pytest.raises((TypeError, ValueError)) as ours:
            encode(value)
        with pytest.raises((TypeError, ValueError)) as theirs:
            json.dumps(value)
        assert (type(ours.value), str(ours.value)) == (type(theirs.value), str(theirs.value))
    assert encode([[], []]) == "[[], []]"


@pytest.mark.parametrize(
    "text", ["1", " 1\n", "[1, 2]", '{"a": "\\u00e4"}', "NaN", "", " ", "[1", "1 2", "nope", '"', "-"]
)
def test_a_text_is_read_as_the_standard_library_reads_it(text: str) -> None:
    """White space around it is no error; whatever is one is told in the same words."""
    decode = json_text.decoder(json.JSONDecoder())
    assert read(decode, text) == read(json.loads, text)
    for encoding in ("utf-8", "utf-16", "utf-8-sig"):
        given = text.encode(encoding)
        assert read(bootstrap_line.decode, given) == read(json.loads, given)


def read(how: Callable[[Any], Any], text: str | bytes) -> str:
    """The value, or what is said of the text."""
    try:
        return repr(how(text))
    except json.JSONDecodeError as error:
        return str(error)
