"""Function URLs: a real listener, both permissions, CORS, and answers in AWS's forms."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from tests.region.conftest import Clients, Opens, a_function
from tutor.region.region import Region
from tutor.region.server import Server

CODE = """
import json, os

def handler(event, context):
    if event["rawPath"] == "/boom":
        raise ValueError("boom")
    if event["rawPath"] == "/trace":
        return os.environ["_X_AMZN_TRACE_ID"]
    if event["rawPath"] == "/status":
        return {"statusCode": json.loads(event["rawQueryString"])}
    if event["rawPath"] == "/page":
        return {"statusCode": 201, "headers": {"x-made": "here"}, "cookies": ["a=1", "b=2"], "body": "<p>page</p>"}
    return event
"""


@pytest.fixture
def functions(region: Region, served: Clients) -> Any:
    """Lambda, with a function ``f``."""
    a_function(region, CODE)
    return served("lambda")


def open_to_all(functions: Any, qualifier: str | None = None) -> str:
    """A URL for everybody, with both permissions that it needs. Its address."""
    named = {"FunctionName": "f", **({"Qualifier": qualifier} if qualifier else {})}
    url: str = functions.create_function_url_config(**named, AuthType="NONE")["FunctionUrl"]
    given = {"Principal": "*", "FunctionUrlAuthType": "NONE"}
    functions.add_permission(**named, StatementId="url", Action="lambda:InvokeFunctionUrl", **given)
    functions.add_permission(
        **named, StatementId="run", Action="lambda:InvokeFunction", Principal="*", InvokedViaFunctionUrl=True
    )
    return url


def fetch(
    url: str, method: str = "GET", body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> tuple[int, list[tuple[str, str]], bytes]:
    """Status, headers and body of a request."""
    request = urllib.request.Request(url, body, dict(headers or {}), method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.headers.items(), answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers.items(), error.read()


def test_a_request_becomes_an_event(functions: Any) -> None:
    """The handler is given format 2.0: path and query as they came, headers in lower case, the caller's address."""
    url = open_to_all(functions)
    status, headers, body = fetch(
        f"{url}a%20b/c?x=1&x=2", "POST", b'{"k": 1}', {"Content-Type": "application/json", "X-Own": "v"}
    )
    event = json.loads(body)
    assert status == 200
    assert event["version"] == "2.0"
    assert event["rawQueryString"] == "x=1&x=2"
    assert event["queryStringParameters"] == {"x": "1,2"}
    assert event["headers"]["x-own"] == "v"
    assert (event["body"], event["isBase64Encoded"]) == ('{"k": 1}', False)
    context = event["requestContext"]
    assert ("x-amzn-requestid", context["requestId"]) in [(name.lower(), value) for name, value in headers]
    assert (context["accountId"], context["http"]["method"], context["http"]["sourceIp"]) == (
        "anonymous",
        "POST",
        "127.0.0.1",
    )


def test_what_the_front_adds_to_a_request(functions: Any) -> None:
    """Slashes that begin a path become one; the context has it decoded; headers tell who asked, how, and the trace."""
    url = open_to_all(functions)
    event = json.loads(fetch(f"{url}//pa2%25Fth", headers={"X-Forwarded-Proto": "gopher"})[2])
    assert (event["rawPath"], event["requestContext"]["http"]["path"]) == ("/pa2%25Fth", "/pa2%Fth")
    port = url.rstrip("/").rpartition(":")[2]
    told = [event["headers"][f"x-forwarded-{name}"] for name in ("for", "port", "proto")]
    assert told == ["127.0.0.1", port, "http"]
    assert event["headers"]["x-amzn-trace-id"].startswith("Root=1-")
    given = json.loads(fetch(url, headers={"X-Amzn-Trace-Id": "Root=mine"})[2])
    assert given["headers"]["x-amzn-trace-id"] == "Root=mine"


def test_an_answer_becomes_a_response(functions: Any) -> None:
    """Status, headers and cookies of the handler's answer; a failure is told as 502 and nothing of it."""
    url = open_to_all(functions)
    status, headers, body = fetch(f"{url}page")
    assert (status, body) == (201, b"<p>page</p>")
    assert ("x-made", "here") in [(name.lower(), value) for name, value in headers]
    assert [value for name, value in headers if name.lower() == "set-cookie"] == ["a=1", "b=2"]
    status, _, body = fetch(f"{url}boom")
    assert (status, body) == (502, b"Internal Server Error")


