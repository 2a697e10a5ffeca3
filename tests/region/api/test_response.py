"""Results as answers, and the judge that says whether they are what the model promises."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tutor.errors import Defect, ServiceError
from tutor.region.api.compliance import complies
from tutor.region.api.errors import error_response
from tutor.region.api.message import HttpResponse
from tutor.region.api.response import response_writer


def write(operation: str, result: dict[str, Any]) -> HttpResponse:
    return response_writer(operation).write(result, "an-id")


def test_members_without_a_value_are_left_out() -> None:
    """None is no member, at any depth; an empty list is one."""
    result: dict[str, Any] = {"Functions": [{"FunctionName": "f", "Handler": None, "Layers": []}], "NextMarker": None}
    assert json.loads(write("ListFunctions", result).data()) == {"Functions": [{"FunctionName": "f", "Layers": []}]}


def test_status_and_headers_are_members_too() -> None:
    """An invocation's payload is the body, all else of it stands in status and headers."""
    result = {"StatusCode": 202, "Payload": b"x", "FunctionError": "Unhandled", "ExecutedVersion": "1"}
    response = write("Invoke", result)
    assert (response.status, response.data()) == (202, b"x")
    assert (response.header("X-Amz-Function-Error"), response.header("X-Amz-Executed-Version")) == ("Unhandled", "1")


def test_an_answer_without_content_has_no_body() -> None:
    """204 comes without type and body."""
    response = write("DeleteAlias", {})
    assert (response.status, response.data(), response.header("Content-Type")) == (204, b"", None)


def test_times_are_written_as_the_model_says() -> None:
    """Seconds since 1970 with milliseconds in bodies, from a time or a number; Lambda's own texts stay texts."""
    moment = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
    for given in (moment, moment.timestamp()):
        body = json.loads(write("CreateEventSourceMapping", {"LastModified": given}).data())
        assert body == {"LastModified": 1767323045.679}
    text = "2026-01-02T03:04:05.678+0000"
    assert json.loads(write("GetFunctionConfiguration", {"LastModified": text}).data()) == {"LastModified": text}


@pytest.mark.parametrize(
    ("result", "told"),
    [({"Nonsense": 1}, "Nonsense"), ({"VpcConfig": {"None": 1}}, "member None"), ({"Architectures": "arm"}, "no list")],
)
def test_what_the_model_lacks_is_our_fault(result: dict[str, Any], told: str) -> None:
    """A misspelt member never gets out, nor a text where a list of texts belongs."""
    with pytest.raises(Defect, match=told):
        write("GetFunctionConfiguration", result)


@pytest.mark.parametrize(
    ("operation", "result", "problem"),
    [
        ("GetFunctionConfiguration", {"PackageType": "Tar"}, "Member must satisfy enum value set"),
        ("GetFunctionConfiguration", {"Version": "one"}, "regular expression pattern"),
        ("GetFunctionConfiguration", {"Timeout": "three"}, "botocore cannot read"),
        ("GetFunctionConfiguration", {"Description": 3}, "is no string"),
        ("GetFunctionUrlConfig", {"AuthType": "NONE"}, "no FunctionArn"),
        ("Invoke", {"StatusCode": 200, "ExecutedVersion": "latest"}, "regular expression pattern"),
        ("InvokeWithResponseStream", {"EventStream": [{"InvokeComplete": {"LogResult": 3}}]}, "is no string"),
    ],
)
def test_the_judge_finds_what_is_wrong(operation: str, result: dict[str, Any], problem: str) -> None:
    """Types, enums, patterns and missing members, wherever in an answer they stand."""
    problems = complies(operation, write(operation, result))
    assert any(problem in told for told in problems), problems


def test_the_judge_looks_at_refusals() -> None:
    """An error's status is the model's, its code is one of AWS's."""
    right = error_response(ServiceError("ResourceConflictException", "text"), "an-id")
    assert complies("CreateFunction", right) == []
    assert complies("CreateFunction", HttpResponse(400, right.headers, right.body)) != []
    assert complies("CreateFunction", HttpResponse(409, (), right.body)) != []
    assert complies("CreateFunction", HttpResponse(409, right.headers, b"<html>")) != []


def test_the_judge_looks_at_statuses_and_unknown_members() -> None:
    """A success has the model's status and no member that the model lacks."""
    created = write("CreateAlias", {"Name": "a"})
    assert complies("CreateAlias", created) == []
    other = HttpResponse(200, created.headers, created.body)
    assert complies("CreateAlias", other) == ["CreateAlias: status 200, not 201"]
    more = HttpResponse(201, created.headers, b'{"Name": "a", "Nonsense": 1}')
    assert complies("CreateAlias", more) == ["CreateAlias: no member Nonsense in the model"]
