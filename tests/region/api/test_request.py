"""Parameters out of requests, where a client does not write as botocore does."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tutor.errors import ServiceError
from tutor.region.api.message import Headers, HttpRequest
from tutor.region.api.request import request_reader

F = {"FunctionName": "f"}


def read(operation: str, body: bytes = b"", query: str = "", labels: dict[str, str] | None = None) -> dict[str, Any]:
    request = HttpRequest("POST", "/", query, Headers(), body)
    return request_reader(operation).read(request, F if labels is None else labels)


def refused(operation: str, body: bytes = b"", query: str = "") -> tuple[str, str]:
    with pytest.raises(ServiceError) as refusal:
        read(operation, body, query)
    return refusal.value.code, refusal.value.message


def test_members_that_nobody_knows_are_ignored() -> None:
    """An older or newer client's members do no harm, at any depth; a null is no value."""
    body = b'{"Timeout": 3, "New": {"x": 1}, "Description": null, "VpcConfig": {"Newer": [], "SubnetIds": ["a"]}}'
    assert read("UpdateFunctionConfiguration", body) == {**F, "Timeout": 3, "VpcConfig": {"SubnetIds": ["a"]}}


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b'{"Timeout": "3"}', "STRING_VALUE can not be converted to an Integer"),
        (b'{"Timeout": 3.5}', "NUMBER_VALUE can not be converted to an Integer"),
        (b'{"Timeout": 2147483648}', "NUMBER_VALUE can not be converted to an Integer"),
        (b'{"Timeout": true}', "TRUE_VALUE can not be converted to an Integer"),
        (b'{"Handler": 3}', "NUMBER_VALUE can not be converted to a String"),
        (b'{"Handler": {}}', "Start of structure or map found where not expected."),
        (b'{"Handler": []}', "Start of list found where not expected"),
        (b'{"VpcConfig": []}', "Start of list found where not expected"),
        (b'{"Layers": {}}', "Start of structure or map found where not expected."),
        (b'{"Layers": [1]}', "NUMBER_VALUE can not be converted to a String"),
        (b'{"Environment": {"Variables": {"a": false}}}', "FALSE_VALUE can not be converted to a String"),
        (b"[]", "Start of list found where not expected"),
        (b'"x"', "STRING_VALUE can not be converted to a Structure"),
    ],
)
def test_a_value_of_another_type_is_told(body: bytes, text: str) -> None:
    """Wrong types are the protocol's ``SerializationException``."""
    assert refused("UpdateFunctionConfiguration", body) == ("SerializationException", text)


@pytest.mark.parametrize("body", [b"{", b"\xff", b"{}{}", b"<a/>", b'{"Timeout": NaN}', b"[" * 100_000, b'"\\ud800"'])
def test_what_is_no_json_is_told(body: bytes) -> None:
    """Half a document, other bytes, and what only Python takes for JSON."""
    assert refused("UpdateFunctionConfiguration", body)[0] == "SerializationException"


def test_booleans_numbers_and_times_stand_in_queries() -> None:
    """A query's text becomes what the model says."""
    query = "IncludeExecutionData=true&MaxItems=5&Marker=a%20b+c&ReverseOrder=FALSE"
    labels = {"DurableExecutionArn": "x"}
    found = read("GetDurableExecutionHistory", query=query, labels=labels)
    wanted = {"IncludeExecutionData": True, "MaxItems": 5, "Marker": "a b c", "ReverseOrder": False}
    assert found == {**labels, **wanted}
    times = read("ListDurableExecutionsByFunction", query="StartedAfter=2026-01-02T03:04:05Z&StartedBefore=86400")
    assert times["StartedAfter"] == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert times["StartedBefore"] == datetime(1970, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize("value", ["x", "", "1.5", "99999999999", "1e3"])
def test_what_is_no_number_in_a_query_is_told(value: str) -> None:
    """As in a body."""
    wanted = ("SerializationException", "STRING_VALUE can not be converted to an Integer")
    assert refused("ListFunctions", query=f"MaxItems={value}") == wanted


def test_a_list_in_a_query_is_the_same_name_again() -> None:
    """``tagKeys=a&tagKeys=b``, and names are as the wire has them."""
    labels = {"Resource": "r"}
    assert read("UntagResource", query="tagKeys=a&tagKeys=b%2Cc", labels=labels) == {**labels, "TagKeys": ["a", "b,c"]}


def test_times_in_a_body_are_numbers_or_texts() -> None:
    """Seconds since 1970 are the protocol's; the texts of other clients are read too."""
    for written in (b"1700000000", b"1.7e9", b'"2023-11-14T22:13:20Z"'):
        body = b'{"FunctionName": "f", "StartingPositionTimestamp": ' + written + b"}"
        found = read("CreateEventSourceMapping", body)["StartingPositionTimestamp"]
        assert found == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    wrong = b'{"FunctionName": "f", "StartingPositionTimestamp": 1e300}'
    assert refused("CreateEventSourceMapping", wrong)[0] == "SerializationException"


def test_bytes_in_a_body_are_base64() -> None:
    """And what is none is told."""
    assert read("UpdateFunctionCode", b'{"ZipFile": "AAEC"}')["ZipFile"] == b"\0\1\2"
    assert refused("UpdateFunctionCode", b'{"ZipFile": "AA?AA"}')[0] == "SerializationException"


def test_a_payload_is_the_body_as_it_is() -> None:
    """Also one that is no text."""
    assert read("Invoke", b"\xff\x00") == {**F, "Payload": b"\xff\x00"}
    assert read("Invoke") == F
    assert read("InvokeAsync") == {**F, "InvokeArgs": b""}  # there it is required, and none is an empty one