def test_both_permissions_are_needed(functions: Any) -> None:
    """A URL without a policy, or with half of it, is forbidden, in AWS's words."""
    url = functions.create_function_url_config(FunctionName="f", AuthType="NONE")["FunctionUrl"]
    status, _, body = fetch(url)
    assert status == 403
    assert json.loads(body)["Message"].startswith("Forbidden. For troubleshooting Function URL authorization issues")
    functions.add_permission(
        FunctionName="f",
        StatementId="half",
        Action="lambda:InvokeFunctionUrl",
        Principal="*",
        FunctionUrlAuthType="NONE",
    )
    assert fetch(url)[0] == 403
    functions.add_permission(
        FunctionName="f", StatementId="rest", Action="lambda:InvokeFunction", Principal="*", InvokedViaFunctionUrl=True
    )
    assert fetch(url)[0] == 200


def test_iam_wants_a_signature(functions: Any) -> None:
    """With AWS_IAM an unsigned request is forbidden, a signed one of an administrator comes in and is named."""
    url = functions.create_function_url_config(FunctionName="f", AuthType="AWS_IAM")["FunctionUrl"]
    assert fetch(url)[0] == 403
    request = AWSRequest("GET", url)
    SigV4Auth(Credentials("tutor", "tutor"), "lambda", "us-east-1").add_auth(request)
    status, _, body = fetch(url, headers=dict(request.headers.items()))
    assert status == 200
    who = json.loads(body)["requestContext"]["authorizer"]["iam"]
    assert who["userArn"] == "arn:aws:iam::123456789012:root"


def test_a_reservation_of_zero_is_told_as_429(functions: Any) -> None:
    """What is switched off is throttled, with the reason."""
    url = open_to_all(functions)
    functions.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=0)
    status, headers, body = fetch(url)
    assert status == 429
    assert json.loads(body)["Reason"] == "ReservedFunctionConcurrentInvocationLimitExceeded"
    assert any(name.lower() == "retry-after" for name, _ in headers)


def test_cors_is_answered_by_the_url(functions: Any) -> None:
    """A preflight never reaches the function, and another origin is told nothing."""
    url = open_to_all(functions)
    cors = {"AllowOrigins": ["https://shop.example"], "AllowMethods": ["GET"], "MaxAge": 60}
    functions.update_function_url_config(FunctionName="f", Cors=cors)
    ask = {"Origin": "https://shop.example", "Access-Control-Request-Method": "GET"}
    status, headers, body = fetch(f"{url}boom", "OPTIONS", headers=ask)
    assert (status, body) == (200, b"")
    told = {name.lower(): value for name, value in headers}
    assert told["access-control-allow-origin"] == "https://shop.example"
    assert told["access-control-max-age"] == "60"
    _, headers, _ = fetch(url, headers={"Origin": "https://other.example"})
    assert not any(name.lower() == "access-control-allow-origin" for name, _ in headers)


def test_settings_are_kept_read_listed_and_deleted(functions: Any) -> None:
    """One URL for the function, one for an alias; a second is a conflict; what is deleted is refused."""
    functions.publish_version(FunctionName="f")
    functions.create_alias(FunctionName="f", Name="prod", FunctionVersion="1")
    own, alias = open_to_all(functions), open_to_all(functions, "prod")
    with pytest.raises(ClientError, match="FunctionUrlConfig exists for this Lambda function"):
        functions.create_function_url_config(FunctionName="f", AuthType="NONE")
    listed = functions.list_function_url_configs(FunctionName="f")["FunctionUrlConfigs"]
    assert [one["FunctionUrl"] for one in listed] == [own, alias]
    assert functions.get_function_url_config(FunctionName="f", Qualifier="prod")["FunctionArn"].endswith(":f:prod")
    assert json.loads(fetch(alias)[2])["rawPath"] == "/"
    functions.delete_function_url_config(FunctionName="f")
    assert fetch(own)[0] == 403
    with pytest.raises(ClientError, match="The resource you requested does not exist"):
        functions.get_function_url_config(FunctionName="f")
    functions.delete_function(FunctionName="f")
    assert fetch(alias)[0] == 403


def test_a_url_is_the_same_after_a_restart(opens: Opens) -> None:
    """The address stays, and listens again as soon as the region is served."""
    first = opens("kept")
    with Server(first):
        a_function(first, CODE)
        url = open_to_all(first.client("lambda"))
    first.close()
    again = opens("kept")
    with Server(again):
        assert again.client("lambda").get_function_url_config(FunctionName="f")["FunctionUrl"] == url
        assert fetch(url)[0] == 200


