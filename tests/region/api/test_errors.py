"""Refusals as AWS's HTTP answers."""

import json

import pytest

from tutor.errors import ServiceError
from tutor.region.api.errors import error_response, status_of
from tutor.region.api.message import Headers, HttpRequest, HttpResponse
from tutor.region.api.refusal import refusal


def body(response: HttpResponse) -> dict[str, str]:
    document: dict[str, str] = json.loads(response.data())
    return document


@pytest.mark.parametrize(
    ("code", "status", "members"),
    [
        ("ResourceNotFoundException", 404, {"Type": "User", "Message": "text"}),
        ("InvalidParameterValueException", 400, {"Type": "User", "message": "text"}),
        ("ServiceException", 500, {"Type": "Service", "Message": "text"}),
        ("RequestEntityTooLargeException", 413, {"Type": "User", "message": "text"}),
        ("ValidationException", 400, {"message": "text"}),
        ("AccessDeniedException", 403, {"Message": "text"}),
    ],
)
def test_an_error_has_its_shape(code: str, status: int, members: dict[str, str]) -> None:
    """Status and members are the model's; what the model does not know has a message alone."""
    response = error_response(ServiceError(code, "text"), "an-id")
    assert (response.status, response.header("x-amzn-errortype"), body(response)) == (status, code, members)
    assert response.header("x-amzn-requestid") == "an-id"


def test_details_are_members_and_headers() -> None:
    """A throttle's reason is in the body, the time to wait in a header."""
    error = ServiceError("TooManyRequestsException", "Rate Exceeded.", {"Reason": "R", "retryAfterSeconds": "7"})
    response = error_response(error, "an-id")
    assert response.status == 429
    assert response.header("Retry-After") == "7"
    assert body(response) == {"Type": "User", "message": "Rate Exceeded.", "Reason": "R"}


def test_an_empty_detail_takes_a_member_away() -> None:
    """Some of the service's errors come without their type."""
    error = ServiceError("ResourceNotFoundException", "text", {"Type": ""})
    assert body(error_response(error, "an-id")) == {"Message": "text"}


def test_an_unknown_code_is_the_caller_s_fault() -> None:
    """400, as AWS's errors without a status of their own."""
    assert status_of("SomethingNewException") == 400


MISSING = ServiceError("MissingAuthenticationTokenException", "Missing Authentication Token")


@pytest.mark.parametrize(
    ("path", "headers", "wanted"),
    [
        ("/2015-03-31/functions", {}, '{"message": "Missing Authentication Token"}'),
        ("/", {"X-Amz-Target": "DynamoDB_20120810.ListTables"}, '"__type": "MissingAuthenticationTokenException"'),
        ("/", {"Content-Type": "application/x-www-form-urlencoded"}, "<Code>MissingAuthenticationToken</Code>"),
        ("/bucket/key", {}, "<Code>AccessDenied</Code>"),
        ("/service/x/operation/y", {"Smithy-Protocol": "rpc-v2-cbor"}, "MissingAuthenticationTokenException"),
    ],
)
def test_who_is_refused_can_read_it(path: str, headers: dict[str, str], wanted: str) -> None:
    """Each of AWS's protocols has its own form of error; a request without a signature gets its own."""
    response = refusal(MISSING, HttpRequest("POST", path, headers=Headers(headers)), "an-id")
    assert response.status == 403
    assert wanted in response.data().decode("latin-1")


def test_the_cbor_form_is_cbor() -> None:
    """botocore's own parser reads the refusal."""
    from botocore.parsers import create_parser

    request = HttpRequest("POST", "/", headers=Headers({"smithy-protocol": "rpc-v2-cbor"}))
    response = refusal(MISSING, request, "an-id")
    answer = {"status_code": 403, "headers": dict(response.headers), "body": response.data()}
    error = create_parser("smithy-rpc-v2-cbor").parse(answer, None)["Error"]
    assert (error["Code"], error["Message"]) == ("MissingAuthenticationTokenException", MISSING.message)
