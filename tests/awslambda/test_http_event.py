"""Events and responses of function URLs, HTTP APIs, REST APIs and load balancers, and their answers to failures."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.quotas import QUOTAS
from tutor.awslambda import function_url, http_event, load_balancer_event, rest_event
from tutor.awslambda.admission import Throttle
from tutor.awslambda.http_message import HttpRequest, HttpResponse, MalformedResponse

NOW = datetime(2020, 3, 12, 19, 3, 58, 390000, UTC)
API = http_event.HttpApi("abc", "abc.lambda-url.us-east-1.on.aws")
HEADERS = (("Host", "abc"), ("X-Two", "1"), ("x-two", "2"), ("Cookie", "a=1; b=2"))
GET = HttpRequest("GET", "/a%2Fb", "x=1&x=2&y=%26", HEADERS)
POST = HttpRequest("POST", "/", "", (("Content-Type", "application/json"), ("User-Agent", "ua")), b'{"k": 1}')
REST = rest_event.RestApi("api", "123456789012", "api.execute-api.us-east-1.amazonaws.com", "/{proxy+}", "r", "prod")
TARGET = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/t/1"


def test_the_event_of_a_function_url() -> None:
    """Format 2.0: raw path and query, joined values, cookies apart, and no member for what there is not."""
    event = http_event.event(GET, API, "id", NOW)
    assert event == {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/a%2Fb",
        "rawQueryString": "x=1&x=2&y=%26",
        "cookies": ["a=1", "b=2"],
        "headers": {"host": "abc", "x-two": "1,2"},
        "queryStringParameters": {"x": "1,2", "y": "&"},
        "requestContext": {
            "accountId": "anonymous",
            "apiId": "abc",
            "domainName": "abc.lambda-url.us-east-1.on.aws",
            "domainPrefix": "abc",
            "http": {
                "method": "GET",
                "path": "/a/b",
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": "",
            },
            "requestId": "id",
            "routeKey": "$default",
            "stage": "$default",
            "time": "12/Mar/2020:19:03:58 +0000",
            "timeEpoch": 1584039838390,
        },
        "isBase64Encoded": False,
    }


def test_bodies_are_text_or_base64_by_their_type() -> None:
    """JSON, text and XML as they are; forms, unknown types and broken text in base64."""
    assert http_event.event(POST, API, "id", NOW)["body"] == '{"k": 1}'
    for kind in ("text/plain; charset=utf-8", "application/vnd.api+json", "application/xml"):
        request = HttpRequest("POST", "/", headers=(("content-type", kind),), body=b"x")
        assert request.event_body() == ("x", False)
    for kind in ("application/x-www-form-urlencoded", "image/png", ""):
        request = HttpRequest("POST", "/", headers=(("content-type", kind),), body=b"x")
        assert request.event_body() == ("eA==", True)
    assert HttpRequest("POST", "/", headers=(("content-type", "text/plain"),), body=b"\xff").event_body()[1]


def test_a_signed_caller_and_a_route_are_told() -> None:
    """Authorizer, path parameters and stage variables stand where the format has them."""
    api = http_event.HttpApi(
        "abc", "abc.x", "123456789012", "GET /{id}", "$default", {"id": "7"}, {"v": "1"}, {"iam": {"userArn": "u"}}
    )
    event = http_event.event(GET, api, "id", NOW)
    assert (event["pathParameters"], event["stageVariables"]) == ({"id": "7"}, {"v": "1"})
    assert event["requestContext"]["authorizer"] == {"iam": {"userArn": "u"}}


@pytest.mark.parametrize(
    ("payload", "body"),
    [
        ("hello", b"hello"), ({"hello": "world"}, b'{"hello":"world"}'), (3, b"3"), (3.1, b"3.1"), (True, b"true"),
        (["hello", 3, True], b'["hello",3,true]'), (None, b"null"),
    ],
)  # fmt: skip
def test_anything_without_a_status_is_a_json_response(payload: Any, body: bytes) -> None:
    """As recorded: the value itself with status 200."""
    expected = HttpResponse(200, (("Content-Type", "application/json"),), body)
    assert function_url.response(payload, None) == expected


def test_a_response_with_everything() -> None:
    """Status, headers, cookies, a body in base64."""
    payload = {
        "statusCode": "201", "headers": {"X-Flag": True, "X-Words": "a \xff", "content-type": "x/y", "gone": None},
        "cookies": ["a=1", "b=2"], "body": "eA==", "isBase64Encoded": True,
    }  # fmt: skip
    answer = function_url.response(payload, None)
    own = (("X-Flag", "true"), ("X-Words", "a \xff"), ("content-type", "x/y"))
    assert answer == HttpResponse(201, (*own, ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")), b"x")


def test_a_body_may_be_an_object() -> None:
    """A function URL answers with its JSON, as recorded; an HTTP API does not know what to do with it."""
    payload = {"statusCode": 200, "body": {"a": [1, "é"]}}
    answer = function_url.response(payload, None)
    assert (answer.status, answer.body) == (200, '{"a":[1,"é"]}'.encode())
    assert http_event.api_response(payload, None).status == 500


MALFORMED = [
    {"statusCode": "abc"}, {"statusCode": 99}, {"statusCode": True}, {"statusCode": None}, {"statusCode": "²00"},
    {"statusCode": 200, "headers": []}, {"statusCode": 200, "headers": {"a": ["b"]}},
    {"statusCode": 200, "headers": {"a": "b\r\nc: d"}}, {"statusCode": 200, "headers": {"a b": "c"}},
    {"statusCode": 200, "body": 1}, {"statusCode": 200, "body": "?", "isBase64Encoded": True},
]  # fmt: skip


@pytest.mark.parametrize("payload", MALFORMED)
def test_a_malformed_answer_and_a_function_error_look_alike(payload: Any) -> None:
    """502 of a URL and a load balancer, 500 of an HTTP API: nothing of the cause is seen."""
    bad = function_url.response(payload, None)
    assert (bad.status, bad.body) == (502, b"Internal Server Error")
    assert function_url.response({"statusCode": 200}, "Unhandled") == bad
    api = http_event.api_response(payload, None)
    assert (api.status, api.body) == (500, b'{"message":"Internal Server Error"}')
    assert http_event.api_response({}, "Unhandled") == api
    balanced = load_balancer_event.response(payload, None, QUOTAS)
    assert (balanced.status, balanced.header("server")) == (502, "awselb/2.0")
    assert b"502 Bad Gateway" in load_balancer_event.response({}, "Unhandled", QUOTAS).body


def test_cookies_must_be_a_list() -> None:
    """Anything else is malformed."""
    assert function_url.response({"statusCode": 200, "cookies": "a=1"}, None).status == 502


def test_refusals_of_a_function_url() -> None:
    """The recorded 403, and 429 with AWS's reason."""
    answer = function_url.forbidden()
    assert (answer.status, answer.header("x-amzn-errortype")) == (403, "AccessDeniedException")
    assert json.loads(answer.body)["Message"].startswith("Forbidden. For troubleshooting Function URL authorization")
    slow = function_url.throttled(Throttle("ReservedFunctionConcurrentInvocationLimitExceeded", 2))
    assert (slow.status, slow.header("retry-after")) == (429, "2")
    assert json.loads(slow.body)["Reason"] == "ReservedFunctionConcurrentInvocationLimitExceeded"
    arn = "arn:aws:lambda:us-east-1:123456789012:function:fn"
    assert function_url.url_exists(arn).message == (
        f"Failed to create function url config for [functionArn = {arn}]. Error message:  FunctionUrlConfig exists for "
        "this Lambda function"
    )
    assert function_url.url_missing().message == "The resource you requested does not exist."
    assert function_url.function_missing().message == "Function does not exist"