def test_an_invoke_mode_that_nobody_named_is_told_by_reading_alone(functions: Any) -> None:
    """Create and update answer what was given; get and list know the default."""
    made = functions.create_function_url_config(FunctionName="f", AuthType="NONE")
    changed = functions.update_function_url_config(FunctionName="f", AuthType="AWS_IAM")
    assert "InvokeMode" not in made
    assert "InvokeMode" not in changed
    assert functions.get_function_url_config(FunctionName="f")["InvokeMode"] == "BUFFERED"
    assert functions.list_function_url_configs(FunctionName="f")["FunctionUrlConfigs"][0]["InvokeMode"] == "BUFFERED"
    assert functions.update_function_url_config(FunctionName="f", InvokeMode="RESPONSE_STREAM")["InvokeMode"] == (
        "RESPONSE_STREAM"
    )


FORBIDDEN = {
    "Message": "Forbidden. For troubleshooting Function URL authorization issues, see: "
    "https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"
}


def refused(url: str) -> bool:
    """Whether an address is refused in AWS's words for a URL that is none."""
    status, headers, body = fetch(url)
    told = {name.lower(): value for name, value in headers}
    return (status, json.loads(body), told["x-amzn-errortype"]) == (403, FORBIDDEN, "AccessDeniedException")


def test_a_url_that_is_gone_is_forbidden(functions: Any) -> None:
    """Deleted by itself, with its alias or with its function, a URL's address is refused; a new one's is not."""
    first = open_to_all(functions)
    functions.delete_function_url_config(FunctionName="f")
    second = functions.create_function_url_config(FunctionName="f", AuthType="NONE")["FunctionUrl"]
    assert first != second
    assert refused(first)
    assert fetch(second)[0] == 200
    version = functions.publish_version(FunctionName="f")["Version"]
    functions.create_alias(FunctionName="f", Name="live", FunctionVersion=version)
    named = functions.create_function_url_config(FunctionName="f", Qualifier="live", AuthType="NONE")["FunctionUrl"]
    functions.delete_alias(FunctionName="f", Name="live")
    assert refused(named)
    functions.delete_function(FunctionName="f")
    assert refused(second)


def test_so_many_urls_that_are_gone_are_remembered(functions: Any) -> None:
    """Nobody fills the machine's ports with URLs that come and go: the oldest listen no more."""
    urls = []
    for _ in range(66):
        urls.append(functions.create_function_url_config(FunctionName="f", AuthType="NONE")["FunctionUrl"])
        functions.delete_function_url_config(FunctionName="f")
    with pytest.raises(urllib.error.URLError):
        fetch(urls[1])
    assert refused(urls[2])


def test_one_trace_goes_through_a_url(functions: Any) -> None:
    """The trace that a client sends is the event's, the function's and the answer's, which tells all of it."""
    url = open_to_all(functions)
    root = "Root=1-5759e988-bd862e3fe1be46a994272793"
    _, headers, body = fetch(f"{url}trace", headers={"X-Amzn-Trace-Id": root})
    assert body.decode().startswith(f"{root};Parent=")
    assert ("X-Amzn-Trace-Id", body.decode()) in headers
    event = json.loads(fetch(url)[2])
    assert event["requestContext"]["domainPrefix"] == event["requestContext"]["apiId"]


@pytest.mark.parametrize("status", ["100", "199", "600", "null", '"abc"'])
def test_a_status_that_is_none_is_told_as_502(functions: Any, status: str) -> None:
    """An answer with a status that no answer can have is the function's mistake, told in AWS's form."""
    url = open_to_all(functions)
    assert fetch(f"{url}status?{status}")[::2] == (502, b"Internal Server Error")
    assert fetch(f"{url}status?418")[0] == 418


def test_an_event_that_is_too_large_is_told_as_413(functions: Any) -> None:
    """Bytes that are no text become base64, and may be too many by that."""
    url = open_to_all(functions)
    body = bytes(5 * 1024 * 1024)
    assert fetch(url, "POST", body, {"Content-Type": "application/octet-stream"})[0] == 413
    assert fetch(f"{url}trace", "POST", body[: len(body) // 2], {"Content-Type": "application/octet-stream"})[0] == 200
