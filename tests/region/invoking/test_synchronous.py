"""Invoke as a client meets it: statuses, headers, limits, refusals."""

import base64
import json
import re
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.region.conftest import Clients
from tests.region.invoking.conftest import ANSWERS, a_quick_function
from tutor.region.region import Region

HEADER = "X-Amzn-Trace-Id"
TELLS = """
import os

def handler(event, context):
    print("x" * event.get("print", 0))
    custom = context.client_context.custom if context.client_context else None
    return {
        "id": context.aws_request_id,
        "arn": context.invoked_function_arn,
        "version": context.function_version,
        "custom": custom,
        "group": context.log_group_name,
        "stream": context.log_stream_name,
        "region": os.environ["AWS_REGION"],
        "trace": os.environ["_X_AMZN_TRACE_ID"],
    }
"""


def refusal(call: Any, **parameters: Any) -> ClientError:
    """The error with which a call is refused."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    return caught.value


def test_an_answer_has_status_version_and_payload(region: Region, served: Clients) -> None:
    """A synchronous call is answered with 200, the executed version and the function's bytes; no log unless asked."""
    a_quick_function(region)
    answer = served("lambda").invoke(FunctionName="f", Payload=b'{"a": 1}')
    assert (answer["StatusCode"], answer["ExecutedVersion"]) == (200, "$LATEST")
    assert json.loads(answer["Payload"].read()) == {"a": 1}
    assert "FunctionError" not in answer
    assert "LogResult" not in answer


def test_no_payload_is_an_empty_object(region: Region, served: Clients) -> None:
    """A call without a body hands ``{}`` over."""
    a_quick_function(region)
    assert served("lambda").invoke(FunctionName="f")["Payload"].read() == b"{}"


def test_what_a_function_is_told(region: Region, served: Clients) -> None:
    """The request id is that of the HTTP answer, the ARN the one that was asked for."""
    a_quick_function(region, TELLS)
    context = base64.b64encode(json.dumps({"custom": {"k": "v"}}).encode()).decode()
    answer = served("lambda").invoke(FunctionName="f", Payload=b"{}", ClientContext=context)
    told = json.loads(answer["Payload"].read())
    assert told["id"] == answer["ResponseMetadata"]["HTTPHeaders"]["x-amzn-requestid"]
    assert told["arn"] == "arn:aws:lambda:us-east-1:123456789012:function:f"
    assert told["custom"] == {"k": "v"}
    assert told["group"] == "/aws/lambda/f"
    assert told["stream"].startswith("2026/01/01/[$LATEST]")
    assert told["region"] == "us-east-1"


def test_a_function_of_another_aws_region(region: Region, served: Clients) -> None:
    """The AWS region of the signature is the one in which the function is, and in which it believes to be."""
    role = region.client("iam")
    a_quick_function(region, TELLS)
    arn = role.list_roles()["Roles"][0]["Arn"]
    europe = region.client("lambda", "eu-west-1")
    code = region.state.blob(region.catalogue.target("us-east-1", "f").configuration["blob"]).read_bytes()
    europe.create_function(
        FunctionName="g",
        Runtime="python3.13",
        Handler="lambda_function.handler",
        Role=arn,
        Code={"ZipFile": code},
        MemorySize=1769,
        Timeout=30,
    )
    region.clock.drain()
    told = json.loads(served("lambda", "eu-west-1").invoke(FunctionName="g")["Payload"].read())
    assert told["region"] == "eu-west-1"
    assert told["arn"] == "arn:aws:lambda:eu-west-1:123456789012:function:g"
    assert refusal(served("lambda").invoke, FunctionName="g").response["Error"]["Code"] == "ResourceNotFoundException"


def test_a_function_error_is_no_http_error(region: Region, served: Clients) -> None:
    """An exception gives 200 with FunctionError and the error document."""
    a_quick_function(region)
    answer = served("lambda").invoke(FunctionName="f", Payload=b'{"fails": "why"}')
    assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")
    document = json.loads(answer["Payload"].read())
    assert (document["errorType"], document["errorMessage"]) == ("ValueError", "why")


