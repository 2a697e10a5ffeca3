"""boto3 itself against the listener, with operations that stand in for the region's."""

import logging
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from tutor.errors import ServiceError
from tutor.region.api.api import Api
from tutor.region.api.doorstep import with_doorstep
from tutor.region.api.listener import Listener
from tutor.region.api.message import Headers, HttpRequest
from tutor.region.api.signature import SignedRequest
from tutor.region.call import Call, Caller

LIMIT = 1_000_000


def invoke(call: Call) -> Mapping[str, Any]:
    """Answers with what it was given; a function of that name throttles."""
    if call.parameters["FunctionName"] == "throttled":
        raise ServiceError("TooManyRequestsException", "Rate Exceeded.", {"Reason": "R", "retryAfterSeconds": "1"})
    payload = call.parameters.get("Payload", b"null")
    return {"StatusCode": 200, "Payload": payload, "ExecutedVersion": "$LATEST", "LogResult": "bG9n"}


def stream(call: Call) -> Mapping[str, Any]:
    """Three events."""
    chunks = [{"PayloadChunk": {"Payload": piece}} for piece in (b"a", b"b" * 200_000)]
    events: list[Mapping[str, Any]] = [*chunks, {"InvokeComplete": {}}]
    return {"StatusCode": 200, "EventStream": iter(events)}


def list_functions(call: Call) -> Mapping[str, Any]:
    """Two pages; the second one's function says who asked, and where."""
    if "Marker" not in call.parameters:
        return {"Functions": [{"FunctionName": "first"}], "NextMarker": "m"}
    return {"Functions": [{"FunctionName": call.caller.access_key, "Description": call.aws_region}]}


def fail(call: Call) -> Mapping[str, Any]:
    """A fault of ours."""
    raise RuntimeError("something secret")


OPERATIONS = {
    "Invoke": invoke,
    "InvokeWithResponseStream": stream,
    "ListFunctions": list_functions,
    "GetFunction": fail,
    "GetAlias": lambda call: {"Misspelt": 1},
    "DeleteFunction": lambda call: {"StatusCode": 204},
    "CreateFunction": lambda call: {"CodeSize": len(call.parameters["Code"]["ZipFile"])},
}


def authenticate(signed: SignedRequest) -> Caller:
    return Caller(access_key=signed.access_key, administrator=not signed.verified)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The URL of a listener with the operations above."""
    api = Api(OPERATIONS, authenticate, secret_of={"AKIDKNOWN": "right"}.get, request_limit=LIMIT)
    listener = Listener()
    yield listener.listen(with_doorstep(api.answer, "test")).address
    listener.close()


@pytest.fixture
def client(address: str) -> Iterator[Any]:
    """boto3's client of Lambda, with a key that nobody knows."""
    with_key = connect(address, "AKIDOTHER", "any")
    yield with_key
    with_key.close()


def connect(address: str, key: str, secret: str) -> Any:
    return boto3.client(
        "lambda", "eu-central-1", endpoint_url=address, aws_access_key_id=key, aws_secret_access_key=secret,
        config=Config(retries={"total_max_attempts": 1}),
    )  # fmt: skip


def refused(call: Callable[..., Any], **parameters: Any) -> dict[str, Any]:
    with pytest.raises(ClientError) as refusal:
        call(**parameters)
    response: dict[str, Any] = refusal.value.response
    return response


def test_an_invocation_goes_there_and_back(client: Any) -> None:
    """By name, by ARN with an alias; payload, headers and log."""
    for name in ("f", "f:prod", "arn:aws:lambda:eu-central-1:123456789012:function:f:prod"):
        answer = client.invoke(FunctionName=name, Payload=b'{"a": "\xc3\xa9"}', LogType="Tail")
        assert answer["Payload"].read() == b'{"a": "\xc3\xa9"}'
        assert (answer["StatusCode"], answer["ExecutedVersion"], answer["LogResult"]) == (200, "$LATEST", "bG9n")


def test_a_streamed_answer_is_read(client: Any) -> None:
    """botocore's event stream gives the events."""
    events = list(client.invoke_with_response_stream(FunctionName="f")["EventStream"])
    chunks = [event["PayloadChunk"]["Payload"] for event in events if "PayloadChunk" in event]
    assert (chunks, "InvokeComplete" in events[-1]) == ([b"a", b"b" * 200_000], True)


