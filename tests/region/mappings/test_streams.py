"""Polling Kinesis and DynamoDB streams: order, retries, bisecting, age, destinations, windows."""

import json
from typing import Any

import pytest

from tests.region.conftest import BEGINNING, Opens, a_function
from tests.region.mappings.staging import (
    RECORDING,
    a_queue,
    a_stream,
    a_table,
    data,
    left_in,
    map_to,
    mapped,
    printed,
    put,
    settled,
)
from tests.region.neighbours.neighbourhood import open_to
from tutor.region.region import Region

FAILING = RECORDING + (
    "    import base64\n"
    '    if any(base64.b64decode(r["kinesis"]["data"]) == b"bad" for r in event["Records"]):\n'
    '        raise ValueError("bad record")\n'
)
"""Prints the event and fails on a Kinesis record that says ``bad``."""


def test_records_reach_the_function_in_order(region: Region) -> None:
    """A Kinesis record arrives in AWS's shape, those of a shard in their order."""
    arn = a_stream(region)
    uuid = mapped(region, RECORDING, arn, StartingPosition="TRIM_HORIZON")
    put(region, "stream", "one", "two", "three")
    region.clock.drain()
    ((first, *_),) = [event["Records"] for event in printed(region)]
    assert data(region) == [["one", "two", "three"]]
    assert first["eventID"] == f"shardId-000000000000:{first['kinesis']['sequenceNumber']}"
    assert (first["eventSource"], first["eventName"]) == ("aws:kinesis", "aws:kinesis:record")
    assert first["invokeIdentityArn"] == "arn:aws:iam::123456789012:role/f-role"
    assert settled(region, uuid)["LastProcessingResult"] == "OK"


@pytest.mark.parametrize(
    ("position", "seen"), [("TRIM_HORIZON", ["old", "new"]), ("LATEST", ["new"]), ("AT_TIMESTAMP", ["new"])]
)
def test_a_mapping_begins_where_it_is_told(region: Region, position: str, seen: list[str]) -> None:
    """TRIM_HORIZON reads what is there, LATEST what comes, AT_TIMESTAMP what arrived from a moment on."""
    arn = a_stream(region)
    put(region, "stream", "old")
    region.clock.advance(100)
    more: dict[str, Any] = {}
    if position == "AT_TIMESTAMP":
        more["StartingPositionTimestamp"] = region.clock.datetime()
    mapped(region, RECORDING, arn, StartingPosition=position, **more)
    put(region, "stream", "new")
    region.clock.drain()
    assert [text for batch in data(region) for text in batch] == seen


def test_a_bad_record_holds_up_its_shard(region: Region) -> None:
    """Without any limit a bad record is tried until the stream keeps it no longer; what is behind it waits."""
    arn = a_stream(region)
    mapped(region, FAILING, arn, StartingPosition="TRIM_HORIZON", BatchSize=1)
    begun = region.clock.now()
    put(region, "stream", "bad", "good")
    region.clock.drain()
    seen = [text for (text,) in data(region)]
    assert seen[:3] == ["bad", "bad", "bad"]
    assert "good" not in seen
    assert region.clock.now() - begun > 24 * 3600
    assert any(entry.kind == "drop" for entry in region.timeline.entries())