CORS = {
    "AllowOrigins": ["https://a.example"], "AllowMethods": ["GET", "PUT"], "AllowHeaders": ["x-key"], "MaxAge": 60,
    "ExposeHeaders": ["x-more"], "AllowCredentials": True,
}  # fmt: skip


def browser(origin: str, method: str = "GET") -> HttpRequest:
    return HttpRequest(method, "/", headers=(("Origin", origin), ("Access-Control-Request-Method", "PUT")))


def test_a_browsers_question_is_answered_by_the_url_itself() -> None:
    """All that is allowed for the origin, nothing for another; without CORS the function is asked."""
    question = browser("https://a.example", "OPTIONS")
    assert function_url.is_preflight(question, CORS)
    assert not function_url.is_preflight(question, None)
    assert not function_url.is_preflight(browser("https://a.example"), CORS)
    assert dict(function_url.preflight(question, CORS).headers) == {
        "access-control-allow-origin": "https://a.example",
        "vary": "Origin",
        "access-control-allow-credentials": "true",
        "access-control-allow-methods": "GET,PUT",
        "access-control-allow-headers": "x-key",
        "access-control-max-age": "60",
    }
    assert function_url.preflight(browser("https://b.example", "OPTIONS"), CORS).headers == ()


def test_cors_headers_of_the_url_replace_the_functions() -> None:
    """And stay away for another origin; without CORS the function's own go out."""
    own = HttpResponse(200, (("Access-Control-Allow-Origin", "*"), ("x", "y")), b"")
    allowed = function_url.with_cors(browser("https://a.example"), own, CORS)
    assert allowed.header("access-control-allow-origin") == "https://a.example"
    assert allowed.header("access-control-expose-headers") == "x-more"
    assert function_url.with_cors(browser("https://b.example"), own, CORS).headers == (("x", "y"),)
    assert function_url.with_cors(browser("https://b.example"), own, None) == own
    everyone = function_url.with_cors(browser("https://b.example"), own, {"AllowOrigins": ["*"]})
    assert everyone.headers == (("x", "y"), ("access-control-allow-origin", "*"))
    signed_in = function_url.with_cors(browser("https://b"), own, {"AllowOrigins": ["*"], "AllowCredentials": True})
    assert signed_in.header("access-control-allow-origin") == "https://b"
    named = function_url.with_cors(browser("https://b"), own, {"AllowOrigins": ["https://b"]})
    assert named.headers == (("x", "y"), ("access-control-allow-origin", "https://b"), ("vary", "Origin"))


