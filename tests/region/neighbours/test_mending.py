"""What moto does otherwise than AWS and the region needs right."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.region.neighbours.neighbourhood import START, neighbourhood
from tutor.region.neighbours.gate import Neighbours
from tutor.region.neighbours.mending_dynamodb import item_size

Client = Callable[[str], Any]


@pytest.fixture
def neighbours(tmp_path: Path) -> Iterator[Neighbours]:
    """Neighbours of nothing."""
    with neighbourhood(tmp_path) as (made, _):
        yield made


def _fifo(neighbours: Neighbours) -> str:
    attributes = {"FifoQueue": "true", "VisibilityTimeout": "30"}
    return str(neighbours.client("sqs").create_queue(QueueName="q.fifo", Attributes=attributes)["QueueUrl"])


def test_a_duplicate_of_a_deleted_message(neighbours: Neighbours) -> None:
    """A message is a duplicate for five minutes, also when the first one has been deleted; it has the first's id."""
    sqs, url = neighbours.client("sqs"), _fifo(neighbours)
    said = {"QueueUrl": url, "MessageBody": "m", "MessageGroupId": "g", "MessageDeduplicationId": "d"}
    first = sqs.send_message(**said)
    handle = sqs.receive_message(QueueUrl=url)["Messages"][0]["ReceiptHandle"]
    sqs.delete_message(QueueUrl=url, ReceiptHandle=handle)
    second = sqs.send_message(**said)
    assert second["MessageId"] == first["MessageId"]
    assert "Messages" not in sqs.receive_message(QueueUrl=url)


def test_a_group_comes_in_its_order_again(neighbours: Neighbours) -> None:
    """Messages of a group that were not deleted in time are given again in the order in which they were sent."""
    sqs, url = neighbours.client("sqs"), _fifo(neighbours)
    for number in "123":
        sqs.send_message(QueueUrl=url, MessageBody=number, MessageGroupId="g", MessageDeduplicationId=number)

    def received() -> list[str]:
        return [each["Body"] for each in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]]

    assert received() == ["1", "2", "3"]
    neighbours.house.clock.advance(31)
    assert received() == ["1", "2", "3"]


def test_queue_attributes_are_whole_numbers(neighbours: Neighbours) -> None:
    """Times in a queue's attributes are seconds without a fraction, as on AWS."""
    sqs = neighbours.client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    told = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert told["CreatedTimestamp"] == str(int(START))


def test_creating_a_queue_again(neighbours: Neighbours) -> None:
    """The same queue may be created again; with other attributes it is there already."""
    sqs = neighbours.client("sqs")
    for _ in range(2):
        sqs.create_queue(QueueName="q", Attributes={"DelaySeconds": "5"})
    with pytest.raises(sqs.exceptions.QueueNameExists):
        sqs.create_queue(QueueName="q", Attributes={"DelaySeconds": "6"})


def _records(kinesis: Any, shard: str) -> list[tuple[bytes, int]]:
    where = {"StreamName": "s", "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON"}
    iterator = kinesis.get_shard_iterator(**where)["ShardIterator"]
    records = kinesis.get_records(ShardIterator=iterator)["Records"]
    return [(each["Data"], int(each["SequenceNumber"])) for each in records]


def test_a_split_shard_keeps_its_records(neighbours: Neighbours) -> None:
    """What was in a shard stays in it when it is split; the new ones begin empty, with higher numbers."""
    kinesis = neighbours.client("kinesis")
    kinesis.create_stream(StreamName="s", ShardCount=1)
    kinesis.put_record(StreamName="s", Data=b"before", PartitionKey="p")
    kinesis.split_shard(StreamName="s", ShardToSplit="shardId-000000000000", NewStartingHashKey=str(2**127))
    kinesis.put_record(StreamName="s", Data=b"after", PartitionKey="p")
    old, *new = [_records(kinesis, f"shardId-{number:012}") for number in range(3)]
    assert [data for data, _ in old] == [b"before"]
    [(data, number)] = [*new[0], *new[1]]
    assert data == b"after"
    assert number > old[0][1]