def test_bisecting_isolates_the_bad_record(region: Region) -> None:
    """A failed batch is halved until the bad record is alone; only it is given up, and the destination told of it."""
    told, told_arn = a_queue(region, "told")
    arn = a_stream(region)
    mapped(
        region,
        FAILING,
        arn,
        StartingPosition="TRIM_HORIZON",
        BisectBatchOnFunctionError=True,
        MaximumRetryAttempts=1,
        DestinationConfig={"OnFailure": {"Destination": told_arn}},
    )
    put(region, "stream", "a", "b", "bad", "c", "d")
    region.clock.drain()
    assert data(region) == [
        ["a", "b", "bad", "c", "d"],
        ["a", "b", "bad"],
        ["a", "b"],
        ["bad"],
        ["bad"],
        ["c", "d"],
    ]
    (record,) = [json.loads(body) for body in left_in(region, told)]
    assert record["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert record["requestContext"]["approximateInvokeCount"] == 2
    assert record["responseContext"] == {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"}
    batch = record["KinesisBatchInfo"]
    assert (batch["batchSize"], batch["startSequenceNumber"]) == (1, batch["endSequenceNumber"])
    assert batch["endSequenceNumber"].endswith("0003")
    assert (batch["shardId"], batch["streamArn"]) == ("shardId-000000000000", arn)


def test_a_partial_answer_moves_the_checkpoint(region: Region) -> None:
    """It goes on at the lowest number reported; what is left is a batch of its own, as recorded from AWS."""
    told, told_arn = a_queue(region, "told")
    arn = a_stream(region)
    code = RECORDING + (
        "    import base64\n"
        '    bad = [r["kinesis"]["sequenceNumber"] for r in event["Records"]\n'
        '           if base64.b64decode(r["kinesis"]["data"]) == b"5"]\n'
        '    return {"batchItemFailures": [{"itemIdentifier": one} for one in bad]}\n'
    )
    mapped(
        region,
        code,
        arn,
        StartingPosition="TRIM_HORIZON",
        BatchSize=3,
        MaximumRetryAttempts=3,
        FunctionResponseTypes=["ReportBatchItemFailures"],
        DestinationConfig={"OnFailure": {"Destination": told_arn}},
    )
    put(region, "stream", "0", "1", "2", "3", "4", "5", "6")
    region.clock.drain()
    assert data(region) == [["0", "1", "2"], ["3", "4", "5"], ["5"], ["5"], ["5"], ["5"], ["6"]]
    (record,) = [json.loads(body) for body in left_in(region, told)]
    assert record["requestContext"]["approximateInvokeCount"] == 4
    assert record["responseContext"]["functionError"] is None
    assert record["KinesisBatchInfo"]["batchSize"] == 1


def test_a_record_that_gets_too_old_is_given_up(region: Region) -> None:
    """Retries end when the record's age is past the limit, and the shard goes on."""
    told, told_arn = a_queue(region, "told")
    arn = a_stream(region)
    mapped(
        region,
        FAILING,
        arn,
        StartingPosition="TRIM_HORIZON",
        BatchSize=1,
        MaximumRecordAgeInSeconds=60,
        DestinationConfig={"OnFailure": {"Destination": told_arn}},
    )
    begun = region.clock.now()
    put(region, "stream", "bad")
    region.clock.drain()
    assert 60 <= region.clock.now() - begun <= 62
    put(region, "stream", "good")
    region.clock.drain()
    seen = [text for (text,) in data(region)]
    assert seen[-1] == "good"
    assert set(seen[:-1]) == {"bad"}
    (record,) = [json.loads(body) for body in left_in(region, told)]
    assert record["requestContext"]["condition"] == "RecordAgeExceeded"
    assert record["requestContext"]["approximateInvokeCount"] == len(seen) - 1
    assert "responseContext" not in record


def test_shards_are_read_side_by_side(region: Region) -> None:
    """A bad record in one shard does not hold up another shard."""
    arn = a_stream(region, shards=2)
    mapped(region, FAILING, arn, StartingPosition="TRIM_HORIZON", BatchSize=1, MaximumRetryAttempts=5)
    region.clock.pause()
    kinesis = region.client("kinesis")
    low, high = "0", str(2**127 + 1)
    for text, place in (("bad", low), ("after", low), ("other", high), ("another", high)):
        kinesis.put_record(StreamName="stream", Data=text.encode(), PartitionKey="k", ExplicitHashKey=place)
    begun = region.clock.now()
    region.clock.run()
    region.clock.drain()
    seen = [text for (text,) in data(region)]
    assert seen[-1] == "after"
    assert seen.index("another") < seen.index("after")
    waits = [entry.at - begun for entry in region.timeline.entries() if entry.kind == "deliver"]
    assert waits[-1] > 20


def test_keys_stay_in_order_beside_each_other(region: Region) -> None:
    """With a parallelization factor a bad record holds up its own key's lane; other keys go on, each in order."""
    arn = a_stream(region)
    mapped(
        region,
        FAILING,
        arn,
        StartingPosition="TRIM_HORIZON",
        BatchSize=1,
        ParallelizationFactor=10,
        MaximumRetryAttempts=5,
    )
    kinesis = region.client("kinesis")
    line = [("a", "bad"), ("b", "b1"), ("a", "a2"), ("b", "b2"), ("c", "c1"), ("b", "b3")]
    kinesis.put_records(
        StreamName="stream", Records=[{"Data": text.encode(), "PartitionKey": key} for key, text in line]
    )
    region.clock.drain()
    seen = [text for (text,) in data(region)]
    assert [text for text in seen if text[0] == "b" and text != "bad"] == ["b1", "b2", "b3"]
    assert seen[-1] == "a2"
    assert seen.index("c1") < seen.index("a2")


def test_a_tumbling_window_carries_its_state(region: Region) -> None:
    """The function sums what arrived in each window; its last invocation has no records and the state of all before."""
    arn = a_stream(region)
    code = RECORDING + (
        '    state = event["state"]\n'
        "    import base64\n"
        '    new = sum(int(base64.b64decode(r["kinesis"]["data"])) for r in event["Records"])\n'
        '    state["sum"] = state.get("sum", 0) + new\n'
        '    return {"state": state}\n'
    )
    mapped(region, code, arn, StartingPosition="TRIM_HORIZON", TumblingWindowInSeconds=60)
    begun = region.clock.now()
    region.clock.advance(60 - begun % 60 + 5)
    region.clock.pause()
    region.clock.at(region.clock.now() + 10, lambda: put(region, "stream", "1", "2"))
    region.clock.at(region.clock.now() + 20, lambda: put(region, "stream", "3"))
    region.clock.at(region.clock.now() + 70, lambda: put(region, "stream", "10"))
    region.clock.run()
    region.clock.drain()
    events = printed(region)
    finals = [event for event in events if event["isFinalInvokeForWindow"]]
    assert [event["state"] for event in finals] == [{"sum": 6}, {"sum": 10}]
    assert [event["Records"] for event in finals] == [[], []]
    assert [len(event["Records"]) for event in events if event not in finals] == [2, 1, 1]
    assert finals[0]["window"]["end"] == finals[1]["window"]["start"]
    assert not any(event["isWindowTerminatedEarly"] for event in events)
    assert finals[0]["shardId"] == "shardId-000000000000"


def test_a_failure_in_a_bucket_has_the_records(region: Region) -> None:
    """The S3 destination gets the whole event beside what a queue gets, under the mapping's and the shard's names."""
    region.client("s3").create_bucket(Bucket="failures")
    arn = a_stream(region)
    uuid = mapped(
        region,
        FAILING,
        arn,
        StartingPosition="TRIM_HORIZON",
        MaximumRetryAttempts=0,
        DestinationConfig={"OnFailure": {"Destination": "arn:aws:s3:::failures"}},
    )
    put(region, "stream", "bad")
    region.clock.drain()
    (item,) = region.client("s3").list_objects_v2(Bucket="failures")["Contents"]
    assert item["Key"].startswith(f"aws/lambda/{uuid}/shardId-000000000000/2026/01/01/2026-01-01T")
    record = json.loads(region.client("s3").get_object(Bucket="failures", Key=item["Key"])["Body"].read())
    (event,) = printed(region)
    assert record["payload"] == event
    assert record["KinesisBatchInfo"]["batchSize"] == 1


def test_a_topic_hears_of_failures(region: Region) -> None:
    """An SNS destination publishes the record."""
    sns = region.client("sns")
    topic = sns.create_topic(Name="failures")["TopicArn"]
    told, told_arn = a_queue(region, "told", Policy=open_to("sns.amazonaws.com"))
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=told_arn, Attributes={"RawMessageDelivery": "true"})
    arn = a_stream(region)
    mapped(
        region,
        FAILING,
        arn,
        StartingPosition="TRIM_HORIZON",
        MaximumRetryAttempts=0,
        DestinationConfig={"OnFailure": {"Destination": topic}},
    )
    put(region, "stream", "bad")
    region.clock.drain()
    (record,) = [json.loads(body) for body in left_in(region, told)]
    assert record["requestContext"]["condition"] == "RetryAttemptsExhausted"


def test_a_tables_changes_reach_the_function(region: Region) -> None:
    """Inserts, changes and removals of items arrive in AWS's shape; the filter picks among them."""
    arn = a_table(region)
    pattern = json.dumps({"eventName": ["INSERT", "REMOVE"]})
    mapped(region, RECORDING, arn, StartingPosition="LATEST", FilterCriteria={"Filters": [{"Pattern": pattern}]})
    table = region.client("dynamodb")
    table.put_item(TableName="items", Item={"id": {"S": "1"}, "n": {"N": "1"}})
    table.put_item(TableName="items", Item={"id": {"S": "1"}, "n": {"N": "2"}})
    table.delete_item(TableName="items", Key={"id": {"S": "1"}})
    region.clock.drain()
    records = [record for event in printed(region) for record in event["Records"]]
    assert [record["eventName"] for record in records] == ["INSERT", "REMOVE"]
    assert records[0]["dynamodb"]["NewImage"] == {"id": {"S": "1"}, "n": {"N": "1"}}
    assert records[1]["dynamodb"]["OldImage"] == {"id": {"S": "1"}, "n": {"N": "2"}}
    assert (records[0]["eventVersion"], records[0]["awsRegion"]) == ("1.1", "us-east-1")
    assert records[0]["eventSourceARN"] == arn


def test_resharding_loses_nothing_and_keeps_the_order(region: Region) -> None:
    """Children are read when their parent has been read to its end, and no record comes twice."""
    arn = a_stream(region)
    mapped(region, RECORDING, arn, StartingPosition="TRIM_HORIZON", BatchSize=1)
    put(region, "stream", "1", "2")
    region.clock.drain()
    region.clock.pause()
    put(region, "stream", "3", "4")
    region.client("kinesis").split_shard(
        StreamName="stream", ShardToSplit="shardId-000000000000", NewStartingHashKey=str(2**127)
    )
    put(region, "stream", "5", "6")
    region.clock.run()
    region.clock.drain()
    assert [text for (text,) in data(region)] == ["1", "2", "3", "4", "5", "6"]


def test_a_restart_goes_on_at_the_checkpoint(opens: Opens) -> None:
    """What was processed does not come again after a restart, what was not does."""
    region = opens("kept")
    arn = a_stream(region)
    uuid = mapped(region, RECORDING, arn, StartingPosition="TRIM_HORIZON", BatchSize=1)
    put(region, "stream", "1", "2")
    region.clock.drain()
    region.clock.pause()
    put(region, "stream", "3", "4")
    seen = data(region)
    region.close()
    again = opens("kept", start=BEGINNING + 100)
    again.clock.drain()
    assert seen == [["1"], ["2"]]
    assert data(again) == [["3"], ["4"]] or data(again) == [["1"], ["2"], ["3"], ["4"]]
    assert settled(again, uuid)["State"] == "Enabled"
    put(again, "stream", "5")
    again.clock.drain()
    assert data(again)[-1] == ["5"]


def test_the_same_run_twice_gives_the_same_order(opens: Opens) -> None:
    """Shards, lanes and queues together: two regions that are given the same tell the same timeline."""

    def run(name: str) -> list[tuple[Any, ...]]:
        region = opens(name)
        arn, (url, queue) = a_stream(region, shards=2), a_queue(region, VisibilityTimeout=30)
        a_function(region, FAILING.replace('r["kinesis"]["data"]', 'r.get("kinesis", {"data": ""})["data"]'))
        map_to(
            region, arn, StartingPosition="TRIM_HORIZON", BatchSize=2, ParallelizationFactor=2, MaximumRetryAttempts=2
        )
        map_to(region, queue, BatchSize=1)
        region.clock.pause()
        put(region, "stream", *[f"r{number}" for number in range(9)], "bad", keys=5)
        region.client("sqs").send_message(QueueUrl=url, MessageBody="m")
        region.clock.run()
        region.clock.drain()
        return [(entry.at, entry.kind, entry.attempt, entry.text.split(":")[0]) for entry in region.timeline.entries()]

    assert run("one") == run("two")


def test_iterator_age_is_measured(region: Region) -> None:
    """Each batch of a stream tells how old its last record was, in milliseconds."""
    arn = a_stream(region)
    mapped(region, RECORDING, arn, StartingPosition="TRIM_HORIZON")
    put(region, "stream", "one")
    region.clock.drain()
    found = region.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName="IteratorAge",
        Dimensions=[{"Name": "FunctionName", "Value": "f"}],
        StartTime=region.clock.datetime().replace(hour=0, minute=0, second=0, microsecond=0),
        EndTime=region.clock.datetime().replace(hour=23),
        Period=86400,
        Statistics=["Maximum"],
    )["Datapoints"]
    assert [point["Maximum"] for point in found] == [1000.0]
