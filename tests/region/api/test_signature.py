"""Signatures as clients make them, read and verified."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

from tutor.errors import ServiceError
from tutor.region.api.message import Headers, HttpRequest
from tutor.region.api.signature import SignedRequest, is_signed, signed

KEYS = {"AKIDKNOWN": "right"}
HOST = "127.0.0.1:9330"
PATH = "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A123456789012%3Afunction%3Af/invocations"


def sign(key: str = "AKIDKNOWN", secret: str = "right", token: str | None = None, **changes: Any) -> HttpRequest:
    """A request to invoke, signed in its header."""
    url = f"http://{HOST}{PATH}?Qualifier=a%20b&Other="
    aws = AWSRequest("POST", url, {"X-Amz-Log-Type": "Tail", "Content-Type": "text/plain"}, b"body")
    SigV4Auth(Credentials(key, secret, token), "lambda", "eu-west-1").add_auth(aws)
    request = from_aws(aws)
    return replace(request, **changes)


def from_aws(aws: Any) -> HttpRequest:
    prepared = aws.prepare()
    split = urlsplit(prepared.url)
    fields = {name: value if isinstance(value, str) else value.decode() for name, value in prepared.headers.items()}
    return HttpRequest(
        prepared.method, split.path, split.query, Headers({**fields, "Host": HOST}), prepared.body or b""
    )


def with_header(request: HttpRequest, name: str, value: str) -> HttpRequest:
    return replace(request, headers=Headers({**request.headers, name.lower(): value}))


def refused(request: HttpRequest, keys: Mapping[str, str] = KEYS) -> str:
    with pytest.raises(ServiceError) as refusal:
        signed(request, keys.get)
    return refusal.value.code


def test_a_known_key_s_signature_is_verified() -> None:
    """botocore's own signature holds, with path, query, headers and body in it."""
    wanted = SignedRequest("AKIDKNOWN", "eu-west-1", "lambda", None, False, True)
    assert signed(sign(), KEYS.get) == wanted
    assert signed(sign(token="t"), KEYS.get) == replace(wanted, session_token="t")


def test_any_other_key_is_let_in() -> None:
    """A key that the region did not give out has no secret to check."""
    assert signed(sign("AKIDOTHER", "x"), KEYS.get) == SignedRequest("AKIDOTHER", "eu-west-1", "lambda")


@pytest.mark.parametrize(
    "request_",
    [
        sign(secret="wrong"),
        sign(body=b"other"),
        sign(path=PATH.replace("%3Af/", "%3Ag/")),
        sign(query="Qualifier=b&Other="),
        sign(method="GET"),
        with_header(sign(), "X-Amz-Date", "20260101T000000Z"),
        with_header(sign(token="t"), "X-Amz-Security-Token", "u"),
        with_header(sign(), "X-Amz-Content-SHA256", "0" * 64),
    ],
)
def test_what_was_changed_on_the_way_is_found(request_: HttpRequest) -> None:
    """Secret, body, path, query, method, time and token are all in the signature."""
    assert refused(request_) == "InvalidSignatureException"


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda _: "Bearer x", "IncompleteSignatureException"),
        (lambda _: "AWS4-HMAC-SHA256 ", "IncompleteSignatureException"),
        (lambda _: "AWS4-HMAC-SHA256 Credential=a/b/c", "IncompleteSignatureException"),
        (lambda right: right.replace("AKIDKNOWN/", ""), "IncompleteSignatureException"),
        (lambda right: right.replace("aws4_request", "aws3_request"), "InvalidSignatureException"),
        (lambda right: right.replace("=content-type;host;", "=content-type;"), "InvalidSignatureException"),
        (lambda right: right + ",Bearer x", "IncompleteSignatureException"),
        (lambda right: right[:-1], "InvalidSignatureException"),
        (lambda right: right.replace("/20", "/19"), "InvalidSignatureException"),
    ],
)
def test_half_a_signature_is_told(spoil: Callable[[str], str], code: str) -> None:
    """Form, scope and date are looked at whoever signed."""
    request = sign()
    spoilt = spoil(request.headers["authorization"])
    assert spoilt != request.headers["authorization"]
    assert refused(with_header(request, "Authorization", spoilt), {}) == code


def test_a_time_of_another_form_is_told() -> None:
    """Basic ISO 8601, or the Date header where there is no other."""
    assert refused(with_header(sign(), "X-Amz-Date", "2026-01-01")) == "IncompleteSignatureException"
    fields = {name: value for name, value in sign().headers.items() if name != "x-amz-date"}
    assert refused(replace(sign(), headers=Headers(fields))) == "IncompleteSignatureException"
    assert refused(replace(sign(), headers=Headers({**fields, "Date": "yesterday"}))) == "IncompleteSignatureException"


