"""The filter language: what matches, what is no pattern, and how the records of each source are looked at."""

import base64
import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.awslambda.refusal import refused
from tests.fakes.quotas import QUOTAS
from tutor.awslambda.filter_pattern import MAPPING_OPERATORS, check_filters, keeps, matches, parse_pattern
from tutor.errors import ServiceError

CASES: list[tuple[Any, Any, bool]] = [
    ({"a": ["x"]}, {"a": "x"}, True),
    ({"a": ["x", "y"]}, {"a": "y"}, True),
    ({"a": ["x"], "b": ["y"]}, {"a": "x", "b": "z"}, False),
    ({"a": {"b": ["x"]}}, {"a": {"b": "x", "c": 1}}, True),
    ({"a": {"b": ["x"]}}, {"a": "x"}, False),
    ({"a": [None]}, {"a": None}, True),
    ({"a": [None]}, {}, False),
    ({"a": [""]}, {"a": ""}, True),
    ({"a": [300]}, {"a": 300.0}, False),
    ({"a": [1]}, {"a": True}, False),
    ({"a": [True]}, {"a": True}, True),
    ({"a": ["x"]}, {"a": ["w", "x"]}, True),
    ({"a": {"b": ["x"]}}, {"a": [{"b": "w"}, {"b": "x"}]}, True),
    ({"a": [{"prefix": "us-"}]}, {"a": "us-east-1"}, True),
    ({"a": [{"prefix": {"equals-ignore-case": "US-"}}]}, {"a": "us-east-1"}, True),
    ({"a": [{"suffix": ".png"}]}, {"a": "b.png"}, True),
    ({"a": [{"suffix": ".png"}]}, {"a": 1}, False),
    ({"a": [{"anything-but": ["x", "y"]}]}, {"a": "z"}, True),
    ({"a": [{"anything-but": "x"}]}, {"a": "x"}, False),
    ({"a": [{"anything-but": "x"}]}, {}, False),
    ({"a": [{"anything-but": {"prefix": ["x", "y"]}}]}, {"a": "yes"}, False),
    ({"a": [{"anything-but": {"suffix": "s"}}]}, {"a": "yet"}, True),
    ({"a": [{"anything-but": {"equals-ignore-case": "X"}}]}, {"a": "x"}, False),
    ({"a": [{"anything-but": {"wildcard": "*/x"}}]}, {"a": "a/y"}, True),
    ({"a": [{"numeric": [">", 100]}]}, {"a": 101}, True),
    ({"a": [{"numeric": [">", 100]}]}, {"a": "101"}, False),
    ({"a": [{"numeric": [">=", 1, "<", 2]}]}, {"a": 2}, False),
    ({"a": [{"numeric": ["=", 1]}]}, {"a": 1.0}, True),
    ({"a": [{"exists": True}]}, {"a": None}, True),
    ({"a": [{"exists": True}]}, {"a": {"S": "leaf"}}, False),
    ({"a": [{"exists": False}]}, {"a": {"S": "leaf"}}, True),
    ({"a": [{"exists": False}]}, {"a": 1}, False),
    ({"a": [{"equals-ignore-case": "Ab"}]}, {"a": "aB"}, True),
    ({"$or": [{"a": ["x"]}, {"b": ["y"]}]}, {"b": "y"}, True),
    ({"$or": [{"a": ["x"]}, {"b": ["y"]}]}, {"b": "x"}, False),
    ({"$or": ["x"]}, {"$or": "x"}, True),
    ({"$or": [{"prefix": "x"}, "y"]}, {"$or": "y"}, True),
    ({"a": [{"wildcard": "dir/*.p?g"}]}, {"a": "dir/x.p?g"}, True),
    ({"a": [{"wildcard": "a\\*b"}]}, {"a": "axb"}, False),
    ({"a": [{"wildcard": "a\\*b"}]}, {"a": "a*b"}, True),
    ({"a": [{"cidr": "10.0.0.0/24"}]}, {"a": "10.0.0.255"}, True),
    ({"a": [{"cidr": "10.0.0.0/24"}]}, {"a": "here"}, False),
    ({"a.b": ["x"]}, {"a": {"b": "x"}}, True),
    ({"a": {"b": ["x"]}}, {"a.b": "x"}, True),
]


@pytest.mark.parametrize(("pattern", "event", "expected"), CASES)
def test_what_matches(pattern: Any, event: Any, expected: bool) -> None:
    """Every operator, both ways."""
    assert matches(parse_pattern(json.dumps(pattern)), event) is expected