def test_the_prelude_of_a_stream() -> None:
    """JSON up to eight null bytes, in however many pieces it comes."""
    head = json.dumps({"statusCode": 201, "headers": {"x": "y"}, "cookies": ["a=1"]}).encode()
    whole = head + b"\x00" * 8 + b"body"
    assert function_url.prelude(whole[: len(head) + 7]) is None
    begun = function_url.prelude(whole)
    assert begun is not None
    assert (begun.status, begun.rest) == (201, b"body")
    assert begun.headers == (("x", "y"), ("Set-Cookie", "a=1"), ("Content-Type", "application/octet-stream"))
    empty = function_url.prelude(b"\x00" * 8)
    assert empty is not None
    assert empty.status == 200
    for odd in (b"{", b"[]", b'{"statusCode": 1}'):
        with pytest.raises(MalformedResponse):
            function_url.prelude(odd + b"\x00" * 8)
    assert function_url.plain_prelude().headers == (("Content-Type", "application/octet-stream"),)


def test_the_event_of_a_rest_api() -> None:
    """The recorded members; single values are the last ones, and what there is none of, is null."""
    event = rest_event.event(GET, REST, "id", NOW)
    assert list(event) == [
        "resource", "path", "httpMethod", "headers", "multiValueHeaders", "queryStringParameters",
        "multiValueQueryStringParameters", "pathParameters", "stageVariables", "requestContext", "body",
        "isBase64Encoded",
    ]  # fmt: skip
    assert event["multiValueQueryStringParameters"] == {"x": ["1", "2"], "y": ["&"]}
    assert event["queryStringParameters"] == {"x": "2", "y": "&"}
    assert (event["body"], event["pathParameters"], event["isBase64Encoded"]) == (None, None, False)
    assert rest_event.event(HttpRequest("GET", "/"), REST, "id", NOW)["multiValueHeaders"] is None
    assert event["multiValueHeaders"]["Host"] == ["abc"]
    context = event["requestContext"]
    assert (context["path"], context["resourcePath"], context["stage"]) == ("/prod/a%2Fb", "/{proxy+}", "prod")
    assert context["identity"]["sourceIp"] == "127.0.0.1"
    assert rest_event.event(POST, REST, "id", NOW)["body"] == '{"k": 1}'
    binary = rest_event.event(POST, REST, "id", NOW, binary=True)
    assert (binary["body"], binary["isBase64Encoded"]) == (base64.b64encode(POST.body).decode(), True)


def test_a_rest_api_needs_no_status() -> None:
    """As recorded: an answer without one, even an empty one, is a 200."""
    answer = rest_event.response({"headers": {"test-header": "value"}}, None)
    assert (answer.status, answer.header("test-header"), answer.body) == (200, "value", b"")
    assert rest_event.response({}, None).status == 200


def test_the_names_that_a_rest_api_gives() -> None:
    """Headers have capitals, also where they were lost on the way; a request has two ids of two forms."""
    sent = HttpRequest("GET", "/", "", (("user-agent", "ua"), ("x-own", "1"), ("tEsT-Own", "2")))
    event = rest_event.event(sent, replace(REST, deployment_id="d1"), "id", NOW)
    assert list(event["headers"]) == ["User-Agent", "X-Own", "tEsT-Own"]
    context = event["requestContext"]
    assert (context["requestId"], context["deploymentId"]) == ("id", "d1")
    assert len(context["extendedRequestId"]) == 16