def test_the_log_tail_is_its_last_four_kilobytes(region: Region, served: Clients) -> None:
    """``LogType=Tail`` gives the log's end in base64, at most 4,096 bytes; a cold start's first line is not in it."""
    a_quick_function(region, TELLS)
    short = served("lambda").invoke(FunctionName="f", LogType="Tail", Payload=b'{"print": 3}')
    log = base64.b64decode(short["LogResult"]).decode()
    assert "xxx\n" in log
    assert log.startswith("START RequestId: ")
    assert log.splitlines()[-1].startswith("REPORT RequestId: ")
    long = served("lambda").invoke(FunctionName="f", LogType="Tail", Payload=b'{"print": 5000}')
    assert len(base64.b64decode(long["LogResult"])) == 4096


def test_a_dry_run_runs_nothing(region: Region, served: Clients) -> None:
    """``DryRun`` is answered with 204 and no body; the function is not invoked."""
    a_quick_function(region)
    answer = served("lambda").invoke(FunctionName="f", InvocationType="DryRun")
    assert answer["StatusCode"] == 204
    assert answer["Payload"].read() == b""
    assert region.invoking.done == ()


def test_an_event_is_accepted(region: Region, served: Clients) -> None:
    """``Event`` and the deprecated ``InvokeAsync`` are answered with 202; both run later."""
    a_quick_function(region)
    client = served("lambda")
    answer = client.invoke(FunctionName="f", InvocationType="Event", Payload=b'{"n": 1}')
    assert (answer["StatusCode"], answer["Payload"].read()) == (202, b"")
    assert "ExecutedVersion" not in answer
    assert client.invoke_async(FunctionName="f", InvokeArgs=b'{"n": 2}')["Status"] == 202
    assert region.clock.drain(60)
    assert [done.payload for done in region.invoking.done] == [{"n": 1}, {"n": 2}]


@pytest.mark.parametrize(
    ("reference", "qualifier", "version", "arn"),
    [
        ("f", None, "$LATEST", "function:f"),
        ("f:1", None, "1", "function:f:1"),
        ("f", "live", "1", "function:f:live"),
        ("123456789012:function:f", "1", "1", "function:f:1"),
        ("arn:aws:lambda:us-east-1:123456789012:function:f:live", None, "1", "function:f:live"),
        ("arn:aws:lambda:us-east-1:123456789012:function:f:live", "live", "1", "function:f:live"),
    ],
)
def test_every_way_to_name_a_function(
    region: Region, reference: str, qualifier: str | None, version: str, arn: str
) -> None:
    """Name, partial ARN and ARN, with a qualifier in it or beside it."""
    client = region.client("lambda")
    a_quick_function(region, TELLS)
    client.publish_version(FunctionName="f")
    client.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    region.clock.drain()
    given = {"Qualifier": qualifier} if qualifier else {}
    answer = client.invoke(FunctionName=reference, **given)
    told = json.loads(answer["Payload"].read())
    assert (answer["ExecutedVersion"], told["version"]) == (version, version)
    assert told["arn"] == f"arn:aws:lambda:us-east-1:123456789012:{arn}"


def test_what_is_not_there(region: Region, served: Clients) -> None:
    """404 with the ARN that was asked for, in the words recorded from the service."""
    a_quick_function(region)
    client = served("lambda")
    arn = "arn:aws:lambda:us-east-1:123456789012:function"
    missing = refusal(client.invoke, FunctionName="doesnotexist")
    assert missing.response["ResponseMetadata"]["HTTPStatusCode"] == 404
    assert missing.response["Error"]["Message"] == f"Function not found: {arn}:doesnotexist:$LATEST"
    missing = refusal(client.invoke, FunctionName="f", Qualifier="7")
    assert missing.response["Error"]["Message"] == f"Function not found: {arn}:f:7"


