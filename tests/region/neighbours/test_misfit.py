"""Requests over which moto falls are refused as AWS refuses them."""

from pathlib import Path

import pytest

from tests.region.neighbours.neighbourhood import neighbourhood
from tutor.region.api.message import Headers, HttpRequest

SIGNED = "AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/{}/aws4_request, SignedHeaders=host, Signature=x"


@pytest.mark.parametrize(
    ("service", "target", "body", "code"),
    [
        ("dynamodb", "DynamoDB_20120810.PutItem", b"{broken", "SerializationException"),
        ("dynamodb", "DynamoDB_20120810.PutItem", b"[]", "SerializationException"),
        ("dynamodb", "DynamoDB_20120810.PutItem", b'{"Item": {}}', "Value null at 'tableName'"),
        ("kms", "TrentService.Encrypt", b"{}", "Value null at 'keyId'"),
        ("sqs", "AmazonSQS.Nope", b"{}", "UnknownOperationException"),
        ("sns", "", b"Action=Nope&Version=2010-03-31", "<Code>InvalidAction</Code>"),
        ("nobody", "", b"", "In this region there are lambda, s3, sqs"),
    ],
)
def test_a_bad_request(tmp_path: Path, service: str, target: str, body: bytes, code: str) -> None:
    """The answer is a 4xx with AWS's code, in the service's own form."""
    kind = "application/x-amz-json-1.0" if target else "application/x-www-form-urlencoded"
    fields = {"authorization": SIGNED.format(service), "content-type": kind, "host": "127.0.0.1"}
    named = Headers({**fields, **({"x-amz-target": target} if target else {})})
    with neighbourhood(tmp_path) as (neighbours, _):
        answer = neighbours.answer(HttpRequest("POST", "/", "", named, body))
    assert 400 <= answer.status < 500
    assert code in answer.data().decode()
