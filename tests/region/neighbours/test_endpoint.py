"""The neighbours through the region's own endpoint: real clients, real HTTP, every protocol."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.region.conftest import TRUST, Clients
from tests.region.neighbours.neighbourhood import policy
from tests.region.operations.material import CODE
from tutor.region.region import Region
from tutor.region.server import Server

CALLS: list[tuple[str, Callable[[Any], Any]]] = [
    ("cloudwatch", lambda client: client.put_metric_data(Namespace="n", MetricData=[{"MetricName": "m", "Value": 1}])),
    ("dynamodb", lambda client: client.list_tables()),
    ("dynamodbstreams", lambda client: client.list_streams()),
    ("ec2", lambda client: client.describe_vpcs()),
    ("elbv2", lambda client: client.describe_load_balancers()),
    ("events", lambda client: client.list_rules()),
    ("iam", lambda client: client.list_roles()),
    ("kinesis", lambda client: client.list_streams()),
    ("kms", lambda client: client.list_keys()),
    ("logs", lambda client: client.describe_log_groups()),
    ("s3", lambda client: client.list_buckets()),
    ("scheduler", lambda client: client.list_schedules()),
    ("secretsmanager", lambda client: client.list_secrets()),
    ("sns", lambda client: client.list_topics()),
    ("sqs", lambda client: client.list_queues()),
    ("ssm", lambda client: client.describe_parameters()),
    ("stepfunctions", lambda client: client.list_state_machines()),
    ("sts", lambda client: client.get_caller_identity()),
    ("apigateway", lambda client: client.get_rest_apis()),
    ("apigatewayv2", lambda client: client.get_apis()),
    ("cloudformation", lambda client: client.list_stacks()),
    ("cognito-idp", lambda client: client.list_user_pools(MaxResults=1)),
    ("sesv2", lambda client: client.list_email_identities()),
]


@pytest.mark.parametrize(("service", "call"), CALLS)
def test_every_neighbour_is_there(served: Clients, service: str, call: Callable[[Any], Any]) -> None:
    """A client made as for AWS is answered over HTTP, in its service's protocol."""
    assert call(served(service))["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_a_queue_s_url_is_the_endpoint_s(served: Clients) -> None:
    """A queue is told at the host that the client has called, and AWS regions are apart."""
    sqs = served("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    assert url == f"{sqs.meta.endpoint_url}/123456789012/q"
    sqs.send_message(QueueUrl=url, MessageBody="m")
    assert sqs.receive_message(QueueUrl=url)["Messages"][0]["Body"] == "m"
    assert "QueueUrls" not in served("sqs", "eu-west-1").list_queues()


def test_s3_over_http(served: Clients) -> None:
    """Bodies, odd keys, metadata, ranges and multipart uploads survive the way through HTTP."""
    s3 = served("s3")
    s3.create_bucket(Bucket="bucket")
    body = bytes(range(256)) * 40
    s3.put_object(Bucket="bucket", Key="a b/ä+?#%20", Body=body, Metadata={"k-1": "v"})
    got = s3.get_object(Bucket="bucket", Key="a b/ä+?#%20")
    assert (got["Body"].read(), list(got["Metadata"].values())) == (body, ["v"])
    part = s3.get_object(Bucket="bucket", Key="a b/ä+?#%20", Range="bytes=2-4")
    assert (part["Body"].read(), part["ResponseMetadata"]["HTTPStatusCode"]) == (b"\x02\x03\x04", 206)
    with pytest.raises(ClientError) as caught:
        s3.get_object(Bucket="bucket", Key="missing")
    assert caught.value.response["Error"]["Code"] == "NoSuchKey"
    assert [each["Key"] for each in s3.list_objects_v2(Bucket="bucket")["Contents"]] == ["a b/ä+?#%20"]


def test_presigned(served: Clients) -> None:
    """A presigned address is good without a header."""
    s3 = served("s3")
    s3.create_bucket(Bucket="bucket")
    put = s3.generate_presigned_url("put_object", Params={"Bucket": "bucket", "Key": "k"})
    with urllib.request.urlopen(urllib.request.Request(put, b"body", method="PUT")) as answer:
        assert answer.status == 200
    with urllib.request.urlopen(
        s3.generate_presigned_url("get_object", Params={"Bucket": "bucket", "Key": "k"})
    ) as got:
        assert got.read() == b"body"


def test_an_unknown_service(served: Clients, region: Region) -> None:
    """A service that is not in this region, and an operation that moto lacks, are said in AWS's form."""
    with pytest.raises(ClientError, match="not in this region yet"):
        served("codecommit").list_repositories()


def test_a_role_s_keys_over_http(region: Region) -> None:
    """Credentials of a session sign real requests: what the role may not is denied, a wrong secret is refused."""
    iam = region.client("iam")
    arn = iam.create_role(RoleName="r", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
    iam.put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=policy("sqs:*"))
    key = region.neighbours.assume(arn, "session", "us-east-1")
    with Server(region) as server:

        def client(service: str, secret: str) -> Any:
            return boto3.client(
                service,
                region_name="us-east-1",
                endpoint_url=server.url,
                aws_access_key_id=key.access_key,
                aws_secret_access_key=secret,
                aws_session_token=key.token,
                config=Config(retries={"total_max_attempts": 1}),
            )

        client("sqs", key.secret_key).list_queues()
        with pytest.raises(ClientError, match="no identity-based policy allows the s3:ListAllMyBuckets action"):
            client("s3", key.secret_key).list_buckets()
        with pytest.raises(ClientError, match="signature"):
            client("sqs", "another").list_queues()


INVALID_TOKENS = {
    "lambda": "UnrecognizedClientException",
    "dynamodb": "UnrecognizedClientException",
    "cloudwatch": "InvalidClientTokenId",
    "sqs": "InvalidClientTokenId",
    "sts": "InvalidClientTokenId",
    "s3": "InvalidToken",
}
ASKED = {
    "lambda": "list_functions",
    "dynamodb": "list_tables",
    "cloudwatch": "list_metrics",
    "sqs": "list_queues",
    "sts": "get_caller_identity",
    "s3": "list_buckets",
}


def test_a_key_that_is_no_more(served: Clients, region: Region) -> None:
    """Each service has its own name for a caller whose key is inactive."""
    iam = region.client("iam")
    iam.create_user(UserName="u")
    key = iam.create_access_key(UserName="u")["AccessKey"]
    iam.update_access_key(UserName="u", AccessKeyId=key["AccessKeyId"], Status="Inactive")
    for service, code in INVALID_TOKENS.items():
        client = served(service, key=key["AccessKeyId"], secret=key["SecretAccessKey"])
        with pytest.raises(ClientError) as caught:
            getattr(client, ASKED[service])()
        told = caught.value.response
        assert (service, told["Error"]["Code"]) == (service, code)
        assert told["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_nothing_unsigned(served: Clients) -> None:
    """A request without a signature is refused."""
    url = served("s3").meta.endpoint_url
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(url + "/bucket/key")
    assert caught.value.code == 403
    caught.value.close()


@pytest.mark.parametrize("aws_region", ["cn-north-1", "us-gov-west-1"])
def test_regions_of_other_partitions(served: Clients, aws_region: str) -> None:
    """A role that IAM made there serves a function there, whose queue is mapped to it: all have ARNs of one kind."""
    role = served("iam", aws_region).create_role(RoleName="there", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]
    served("iam").put_role_policy(RoleName="there", PolicyName="p", PolicyDocument=policy("*"))
    queues = served("sqs", aws_region)
    url = queues.create_queue(QueueName="q")["QueueUrl"]
    queue = queues.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    functions = served("lambda", aws_region)
    made = functions.create_function(
        FunctionName="f", Runtime="python3.13", Handler="app.handler", Role=role["Arn"], Code={"ZipFile": CODE}
    )
    mapping = functions.create_event_source_mapping(FunctionName="f", EventSourceArn=queue)
    assert made["FunctionArn"] == mapping["FunctionArn"] == f"arn:aws:lambda:{aws_region}:123456789012:function:f"