def test_a_new_function_cannot_be_invoked_yet(region: Region, served: Clients) -> None:
    """409 while a function is Pending, also for an event; one may ask whether one might."""
    a_quick_function(region, name="other")
    region.clock.pause()
    role = region.catalogue.target("us-east-1", "other").configuration["Role"]
    code = region.state.blob(region.catalogue.target("us-east-1", "other").configuration["blob"]).read_bytes()
    region.client("lambda").create_function(
        FunctionName="f",
        Runtime="python3.13",
        Handler="lambda_function.handler",
        Role=role,
        Code={"ZipFile": code},
    )
    for kind in ("RequestResponse", "Event"):
        error = refusal(served("lambda").invoke, FunctionName="f", InvocationType=kind)
        assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 409
        assert error.response["Error"]["Code"] == "ResourceConflictException"
        assert error.response["Error"]["Message"] == (
            "The operation cannot be performed at this time. The function is currently in the following state: Pending"
        )
    assert served("lambda").invoke(FunctionName="f", InvocationType="DryRun")["StatusCode"] == 204
    region.clock.run()


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (
            b"n\x87r\x9e\xe9",
            "Invalid UTF-8 start byte 0x87\n at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` "
            "disabled); line: 1, column: 3]",
        ),
        (
            b"\x99\xeb,j",
            "Unexpected character ((CTRL-CHAR, code 153)): expected a valid value (JSON String, Number, Array, Object "
            "or token 'null', 'true' or 'false')\n at [Source: REDACTED "
            "(`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column: 1]",
        ),
    ],
)
def test_a_body_that_is_no_text_is_told_as_recorded(region: Region, served: Clients, body: bytes, told: str) -> None:
    """Two bodies that were sent to the real service, and its words for them."""
    a_quick_function(region)
    error = refusal(served("lambda").invoke, FunctionName="f", Payload=body).response
    assert error["Error"]["Code"] == "InvalidRequestContentException"
    assert error["Error"]["Message"] == (
        f"Could not parse request body into json: Could not parse payload into json: {told}"
    )
    assert region.invoking.done == ()


@pytest.mark.parametrize("body", [b"{", b"abc", b"[1,]", b'{"a": NaN}', b" ", b'"\xff"', b"[" * 100_000, b"1 2"])
@pytest.mark.parametrize("kind", ["RequestResponse", "Event", "DryRun"])
def test_a_body_that_is_no_json_is_refused(region: Region, served: Clients, body: bytes, kind: str) -> None:
    """Whatever is no JSON is refused with 400 before anything is queued or run."""
    region.state.put("function", "us-east-1/f", FUNCTION)
    error = refusal(served("lambda").invoke, FunctionName="f", Payload=body, InvocationType=kind).response
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert error["Error"]["Code"] == "InvalidRequestContentException"
    assert error["Error"]["Message"].startswith("Could not parse request body into json: Could not parse payload")
    assert region.invoking.waiting() == ()


FUNCTION = {"name": "f", "created": 0, "tags": {}, "latest": {"State": "Active", "FunctionName": "f"}}
"""Enough of a function for what is refused before it would run."""


@pytest.mark.parametrize(
    ("kind", "limit"), [("RequestResponse", "request_payload"), ("Event", "async_request_payload")]
)
def test_a_payload_over_the_limit(region: Region, served: Clients, kind: str, limit: str) -> None:
    """413 with the number of bytes, the type and the limit; each type has its own."""
    region.state.put("function", "us-east-1/f", FUNCTION)
    most = getattr(region.quotas, limit)
    body = b'"' + b"x" * (most - 1) + b'"'
    error = refusal(served("lambda").invoke, FunctionName="f", Payload=body, InvocationType=kind).response
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 413
    assert error["Error"]["Code"] == "RequestEntityTooLargeException"
    told = f"{most + 1} byte payload is too large for the {kind} invocation type (limit {most} bytes)"
    assert error["message"] == told if "message" in error else error["Error"]["Message"] == told


def test_the_largest_payloads_pass(region: Region) -> None:
    """Exactly the limit goes in and comes out, synchronously and from the queue."""
    a_quick_function(region, "def handler(event, context):\n    return len(event)\n")
    client = region.client("lambda")
    size = region.quotas.request_payload
    answer = client.invoke(FunctionName="f", Payload=b'"' + b"x" * (size - 2) + b'"')
    assert answer["Payload"].read() == str(size - 2).encode()
    size = region.quotas.async_request_payload
    client.invoke(FunctionName="f", InvocationType="Event", Payload=b'"' + b"x" * (size - 2) + b'"')
    assert region.clock.drain(60)
    assert region.invoking.done[-1].payload == size - 2