@pytest.mark.parametrize("payload", [*MALFORMED, None, "text", {"statusCode": 200, "other": 1}, []])
def test_a_rest_api_takes_its_own_form_only(payload: Any) -> None:
    """As recorded: 502 and one sentence for anything else."""
    if not (isinstance(payload, dict) and payload.get("isBase64Encoded")):
        answer = rest_event.response(payload, None)
        assert (answer.status, answer.body) == (502, b'{"message":"Internal server error"}')
    assert rest_event.response({"statusCode": 200}, "Unhandled").status == 502


def test_responses_of_a_rest_api() -> None:
    """As recorded: both kinds of headers are joined, and base64 goes out as it is unless the type is binary."""
    several = {"statusCode": 200, "headers": {"h": "value-solo"}, "multiValueHeaders": {"h": ["value-multi"]}}
    answer = rest_event.response(several, None)
    assert answer.headers[:2] == (("h", "value-multi"), ("h", "value-solo"))
    encoded = {"statusCode": 200, "body": "dGVzdC1kYXRh", "isBase64Encoded": True}
    assert rest_event.response(encoded, None).body == b"dGVzdC1kYXRh"
    assert rest_event.response(encoded, None, binary=True).body == b"test-data"
    assert json.loads(rest_event.timed_out().body) == {"message": "Endpoint request timed out"}
    assert http_event.api_timed_out().status == 503
    assert http_event.api_response({"statusCode": 204}, None).status == 204


def test_the_event_of_a_load_balancer() -> None:
    """Parameters are not decoded; with multiple values the other two members stand there."""
    event = load_balancer_event.event(GET, TARGET)
    assert event["queryStringParameters"] == {"x": "2", "y": "%26"}
    assert event["headers"] == {"host": "abc", "x-two": "2", "cookie": "a=1; b=2"}
    assert event["requestContext"] == {"elb": {"targetGroupArn": TARGET}}
    multiple = load_balancer_event.event(GET, TARGET, multi_value=True)
    assert multiple["multiValueHeaders"]["x-two"] == ["1", "2"]
    assert "headers" not in multiple
    assert event["body"] == ""


def test_a_load_balancer_takes_a_megabyte() -> None:
    """In and out."""
    assert not load_balancer_event.too_large(HttpRequest("POST", "/", body=b"x" * 1048576), QUOTAS)
    assert load_balancer_event.too_large(HttpRequest("POST", "/", body=b"x" * 1048577), QUOTAS)
    assert load_balancer_event.payload_too_large().status == 413
    for size, status in ((1048576, 200), (1048577, 502)):
        sized = load_balancer_event.response({"statusCode": 200, "body": "x" * size}, None, QUOTAS)
        assert sized.status == status
    several = {"statusCode": 200, "multiValueHeaders": {"a": ["1", "2"]}}
    answer = load_balancer_event.response(several, None, QUOTAS, multi_value=True)
    assert answer.headers[:2] == (("a", "1"), ("a", "2"))


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)
_ANSWER = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(("statusCode", "headers", "multiValueHeaders", "cookies", "body", "isBase64Encoded"), _JSON),
)


@given(_JSON | _ANSWER)
def test_whatever_a_handler_returns_becomes_a_response(payload: Any) -> None:
    """Every door answers every value, with headers that can be sent."""
    for answer in (
        function_url.response(payload, None),
        http_event.api_response(payload, None),
        rest_event.response(payload, None),
        load_balancer_event.response(payload, None, QUOTAS),
        load_balancer_event.response(payload, None, QUOTAS, multi_value=True),
    ):
        assert 100 <= answer.status <= 599
        assert all(32 <= ord(one) <= 255 for name, value in answer.headers for one in name + value)


@given(st.binary(max_size=40), st.text(max_size=20), st.sampled_from(["text/plain", "application/json", "image/png"]))
def test_any_request_becomes_an_event(body: bytes, query: str, kind: str) -> None:
    """Every body comes back out of the event as it went in."""
    request = HttpRequest("POST", "/", query, (("Content-Type", kind),), body)
    event = http_event.event(request, API, "id", NOW)
    text = event.get("body", "")
    assert (base64.b64decode(text) if event["isBase64Encoded"] else text.encode()) == body
    assert load_balancer_event.event(request, TARGET)["body"] == text
    json.dumps(rest_event.event(request, REST, "id", NOW))
