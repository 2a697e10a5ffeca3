"""What the tests of mappings stage: queues and streams with a function behind them, and what the function was given."""

import base64
import json
from typing import Any

from tests.region.conftest import a_function
from tutor.region.region import Region

RECORDING = """
import base64
import json

def handler(event, context):
    print("SEEN " + json.dumps(event))
"""
"""A function that prints the event and succeeds."""


def a_queue(region: Region, name: str = "orders", **attributes: Any) -> tuple[str, str]:
    """A queue with these attributes. Its URL and its ARN."""
    sqs = region.client("sqs")
    texts = {key: json.dumps(value) if isinstance(value, dict) else str(value) for key, value in attributes.items()}
    url = sqs.create_queue(QueueName=name, Attributes=texts)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    return str(url), str(arn)


def send(region: Region, url: str, *bodies: str, group: str | None = None) -> None:
    """Send messages, all at once as far as SQS lets one."""
    sqs = region.client("sqs")
    for first in range(0, len(bodies), 10):
        entries = [
            {"Id": str(place), "MessageBody": body}
            | ({"MessageGroupId": group, "MessageDeduplicationId": f"{group}-{body}-{first + place}"} if group else {})
            for place, body in enumerate(bodies[first : first + 10])
        ]
        answer = sqs.send_message_batch(QueueUrl=url, Entries=entries)
        assert not answer.get("Failed")


def mapped(region: Region, code: str, source: str, name: str = "f", timeout: int = 3, **settings: Any) -> str:
    """A function of this code with a mapping to the source, enabled. The mapping's UUID."""
    a_function(region, code, name, Timeout=timeout)
    return map_to(region, source, name, **settings)


def map_to(region: Region, source: str, name: str = "f", **settings: Any) -> str:
    """A mapping from a source to a function that is there, enabled. Its UUID."""
    functions = region.client("lambda")
    made = functions.create_event_source_mapping(FunctionName=name, EventSourceArn=source, **settings)
    assert made["ResponseMetadata"]["HTTPStatusCode"] == 202
    settled(region, made["UUID"])
    return str(made["UUID"])


def settled(region: Region, uuid: str) -> dict[str, Any]:
    """The mapping when nothing changes any more."""
    region.clock.drain()
    found: dict[str, Any] = region.client("lambda").get_event_source_mapping(UUID=uuid)
    return found


def printed(region: Region, name: str = "f", mark: str = "SEEN ") -> list[Any]:
    """What the function printed after the mark, as JSON, in order of invocation."""
    ran = [one for one in region.invoking.done if one.configuration["function_name"] == name]
    return [json.loads(line[len(mark) :]) for one in ran for line in one.printed if line.startswith(mark)]


def batches(region: Region, name: str = "f") -> list[list[str]]:
    """The bodies of the messages of each event that the function was given."""
    return [[record["body"] for record in event["Records"]] for event in printed(region, name)]


def bodies(region: Region, name: str = "f") -> list[str]:
    """The bodies of all messages that the function was given, in order."""
    return [body for batch in batches(region, name) for body in batch]


def left_in(region: Region, url: str) -> list[str]:
    """The bodies of the messages that can be received from a queue now."""
    sqs = region.client("sqs")
    bodies: list[str] = []
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=0).get("Messages"):
        bodies += [message["Body"] for message in messages]
    return bodies


def counts(region: Region, url: str) -> tuple[int, int]:
    """How many messages of a queue can be received, and how many are in flight."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = region.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return int(found[names[0]]), int(found[names[1]])


def a_stream(region: Region, name: str = "stream", shards: int = 1) -> str:
    """A Kinesis stream. Its ARN."""
    kinesis = region.client("kinesis")
    kinesis.create_stream(StreamName=name, ShardCount=shards)
    return str(kinesis.describe_stream(StreamName=name)["StreamDescription"]["StreamARN"])


def put(region: Region, stream: str, *texts: str, keys: int = 1) -> None:
    """Put records into a stream in one request, under so many partition keys in turn."""
    records = [{"Data": text.encode(), "PartitionKey": f"key-{number % keys}"} for number, text in enumerate(texts)]
    region.client("kinesis").put_records(StreamName=stream, Records=records)


def data(region: Region, name: str = "f") -> list[list[str]]:
    """The data of the Kinesis records of each event that the function was given."""
    return [
        [base64.b64decode(record["kinesis"]["data"]).decode() for record in event["Records"]]
        for event in printed(region, name)
    ]


def a_table(region: Region, name: str = "items") -> str:
    """A DynamoDB table with a stream. The stream's ARN."""
    made = region.client("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    return str(made["TableDescription"]["LatestStreamArn"])
