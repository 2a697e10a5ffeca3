"""What a mapping's role must be allowed to do, told in AWS's words when the mapping is made."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.region.conftest import a_function, a_role
from tests.region.mappings.staging import RECORDING, a_queue, a_stream, a_table, map_to, mapped
from tutor.region.region import Region

READS_QUEUES = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
READS_STREAMS = ["kinesis:Get*", "kinesis:Describe*", "kinesis:List*"]


def allows(*actions: str) -> dict[str, Any]:
    """Policies of a role that may do these things and nothing else."""
    return {"these": [{"Effect": "Allow", "Action": list(actions), "Resource": "*"}]} if actions else {}


def refusal(region: Region, source: str, *actions: str, **settings: Any) -> str | None:
    """What the service says of a mapping for a function whose role may do only that; None where it is made."""
    a_function(region, RECORDING, "g", role=a_role(region, "narrow", allows(*actions)))
    try:
        region.client("lambda").create_event_source_mapping(FunctionName="g", EventSourceArn=source, **settings)
    except ClientError as refused:
        error = refused.response["Error"]
        return str(error["Message"] if error["Code"] == "InvalidParameterValueException" else error)
    return None


@pytest.mark.parametrize(
    ("actions", "lacking"),
    [
        ([], "ReceiveMessage"),
        (READS_QUEUES[:1], "DeleteMessage"),
        (READS_QUEUES[:2], "GetQueueAttributes"),
        (READS_QUEUES, None),
    ],
)
def test_a_queue_that_the_role_may_not_read(region: Region, actions: list[str], lacking: str | None) -> None:
    """The first call that a poller makes is named first."""
    text = f"The function execution role does not have permissions to call {lacking} on SQS" if lacking else None
    assert refusal(region, a_queue(region)[1], *actions) == text


def test_a_queues_own_policy_counts(region: Region) -> None:
    """A queue that lets the role in needs no policy of the role."""
    url, arn = a_queue(region)
    role = "arn:aws:iam::123456789012:role/narrow"
    statement = {"Effect": "Allow", "Principal": {"AWS": role}, "Action": "sqs:*", "Resource": arn}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    region.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    assert refusal(region, arn) is None


def test_a_stream_that_the_role_may_not_read(region: Region) -> None:
    """Kinesis and DynamoDB streams have a sentence of their own."""
    text = (
        "Cannot access stream {}. Please ensure the role can perform the GetRecords, GetShardIterator, "
        "DescribeStream, {}and ListStreams Actions on your stream in IAM."
    )
    stream = a_stream(region)
    assert refusal(region, stream, StartingPosition="LATEST") == text.format(stream, "ListShards, ")
    region.client("lambda").delete_function(FunctionName="g")
    region.client("iam").delete_role(RoleName="narrow")
    table = a_table(region)
    assert refusal(region, table, "kinesis:*", StartingPosition="LATEST") == text.format(table, "")


@pytest.mark.parametrize(
    ("destination", "text"),
    [
        ("arn:aws:sqs:us-east-1:123456789012:orders", "SendMessage on SQS"),
        ("arn:aws:sns:us-east-1:123456789012:topic", "Publish on SNS"),
        ("arn:aws:s3:::bucket", "PutObject on S3"),
    ],
)
def test_a_destination_that_the_role_may_not_write_to(region: Region, destination: str, text: str) -> None:
    """The on-failure destination of a stream's mapping is looked at as well."""
    settings = {"StartingPosition": "LATEST", "DestinationConfig": {"OnFailure": {"Destination": destination}}}
    told = refusal(region, a_stream(region), *READS_STREAMS, **settings)
    assert told == f"The function execution role does not have permissions to call {text}"


def test_an_update_is_judged_as_well(region: Region) -> None:
    """A destination that comes later is looked at when it comes."""
    assert refusal(region, a_stream(region), *READS_STREAMS, StartingPosition="LATEST") is None
    region.clock.drain()
    functions = region.client("lambda")
    uuid = functions.list_event_source_mappings()["EventSourceMappings"][0]["UUID"]
    with pytest.raises(ClientError) as refused:
        functions.update_event_source_mapping(
            UUID=uuid, DestinationConfig={"OnFailure": {"Destination": "arn:aws:s3:::bucket"}}
        )
    assert "PutObject on S3" in refused.value.response["Error"]["Message"]


def test_a_queue_that_is_not_there(region: Region) -> None:
    """As recorded, it is receiving that fails."""
    told = refusal(region, "arn:aws:sqs:us-east-1:123456789012:nowhere", *READS_QUEUES)
    assert told == (
        "Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. "
        "SQS Error Message: The specified queue does not exist."
    )


def test_another_function_is_judged_as_for_a_new_mapping(region: Region) -> None:
    """Its role, its timeout beside the queue's, and that it has no mapping of that source already."""
    _, arn = a_queue(region)
    uuid = mapped(region, RECORDING, arn)
    a_function(region, RECORDING, "mute", role=a_role(region, "mute", {}))
    a_function(region, RECORDING, "slow", Timeout=31)
    a_function(region, RECORDING, "taken")
    other = map_to(region, arn, "taken")
    functions = region.client("lambda")
    texts = {
        "mute": "The function execution role does not have permissions to call ReceiveMessage on SQS",
        "slow": "Queue visibility timeout: 30 seconds is less than Function timeout: 31 seconds",
        "taken": f'An event source mapping with SQS arn (" {arn} ") and function (" taken ") already exists. '
        f"Please update or delete the existing mapping with UUID {other}",
    }
    for name, text in texts.items():
        with pytest.raises(ClientError) as refused:
            functions.update_event_source_mapping(UUID=uuid, FunctionName=name)
        assert refused.value.response["Error"]["Message"] == text
    assert functions.update_event_source_mapping(UUID=uuid, FunctionName="f")["State"] == "Updating"