@pytest.mark.parametrize("context", ["not base64", base64.b64encode(b"[1]").decode(), "e30=" + "A" * 3580])
def test_a_client_context_that_cannot_be(region: Region, context: str) -> None:
    """Neither base64 nor JSON nor an object, or longer than 3,583 bytes: 400."""
    region.state.put("function", "us-east-1/f", FUNCTION)
    error = refusal(region.client("lambda").invoke, FunctionName="f", ClientContext=context).response
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_a_response_stream_of_a_buffered_function(region: Region, served: Clients) -> None:
    """One chunk with the whole answer, then InvokeComplete with the log's tail; an error is told at the end."""
    a_quick_function(region)
    client = served("lambda")
    answer = client.invoke_with_response_stream(FunctionName="f", Payload=b'{"n": 1}', LogType="Tail")
    assert (answer["StatusCode"], answer["ExecutedVersion"]) == (200, "$LATEST")
    chunk, complete = list(answer["EventStream"])
    assert json.loads(chunk["PayloadChunk"]["Payload"]) == {"n": 1}
    assert "REPORT" in base64.b64decode(complete["InvokeComplete"]["LogResult"]).decode()
    failed = client.invoke_with_response_stream(FunctionName="f", Payload=b'{"fails": "why"}')
    (complete,) = list(failed["EventStream"])
    assert complete["InvokeComplete"]["ErrorCode"] == "Unhandled"
    assert json.loads(complete["InvokeComplete"]["ErrorDetails"])["errorMessage"] == "why"


def test_what_is_not_here_is_refused_in_a_sentence(region: Region) -> None:
    """Tenants and durable executions are told to be missing, not ignored."""
    region.state.put("function", "us-east-1/f", FUNCTION)
    error = refusal(region.client("lambda").invoke, FunctionName="f", TenantId="blue").response
    assert "not in this region yet" in error["Error"]["Message"]


def test_a_role_that_is_gone_runs_nothing(region: Region) -> None:
    """Where the execution role was deleted, no environment can be made."""
    a_quick_function(region, ANSWERS)
    iam = region.client("iam")
    iam.delete_role_policy(RoleName="f-role", PolicyName="all")
    iam.delete_role(RoleName="f-role")
    error = refusal(region.client("lambda").invoke, FunctionName="f").response
    assert error["Error"]["Message"] == "The role defined for the function cannot be assumed by Lambda."


ROOT = "1-5759e988-bd862e3fe1be46a994272793"


def told(answer: dict[str, Any]) -> str:
    """The trace header of an answer."""
    return str(answer["ResponseMetadata"]["HTTPHeaders"]["x-amzn-trace-id"])


def test_an_answer_tells_the_trace_that_the_function_has(region: Region, served: Clients) -> None:
    """The answer's trace header is the handler's own; streamed answers tell it, queued events their root."""
    a_quick_function(region, TELLS)
    client = served("lambda")
    answer = client.invoke(FunctionName="f")
    assert told(answer) == json.loads(answer["Payload"].read())["trace"]
    assert re.fullmatch(r"Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0;Lineage=.+", told(answer))
    streamed = client.invoke_with_response_stream(FunctionName="f")
    [piece] = [event["PayloadChunk"]["Payload"] for event in streamed["EventStream"] if "PayloadChunk" in event]
    assert told(streamed) == json.loads(piece)["trace"]
    queued = told(client.invoke(FunctionName="f", InvocationType="Event"))
    region.clock.drain()
    assert re.fullmatch(r"Root=[^;]+;Sampled=0", queued)
    assert json.loads(region.invoking.done[-1].body)["trace"].startswith(queued.partition(";")[0])


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (f"Root={ROOT}", rf"Root={ROOT};Parent=[0-9a-f]{{16}};Sampled=0;Lineage=.+"),
        (f"sampled=1; root={ROOT}", rf"Root={ROOT};Parent=[0-9a-f]{{16}};Sampled=1;Lineage=.+"),
        (
            f"Root={ROOT};Parent=53995c3f42cd8ad8;Sampled=1",
            rf"Root={ROOT};Parent=53995c3f42cd8ad8;Sampled=1;Lineage=.+",
        ),
        ("Root=mine;Sampled=no", r"Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0;Lineage=.+"),
        ("nonsense", r"Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0;Lineage=.+"),
    ],
)
def test_the_callers_trace_goes_on(region: Region, served: Clients, sent: str, kept: str) -> None:
    """What a request says of its trace is taken over, what it lacks or has in no form is made; so the answer too."""
    a_quick_function(region, TELLS)
    client = served("lambda")
    client.meta.events.register("before-sign.lambda", lambda request, **_: request.headers.add_header(HEADER, sent))
    answer = client.invoke(FunctionName="f")
    trace = json.loads(answer["Payload"].read())["trace"]
    assert re.fullmatch(kept, trace)
    assert told(answer) == trace
