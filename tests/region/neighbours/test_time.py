"""Every waiting of every neighbour in use is a waiting on the region's clock."""

import json
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.region.neighbours.neighbourhood import START, neighbourhood, trust
from tutor.errors import ServiceError
from tutor.region.clock import Clock
from tutor.region.neighbours.gate import Neighbours

Client = Callable[[str], Any]
DAY = 86_400


def _queue(client: Client, **attributes: str) -> str:
    return str(client("sqs").create_queue(QueueName=attributes.pop("name", "q"), Attributes=attributes)["QueueUrl"])


def _bodies(client: Client, url: str, **named: Any) -> list[str]:
    return [each["Body"] for each in client("sqs").receive_message(QueueUrl=url, **named).get("Messages", ())]


def visibility(client: Client) -> tuple[float, Callable[[], bool]]:
    url = _queue(client, VisibilityTimeout="30")
    client("sqs").send_message(QueueUrl=url, MessageBody="m")
    assert _bodies(client, url) == ["m"]
    return 30, lambda: _bodies(client, url) == ["m"]


def delay(client: Client) -> tuple[float, Callable[[], bool]]:
    url = _queue(client)
    client("sqs").send_message(QueueUrl=url, MessageBody="m", DelaySeconds=900)
    return 900, lambda: _bodies(client, url) == ["m"]


def retention(client: Client) -> tuple[float, Callable[[], bool]]:
    url = _queue(client, MessageRetentionPeriod="3600")
    client("sqs").send_message(QueueUrl=url, MessageBody="m")
    return 3600, lambda: _bodies(client, url, VisibilityTimeout=0) == []


def duplicates(client: Client) -> tuple[float, Callable[[], bool]]:
    url = _queue(client, name="q.fifo", FifoQueue="true")
    said = {"QueueUrl": url, "MessageGroupId": "g", "MessageDeduplicationId": "d"}

    def counted() -> int:
        client("sqs").send_message(MessageBody="m", **said)
        told = client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        return int(told["ApproximateNumberOfMessages"])

    assert counted() == 1
    return 300, lambda: counted() == 2


def session(client: Client) -> tuple[float, Callable[[], bool]]:
    account = json.dumps({"AWS": "123456789012"})
    document = trust().replace('{"Service": "lambda.amazonaws.com"}', account)
    arn = client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    key = client("sts").assume_role(RoleArn=arn, RoleSessionName="session", DurationSeconds=900)["Credentials"]
    neighbours: Neighbours = client("").neighbours

    def ended() -> bool:
        try:
            neighbours.caller_of(key["AccessKeyId"], key["SessionToken"])
        except ServiceError as error:
            return error.code == "ExpiredTokenException"
        return False

    return 900, ended


def state_machine(client: Client) -> tuple[float, Callable[[], bool]]:
    definition = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 3600, "End": True}}}
    role = client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=trust())["Role"]["Arn"]
    states = client("stepfunctions")
    machine = states.create_state_machine(name="m", definition=json.dumps(definition), roleArn=role)["stateMachineArn"]
    execution = states.start_execution(stateMachineArn=machine)["executionArn"]
    return 3600, lambda: states.describe_execution(executionArn=execution)["status"] == "SUCCEEDED"


def state_machine_until(client: Client) -> tuple[float, Callable[[], bool]]:
    until = datetime.fromtimestamp(START + 7200, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    definition = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Timestamp": until, "End": True}}}
    role = client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=trust())["Role"]["Arn"]
    states = client("stepfunctions")
    machine = states.create_state_machine(name="m", definition=json.dumps(definition), roleArn=role)["stateMachineArn"]
    execution = states.start_execution(stateMachineArn=machine)["executionArn"]
    return 7200, lambda: states.describe_execution(executionArn=execution)["status"] == "SUCCEEDED"


def kinesis_retention(client: Client) -> tuple[float, Callable[[], bool]]:
    kinesis = client("kinesis")
    kinesis.create_stream(StreamName="s", ShardCount=1)
    kinesis.put_record(StreamName="s", Data=b"d", PartitionKey="p")
    shard = {"StreamName": "s", "ShardId": "shardId-000000000000", "ShardIteratorType": "TRIM_HORIZON"}

    def gone() -> bool:
        iterator = kinesis.get_shard_iterator(**shard)["ShardIterator"]
        return not kinesis.get_records(ShardIterator=iterator)["Records"]

    return DAY, gone


def table_stream_retention(client: Client) -> tuple[float, Callable[[], bool]]:
    _table(client)
    client("dynamodb").put_item(TableName="table", Item={"k": {"S": "1"}})
    return DAY, lambda: _changes(client) == []


def _table(client: Client) -> None:
    client("dynamodb").create_table(
        TableName="table",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
    )


def _changes(client: Client) -> list[Any]:
    streams = client("dynamodbstreams")
    arn = streams.list_streams(TableName="table")["Streams"][0]["StreamArn"]
    shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    where = {"StreamArn": arn, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON"}
    iterator = streams.get_shard_iterator(**where)["ShardIterator"]
    return list(streams.get_records(ShardIterator=iterator)["Records"])


def key_deletion(client: Client) -> tuple[float, Callable[[], bool]]:
    kms = client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    date = kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)["DeletionDate"].timestamp()
    return 7 * DAY, lambda: bool(client("").neighbours.house.clock.now() > date)