def test_the_numbers_of_a_stream_are_long(neighbours: Neighbours) -> None:
    """56 digits, also where a shard begins and where it ended."""
    kinesis = neighbours.client("kinesis")
    kinesis.create_stream(StreamName="s", ShardCount=1)
    number = kinesis.put_record(StreamName="s", Data=b"x", PartitionKey="p")["SequenceNumber"]
    kinesis.split_shard(StreamName="s", ShardToSplit="shardId-000000000000", NewStartingHashKey=str(2**127))
    shards = kinesis.list_shards(StreamName="s")["Shards"]
    begins = [shard["SequenceNumberRange"]["StartingSequenceNumber"] for shard in shards]
    assert {len(each) for each in (number, *begins)} == {56}
    assert begins == sorted(begins)
    assert shards[0]["SequenceNumberRange"]["EndingSequenceNumber"] == number


def test_a_table_is_told_as_dynamodb_tells_it(neighbours: Neighbours) -> None:
    """It has an id of its own, and no empty lists of indexes."""
    dynamodb = neighbours.client("dynamodb")
    made = dynamodb.create_table(
        TableName="t",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )["TableDescription"]
    found = dynamodb.describe_table(TableName="t")["Table"]
    assert made["TableId"] == found["TableId"]
    assert {"GlobalSecondaryIndexes", "LocalSecondaryIndexes", "WarmThroughput"} & made.keys() == set()
    assert "WarmThroughput" in found


@pytest.mark.parametrize(
    ("item", "size"),
    [
        ({"id": {"S": "id_value_1"}, "numericFilter": {"N": "42"}}, 27),
        ({"my_partition_key": {"S": "testId0"}, "should_fail": {"BOOL": False}}, 35),
        ({"binary_key": {"B": "Zm9vYmFy"}}, 16),
        ({"é": {"NULL": True}}, 3),
        ({"n": {"N": "-1200.50"}}, 6),
        ({"l": {"L": [{"S": "ab"}, {"M": {"k": {"S": "v"}}}]}, "s": {"SS": ["a", "bc"]}}, 18),
    ],
)
def test_the_size_of_an_item(item: dict[str, Any], size: int) -> None:
    """Names and values are counted, as in the sizes that were recorded with records of streams."""
    assert item_size(item) == size


def test_a_metric_is_listed_once(neighbours: Neighbours) -> None:
    """A metric is one, with and without dimensions, however many values it has."""
    cloudwatch = neighbours.client("cloudwatch")
    for dimensions in ([], [], [{"Name": "a", "Value": "b"}], [{"Name": "a", "Value": "b"}]):
        datum = {"MetricName": "m", "Value": 1.0, "Dimensions": dimensions}
        cloudwatch.put_metric_data(Namespace="n", MetricData=[datum])
    assert len(cloudwatch.list_metrics()["Metrics"]) == 2
    assert len(cloudwatch.list_metrics(Dimensions=[{"Name": "a"}])["Metrics"]) == 1


def test_a_metric_is_labelled_by_its_name(neighbours: Neighbours) -> None:
    """A query without a label has the metric's name, where no other query is about the same metric."""
    cloudwatch = neighbours.client("cloudwatch")
    cloudwatch.put_metric_data(Namespace="n", MetricData=[{"MetricName": "m", "Value": 1.0}])

    def labels(*wanted: str) -> list[str]:
        queries = [
            {
                "Id": f"q{place}",
                "MetricStat": {"Metric": {"Namespace": "n", "MetricName": "m"}, "Period": 60, "Stat": stat},
            }
            for place, stat in enumerate(wanted)
        ]
        found = cloudwatch.get_metric_data(MetricDataQueries=queries, StartTime=START - 600, EndTime=START + 600)
        return [each["Label"] for each in found["MetricDataResults"]]

    assert labels("Sum") == ["m"]
    assert labels("Sum", "Maximum") == ["m Sum", "m Maximum"]