def test_a_paginator_walks(client: Any) -> None:
    """Markers are passed on; the operation knows the caller and the AWS region of the signature."""
    pages = list(client.get_paginator("list_functions").paginate())
    assert pages[1]["Functions"] == [{"FunctionName": "AKIDOTHER", "Description": "eu-central-1"}]


def test_an_error_is_the_client_s_own_class(client: Any) -> None:
    """With its members and its status; and the client can wait as it is told."""
    with pytest.raises(client.exceptions.TooManyRequestsException) as refusal:
        client.invoke(FunctionName="throttled")
    response = refusal.value.response
    assert (response["Error"]["Message"], response["Reason"], response["Type"]) == ("Rate Exceeded.", "R", "User")
    assert response["ResponseMetadata"]["HTTPHeaders"]["retry-after"] == "1"
    assert response["retryAfterSeconds"] == "1"


def test_what_the_model_forbids_reaches_no_operation(client: Any) -> None:
    """The service's words in the client's exception."""
    response = refused(client.list_functions, MaxItems=10_001)
    assert response["Error"] == {
        "Code": "ValidationException",
        "Message": "1 validation error detected: Value '10001' at 'maxItems' failed to satisfy constraint: "
        "Member must have value less than or equal to 10000",
    }


@pytest.mark.parametrize("call", ["get_function", "get_alias"])
def test_a_fault_of_ours_tells_nothing(client: Any, call: str, caplog: pytest.LogCaptureFixture) -> None:
    """500 with AWS's code, the fault in the log alone, and the next request is answered."""
    with caplog.at_level(logging.ERROR):
        parameters = {"FunctionName": "f"} | ({"Name": "a"} if call == "get_alias" else {})
        response = refused(getattr(client, call), **parameters)
    assert response["Error"]["Code"] == "ServiceException"
    assert "secret" not in str(response)
    assert "failed" in caplog.text
    assert client.invoke(FunctionName="f")["StatusCode"] == 200


def test_what_is_not_here_yet_is_told(client: Any) -> None:
    """A refusal of AWS's form that names the operation, and that no client tries again."""
    response = refused(client.list_capacity_providers)
    assert response["Error"]["Code"] == "NotImplementedException"
    assert response["Error"]["Message"] == "ListCapacityProviders is not in this region yet."
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_a_long_body_is_refused_cleanly(client: Any) -> None:
    """Just under the limit it arrives; over it, and far over it, comes AWS's error and no broken connection."""
    given = {"FunctionName": "f", "Role": "arn:aws:iam::123456789012:role/r"}
    assert client.create_function(**given, Code={"ZipFile": bytes(700_000)})["CodeSize"] == 700_000
    for size in (800_000, 100_000_000):
        response = refused(client.create_function, **given, Code={"ZipFile": bytes(size)})
        assert response["ResponseMetadata"]["HTTPStatusCode"] == 413
        assert response["Error"] == {
            "Code": "RequestEntityTooLargeException",
            "Message": f"Request must be smaller than {LIMIT} bytes for the CreateFunction operation",
        }


def test_a_known_key_must_have_its_secret(address: str) -> None:
    """Its own signature is let in, another one is refused."""
    with closing(connect(address, "AKIDKNOWN", "right")) as right:
        assert right.invoke(FunctionName="f")["StatusCode"] == 200
    with closing(connect(address, "AKIDKNOWN", "wrong")) as wrong:
        response = refused(wrong.invoke, FunctionName="f")
    assert response["Error"]["Code"] == "InvalidSignatureException"
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_without_a_signature_nothing_is_done(address: str) -> None:
    """403 for a page's request; the root says what is here."""
    with urllib.request.urlopen(address + "/") as answer:
        assert answer.read() == b"The region test is up.\n"
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(address + "/2015-03-31/functions")
    assert refusal.value.code == 403
    assert refusal.value.headers["x-amzn-ErrorType"] == "MissingAuthenticationTokenException"
    refusal.value.close()


def test_a_caller_who_is_known_needs_no_signature() -> None:
    """The region's own parts ask without one."""
    api = Api(OPERATIONS, authenticate)
    request = HttpRequest("GET", "/2015-03-31/functions", "Marker=m", Headers())
    response = api.perform(request, "us-west-2", Caller(access_key="inside"))
    assert response.data() == b'{"Functions": [{"FunctionName": "inside", "Description": "us-west-2"}]}'