def long_poll(client: Client) -> tuple[float, Callable[[], bool]]:
    url = _queue(client)
    answered = threading.Event()

    def ask() -> None:
        _bodies(client, url, WaitTimeSeconds=20)
        answered.set()

    threading.Thread(target=ask).start()
    clock = client("").neighbours.house.clock
    while not clock.due:
        answered.wait(0.01)
    return 20, lambda: answered.wait(0.05 if clock.now() < START + 20 else 60)


WAITINGS = [
    visibility,
    delay,
    retention,
    duplicates,
    session,
    state_machine,
    state_machine_until,
    kinesis_retention,
    table_stream_retention,
    key_deletion,
    long_poll,
]


class _Clients:
    """Clients of one neighbourhood, each made once; the nameless one is this itself."""

    def __init__(self, neighbours: Neighbours) -> None:
        self.neighbours = neighbours
        self._made: dict[str, Any] = {}

    def __call__(self, service: str) -> Any:
        if not service:
            return self
        if service not in self._made:
            self._made[service] = self.neighbours.client(service)
        return self._made[service]


@pytest.mark.parametrize("waiting", WAITINGS, ids=lambda waiting: waiting.__name__)
def test_waits_on_the_clock(tmp_path: Path, waiting: Callable[[Client], tuple[float, Callable[[], bool]]]) -> None:
    """It has not happened two seconds before its time in the region, and it has two seconds after it."""
    seen: list[bool] = []
    with neighbourhood(tmp_path) as (neighbours, clock):
        clock.pause()
        seconds, happened = waiting(_Clients(neighbours))
        for moment in (seconds - 2, seconds + 2):
            clock.at(START + moment, lambda: seen.append(happened()))
        clock.run()
        clock.drain()
    assert seen == [False, True]


def _times(client: Client) -> list[float]:
    """When things came to be, as each neighbour tells it."""
    url = _queue(client)
    client("sqs").send_message(QueueUrl=url, MessageBody="m")
    message = client("sqs").receive_message(QueueUrl=url, AttributeNames=["All"])["Messages"][0]
    client("s3").create_bucket(Bucket="bucket")
    client("s3").put_object(Bucket="bucket", Key="k", Body=b"")
    client("kinesis").create_stream(StreamName="s", ShardCount=1)
    client("kinesis").put_record(StreamName="s", Data=b"d", PartitionKey="p")
    shard = client("kinesis").list_shards(StreamName="s")["Shards"][0]["ShardId"]
    where = {"StreamName": "s", "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON"}
    iterator = client("kinesis").get_shard_iterator(**where)["ShardIterator"]
    client("logs").create_log_group(logGroupName="g")
    client("secretsmanager").create_secret(Name="s", SecretString="x")
    key = client("kms").create_key()["KeyMetadata"]["KeyId"]
    return [
        int(message["Attributes"]["SentTimestamp"]) / 1000,
        client("s3").head_object(Bucket="bucket", Key="k")["LastModified"].timestamp(),
        client("kinesis").get_records(ShardIterator=iterator)["Records"][0]["ApproximateArrivalTimestamp"].timestamp(),
        client("logs").describe_log_groups()["logGroups"][0]["creationTime"] / 1000,
        client("secretsmanager").describe_secret(SecretId="s")["CreatedDate"].timestamp(),
        client("kms").schedule_key_deletion(KeyId=key, PendingWindowInDays=7)["DeletionDate"].timestamp() - 7 * DAY,
        client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=trust())["Role"]["CreateDate"].timestamp(),
    ]


def test_stamps_are_the_clock_s(tmp_path: Path) -> None:
    """Every time that a neighbour tells is the region's, to the second."""
    with neighbourhood(tmp_path) as (neighbours, clock):
        clock.advance(5 * DAY)
        assert [round(each) for each in _times(_Clients(neighbours))] == [START + 5 * DAY] * 7


def test_only_moto_has_the_region_s_time(tmp_path: Path) -> None:
    """Outside of moto, also in what moto uses, the machine's clock is what it was."""
    with neighbourhood(tmp_path) as (neighbours, clock):
        clock.advance(5 * DAY)
        neighbours.client("sqs").list_queues()
        assert sys.modules["botocore.auth"].datetime.__name__ == "datetime"
        assert datetime.now(UTC).timestamp() != clock.now()
        assert sys.modules["moto.sqs.models"].Condition.__module__.startswith("tutor")


def test_real_clock(tmp_path: Path) -> None:
    """On a real clock a long poll ends when its time is up, and a message that comes ends it before."""
    clock = Clock("real")
    with neighbourhood(tmp_path, clock) as (neighbours, _):
        client = _Clients(neighbours)
        url = _queue(client)
        begun = clock.now()
        assert _bodies(client, url, WaitTimeSeconds=1) == []
        assert clock.now() - begun >= 1
    clock.close()


def test_nothing_goes_on_after_the_end(tmp_path: Path) -> None:
    """A machine that waits leaves no thread behind when the neighbourhood is closed."""
    with neighbourhood(tmp_path) as (neighbours, clock):
        clock.pause()
        state_machine(_Clients(neighbours))
        while not clock.due:
            threading.Event().wait(0.01)
        waiting = [each for each in threading.enumerate() if type(each).__module__.startswith("tutor.region.neigh")]
        assert waiting
    for thread in waiting:
        threading.Thread.join(thread, 60)
    assert not any(threading.Thread.is_alive(each) for each in waiting)