def test_no_signature_is_told() -> None:
    """AWS's own error for it; a browser's other credentials are none."""
    for request in (HttpRequest("GET", "/"), HttpRequest("GET", "/", "Signature=x", Headers({"Cookie": "a=b"}))):
        assert not is_signed(request)
        assert refused(request) == "MissingAuthenticationTokenException"


def test_a_presigned_url_is_a_signature() -> None:
    """In the query, with the token there too."""
    aws = AWSRequest("GET", f"http://{HOST}/2015-03-31/functions/f")
    SigV4QueryAuth(Credentials("AKIDKNOWN", "right", "t/+="), "lambda", "eu-west-1").add_auth(aws)
    request = from_aws(aws)
    assert is_signed(request)
    assert signed(request, KEYS.get) == SignedRequest("AKIDKNOWN", "eu-west-1", "lambda", "t/+=", True, True)
    assert refused(replace(request, path=request.path + "g")) == "InvalidSignatureException"
    for old, new in (("Algorithm=AWS4", "Algorithm=AWS9"), ("X-Amz-Date", "X-Date")):
        assert refused(replace(request, query=request.query.replace(old, new))) == "IncompleteSignatureException"


@pytest.mark.parametrize(
    ("service", "more", "code"),
    [
        ("lambda", "&X-Amz-Expires=60", "InvalidSignatureException"),
        ("s3", "&X-Amz-Expires=60", "AccessDenied"),
        ("s3", "&X-Amz-Expires=soon", "AuthorizationQueryParametersError"),
        ("s3", "", None),
        ("s3", "&X-Amz-Expires=3155760000", None),
    ],
)
def test_a_presigned_url_expires(service: str, more: str, code: str | None) -> None:
    """After as many seconds as it says, whoever has signed it; one that says none does not."""
    scope = f"ANYBODY%2F20200101%2Fus-east-1%2F{service}%2Faws4_request"
    query = f"X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={scope}&X-Amz-Date=20200101T000000Z{more}"
    query += f"&X-Amz-SignedHeaders=host&X-Amz-Signature={'0' * 64}"
    request = HttpRequest("GET", "/b/k", query, Headers({"Host": HOST}))
    if code is None:
        assert signed(request, KEYS.get).access_key == "ANYBODY"
    else:
        assert refused(request) == code


def test_s3_s_older_form_expires() -> None:
    """Its moment stands in the URL."""
    request = HttpRequest("GET", "/b/k", "AWSAccessKeyId=ANYBODY&Signature=x&Expires={}", Headers({"Host": HOST}))
    assert refused(replace(request, query=request.query.format(1577836800))) == "AccessDenied"
    assert signed(replace(request, query=request.query.format(4102444800)), KEYS.get).access_key == "ANYBODY"


@pytest.mark.parametrize("version", ["s3", "s3v4"])
@pytest.mark.parametrize("token", [None, "t/+="])
def test_s3_s_presigned_urls_work(version: str, token: str | None) -> None:
    """boto3 makes the older form too; a key with a space, a slash and a plus is signed as it is sent."""
    config = Config(signature_version=version, s3={"addressing_style": "path"})
    client = boto3.client(
        "s3", "us-east-1", endpoint_url=f"http://{HOST}", config=config,
        aws_access_key_id="AKIDKNOWN", aws_secret_access_key="right", aws_session_token=token,
    )  # fmt: skip
    given = {"Bucket": "b", "Key": "a b/c+d.txt", "ResponseContentType": "text/plain"}
    split = urlsplit(client.generate_presigned_url("get_object", given, ExpiresIn=60))
    request = HttpRequest("GET", split.path, split.query, Headers({"Host": HOST, "User-Agent": "curl"}))
    assert is_signed(request)
    assert signed(request, KEYS.get) == SignedRequest("AKIDKNOWN", "us-east-1", "s3", token, True, True)
    assert refused(request, {"AKIDKNOWN": "wrong"}) == "InvalidSignatureException"
    assert refused(replace(request, path="/b/other")) == "InvalidSignatureException"


def test_an_upload_is_verified_without_reading_it_into_memory() -> None:
    """S3's own header says the body's digest, and the body is a file."""
    import io

    aws = AWSRequest("PUT", f"http://{HOST}/b/k", {}, b"x" * 100_000)
    from botocore.auth import S3SigV4Auth

    S3SigV4Auth(Credentials("AKIDKNOWN", "right"), "s3", "us-east-1").add_auth(aws)
    request = from_aws(aws)
    assert signed(replace(request, body=io.BytesIO(b"x" * 100_000)), KEYS.get).verified
    assert refused(replace(request, body=io.BytesIO(b"y" * 100_000))) == "InvalidSignatureException"
