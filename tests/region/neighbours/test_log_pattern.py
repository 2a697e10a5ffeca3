"""Filter patterns of CloudWatch Logs."""

import pytest

from tutor.region.neighbours.log_pattern import LogPattern


@pytest.mark.parametrize(
    ("pattern", "kept", "left_out"),
    [
        ("", ["anything"], []),
        ("ERROR", ["an ERROR here"], ["error"]),
        ("ERROR timeout", ["timeout and ERROR"], ["ERROR", "timeout"]),
        ("?ERROR ?WARN", ["ERROR", "WARN"], ["INFO"]),
        ("ERROR -Exit", ["ERROR"], ["ERROR Exit"]),
        ("-x", ["y"], ["x"]),
        ('"two words"', ["say two words now"], ["words two"]),
        ("%4[0-9]{2}%", ["404"], ["504"]),
        ('{ $.level = "error" }', ['{"level": "error"}'], ['{"level": "info"}', "error"]),
        ('{ $.a.b[0] != "x*" }', ['{"a": {"b": ["y"]}}'], ['{"a": {"b": ["xy"]}}', "{}"]),
        ("{ $.n >= 3 && ($.m < 1 || $.k = true) }", ['{"n": 3, "m": 0}', '{"n": 4, "k": true}'], ['{"n": 3, "m": 1}']),
        ("{ $.a IS NULL }", ['{"a": null}'], ['{"a": 1}', "{}"]),
        ("{ $.a NOT EXISTS }", ["{}"], ['{"a": null}']),
        ("{ $.l[*] = 2 }", ['{"l": [1, 2]}'], ['{"l": [1]}']),
        ("[ip, user, code=4*]", ["1.1.1.1 bob 404"], ["1.1.1.1 bob 200", "bob 404"]),
        ("[..., code >= 500, size]", ['1.1.1.1 [today] "GET /" 503 12'], ['1.1.1.1 "GET /" 200 12']),
        ("{ $.a = }", [], ['{"a": ""}']),
    ],
)
def test_patterns(pattern: str, kept: list[str], left_out: list[str]) -> None:
    """Words, JSON and columns, as AWS reads them; what is no pattern lets nothing through."""
    wanted = LogPattern(pattern)
    assert [message for message in (*kept, *left_out) if wanted.matches(message)] == kept