@pytest.mark.parametrize(
    "pattern",
    [
        "", "null", "[]", "{}", '"text"', "{", '{"a": "x"}', '{"a": []}', '{"a": {}}', '{"a": [["x"]]}', '{"a": 1}',
        '{"a": [{}]}', '{"a": [{"like": "x"}]}', '{"a": [{"prefix": 1}]}', '{"a": [{"suffix": ["x"]}]}',
        '{"a": [{"numeric": []}]}', '{"a": [{"numeric": ["!", 1]}]}', '{"a": [{"numeric": [">", "1"]}]}',
        '{"a": [{"numeric": [">", 2, "<", 1]}]}', '{"a": [{"numeric": ["<", 1, ">", 2]}]}', '{"a": [{"exists": 1}]}',
        '{"a": [{"anything-but": []}]}', '{"a": [{"anything-but": {"prefix": ""}}]}', '{"a": [{"cidr": "x"}]}',
        '{"a": [{"equals-ignore-case": ["x"]}]}', '{"a": [{"wildcard": "a**"}]}', '{"$or": [{"a": ["x"]}]}',
        '{"a": [{"prefix": "x", "suffix": "y"}]}', '{"a": ' * 2000,
    ],
)  # fmt: skip
def test_what_is_no_pattern(pattern: str) -> None:
    """A mapping refuses it with the recorded text."""
    assert refused(parse_pattern, pattern)[0] == "InvalidEventPatternException"
    criteria = {"Filters": [{"Pattern": pattern}]}
    text = "Invalid filter pattern definition."
    if len(pattern) <= 4096:
        assert refused(check_filters, criteria, QUOTAS) == ("InvalidParameterValueException", text)


def test_limits_of_a_mappings_filters() -> None:
    """Five patterns, 4,096 characters each, and no wildcards; none at all is fine."""
    assert check_filters(None, QUOTAS) == () == check_filters({"Filters": []}, QUOTAS)
    one = {"Pattern": '{"body": ["x"]}'}
    assert len(check_filters({"Filters": [one] * 5}, QUOTAS)) == 5
    assert "bigger than the limit (5)" in refused(check_filters, {"Filters": [one] * 6}, QUOTAS)[1]
    long = {"Pattern": '{"body": ["' + "x" * 4096 + '"]}'}
    assert refused(check_filters, {"Filters": [long]}, QUOTAS)[0] == "ValidationException"
    assert refused(parse_pattern, '{"a": [{"wildcard": "x*"}]}', MAPPING_OPERATORS)[0] == "InvalidEventPatternException"


@pytest.mark.parametrize(
    ("pattern", "body", "expected"),
    [
        ({"body": {"k": ["v"]}}, '{"k": "v"}', True),
        ({"body": {"k": ["v"]}}, "plain", False),
        ({"body": {"k": ["v"]}}, "123", False),
        ({"body": ["plain"]}, "plain", True),
        ({"body": ["plain"]}, '{"k": "plain"}', False),
        ({"attributes": {"SenderId": ["me"]}}, "plain", True),
    ],
)
def test_sqs_bodies(pattern: Any, body: str, expected: bool) -> None:
    """JSON against JSON, plain against plain; without a pattern for the body only the rest counts."""
    assert keeps([pattern], {"body": body, "attributes": {"SenderId": "me"}}, "sqs") is expected


def test_kinesis_data_is_decoded_and_dynamodb_is_json_anyhow() -> None:
    """The pattern speaks of what the sender wrote; several patterns are alternatives."""

    def record(data: bytes) -> dict[str, Any]:
        return {"kinesis": {"partitionKey": "p", "data": base64.b64encode(data).decode()}}

    pattern = {"data": {"k": [{"numeric": [">", 1]}]}}
    assert keeps([pattern], record(b'{"k": 2}'), "kinesis")
    assert not keeps([pattern], record(b"\xff\x00"), "kinesis")
    assert keeps([{"partitionKey": ["p"]}], record(b"x"), "kinesis")
    change = {"eventName": "INSERT", "dynamodb": {"NewImage": {"n": {"N": "101"}}}}
    number = {"dynamodb": {"NewImage": {"n": {"N": [{"numeric": [">", 100]}, {"anything-but": "101"}]}}}}
    assert not keeps([number], change, "dynamodb")  # as recorded: DynamoDB's numbers are text
    assert keeps([number, {"eventName": ["INSERT"]}], change, "dynamodb")
    assert keeps([], change, "dynamodb")


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(_JSON, _JSON)
def test_any_json_is_a_pattern_or_refused_and_any_event_matches_or_not(pattern: Any, event: Any) -> None:
    """No text and no event breaks it."""
    with contextlib.suppress(ServiceError):
        (parsed,) = check_filters({"Filters": [{"Pattern": json.dumps(pattern)}]}, QUOTAS)
        assert matches(parsed, event) in (True, False)


@given(st.dictionaries(st.text("abc", min_size=1, max_size=2), st.integers() | st.text(max_size=3), min_size=1))
def test_an_event_matches_the_pattern_made_of_itself(event: dict[str, Any]) -> None:
    """Every field as a list of its own value."""
    pattern = parse_pattern(json.dumps({key: [value] for key, value in event.items()}))
    assert matches(pattern, event)
    assert not matches(pattern, {})