def test_a_thousand_messages(neighbours: Neighbours) -> None:
    """Sending does not become slower with the length of the queue: it does not count the messages each time."""
    sqs = neighbours.client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    counted = 0
    with neighbours.inside():
        queue = type(neighbours.backend("sqs", "us-east-1").queues["q"])
    whole = queue.approximate_number_of_messages_delayed

    def counting(self: Any) -> int:
        nonlocal counted
        counted += 1
        return int(whole.fget(self))

    queue.approximate_number_of_messages_delayed = property(counting)
    try:
        for _ in range(20):
            sqs.send_message(QueueUrl=url, MessageBody="m")
    finally:
        queue.approximate_number_of_messages_delayed = whole
    assert counted == 0


def _table(neighbours: Neighbours) -> tuple[Any, str, str]:
    neighbours.client("dynamodb").create_table(
        TableName="table",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
    )
    streams = neighbours.client("dynamodbstreams")
    arn = streams.list_streams(TableName="table")["Streams"][0]["StreamArn"]
    return streams, arn, streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]


def test_iterators_of_a_table_s_stream(neighbours: Neighbours) -> None:
    """Every kind of iterator begins where it should, goes on after what was read, and leaves nothing behind."""
    streams, arn, shard = _table(neighbours)
    for number in "123":
        neighbours.client("dynamodb").put_item(TableName="table", Item={"k": {"S": number}})

    def read(iterator: str, limit: int = 10) -> tuple[list[str], str, list[str]]:
        answer = streams.get_records(ShardIterator=iterator, Limit=limit)
        changes = [each["dynamodb"] for each in answer["Records"]]
        keys = [each["Keys"]["k"]["S"] for each in changes]
        return keys, answer["NextShardIterator"], [each["SequenceNumber"] for each in changes]

    def iterator(kind: str, **more: str) -> str:
        where = {"StreamArn": arn, "ShardId": shard, "ShardIteratorType": kind}
        return str(streams.get_shard_iterator(**where, **more)["ShardIterator"])

    first, following, numbers = read(iterator("TRIM_HORIZON"), 1)
    assert (first, read(following)[0]) == (["1"], ["2", "3"])
    assert read(iterator("LATEST"))[0] == []
    assert read(iterator("AT_SEQUENCE_NUMBER", SequenceNumber=numbers[0]))[0] == ["1", "2", "3"]
    assert read(iterator("AFTER_SEQUENCE_NUMBER", SequenceNumber=numbers[0]))[0] == ["2", "3"]
    with neighbours.inside():
        assert neighbours.backend("dynamodbstreams", "us-east-1").shard_iterators == {}


def test_iterators_that_are_none(neighbours: Neighbours) -> None:
    """A stream, a shard or an iterator that is not there is refused in AWS's form."""
    streams, arn, shard = _table(neighbours)
    given = {"ShardId": shard, "ShardIteratorType": "LATEST"}
    with pytest.raises(streams.exceptions.ResourceNotFoundException):
        streams.get_shard_iterator(StreamArn=arn + "x", **given)
    with pytest.raises(streams.exceptions.ResourceNotFoundException):
        streams.get_shard_iterator(StreamArn=arn, **{**given, "ShardId": shard + "x"})
    with pytest.raises(streams.exceptions.ResourceNotFoundException):
        streams.describe_stream(StreamArn=arn + "x")
    with pytest.raises(ClientError, match="Invalid ShardIterator"):
        streams.get_records(ShardIterator=f"{arn}|1|nonsense")


@pytest.mark.parametrize(
    ("route", "code"), [("GET /a", "ConflictException"), ("bogus", "BadRequestException"), ("GET a", "BadRequest")]
)
def test_a_route_that_cannot_be(neighbours: Neighbours, route: str, code: str) -> None:
    """An HTTP API refuses a route that it has, and a key that is none."""
    client = neighbours.client("apigatewayv2")
    api = client.create_api(Name="a", ProtocolType="HTTP")["ApiId"]
    client.create_route(ApiId=api, RouteKey="GET /a")
    client.create_route(ApiId=api, RouteKey="$default")
    with pytest.raises(ClientError, match=code):
        client.create_route(ApiId=api, RouteKey=route)
