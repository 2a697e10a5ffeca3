"""Polling SQS: with moto's queues, handlers in the sandbox and a fast clock."""

import json

from tests.region.mappings.staging import (
    RECORDING,
    a_queue,
    batches,
    bodies,
    counts,
    left_in,
    mapped,
    printed,
    send,
)
from tutor.region.region import Region


def test_a_message_reaches_the_function_and_is_gone(region: Region) -> None:
    """What was processed is deleted; the event has the shape that SQS's events have on AWS."""
    url, arn = a_queue(region)
    mapped(region, RECORDING, arn)
    region.client("sqs").send_message(
        QueueUrl=url,
        MessageBody='{"n": 1}',
        MessageAttributes={"colour": {"DataType": "String", "StringValue": "red"}},
    )
    region.clock.drain()
    ((record,),) = [event["Records"] for event in printed(region)]
    assert record["body"] == '{"n": 1}'
    assert record["attributes"]["ApproximateReceiveCount"] == "1"
    assert {"SentTimestamp", "SenderId", "ApproximateFirstReceiveTimestamp"} <= record["attributes"].keys()
    assert record["messageAttributes"]["colour"]["stringValue"] == "red"
    assert (record["eventSource"], record["eventSourceARN"], record["awsRegion"]) == ("aws:sqs", arn, "us-east-1")
    assert counts(region, url) == (0, 0)


def test_a_poison_message_goes_to_the_queues_dead_letter_queue(region: Region) -> None:
    """It is tried maxReceiveCount times, a visibility timeout apart; the others are not held up."""
    dead, dead_arn = a_queue(region, "dead")
    url, arn = a_queue(
        region, VisibilityTimeout=30, RedrivePolicy={"deadLetterTargetArn": dead_arn, "maxReceiveCount": 3}
    )
    code = RECORDING + '    if "poison" in event["Records"][0]["body"]:\n        raise ValueError("bad")\n'
    mapped(region, code, arn, BatchSize=1)
    begun = region.clock.now()
    send(region, url, "good", "poison", "fine")
    region.clock.drain()
    assert sorted(bodies(region)) == [
        "fine",
        "good",
        "poison",
        "poison",
        "poison",
    ]
    counted = [one["attributes"]["ApproximateReceiveCount"] for event in printed(region) for one in event["Records"]]
    assert counted[-3:] == ["1", "2", "3"] or sorted(counted) == ["1", "1", "1", "2", "3"]
    assert left_in(region, dead) == ["poison"]
    assert counts(region, url) == (0, 0)
    assert 60 <= region.clock.now() - begun < 120


def test_only_the_failed_of_a_batch_come_back(region: Region) -> None:
    """With ReportBatchItemFailures the messages named return after the visibility timeout, the others are deleted."""
    url, arn = a_queue(region, VisibilityTimeout=30)
    code = RECORDING + (
        '    bad = [r["messageId"] for r in event["Records"]\n'
        '           if r["body"] == "b" and r["attributes"]["ApproximateReceiveCount"] == "1"]\n'
        '    return {"batchItemFailures": [{"itemIdentifier": one} for one in bad]}\n'
    )
    mapped(region, code, arn, FunctionResponseTypes=["ReportBatchItemFailures"])
    send(region, url, "a", "b", "c")
    region.clock.drain()
    assert batches(region) == [["a", "b", "c"], ["b"]]
    assert counts(region, url) == (0, 0)


def test_without_partial_answers_the_whole_batch_comes_back(region: Region) -> None:
    """One failure without ReportBatchItemFailures, and every message of the batch is processed again."""
    url, arn = a_queue(region, VisibilityTimeout=30)
    code = RECORDING + (
        '    if event["Records"][0]["attributes"]["ApproximateReceiveCount"] == "1":\n'
        '        raise ValueError("once")\n'
    )
    mapped(region, code, arn)
    send(region, url, "a", "b", "c")
    region.clock.drain()
    assert batches(region) == [["a", "b", "c"], ["a", "b", "c"]]


def test_a_window_gathers_until_it_ends_or_the_batch_is_full(region: Region) -> None:
    """Messages wait for company as long as the window says, no longer when the batch is full."""
    url, arn = a_queue(region, VisibilityTimeout=600)
    mapped(region, RECORDING, arn, BatchSize=20, MaximumBatchingWindowInSeconds=60)
    region.clock.pause()
    begun = region.clock.now()
    send(region, url, *[f"m{number}" for number in range(25)])
    region.clock.run()
    region.clock.drain()
    assert sorted(len(batch) for batch in batches(region)) == [5, 20]
    assert 60 <= region.clock.now() - begun < 70


def test_filtered_messages_are_deleted_unseen(region: Region) -> None:
    """What the filter does not let through never reaches the function, and does not stay in the queue either."""
    url, arn = a_queue(region)
    pattern = json.dumps({"body": {"kind": ["order"]}})
    mapped(region, RECORDING, arn, FilterCriteria={"Filters": [{"Pattern": pattern}]})
    send(region, url, '{"kind": "order"}', '{"kind": "offer"}', "no json")
    region.clock.drain()
    assert batches(region) == [['{"kind": "order"}']]
    assert counts(region, url) == (0, 0)


def test_a_fifo_queue_keeps_the_order_of_each_group(region: Region) -> None:
    """A message that fails holds up its group and no other; within a group the order stays, also after a retry."""
    url, arn = a_queue(region, "orders.fifo", FifoQueue="true", VisibilityTimeout=30)
    code = RECORDING + (
        '    one = event["Records"][0]\n'
        '    if one["body"] == "a1" and one["attributes"]["ApproximateReceiveCount"] == "1":\n'
        '        raise ValueError("once")\n'
    )
    mapped(region, code, arn, BatchSize=1)
    region.clock.pause()
    send(region, url, "a1", "a2", "a3", group="a")
    send(region, url, "b1", "b2", group="b")
    region.clock.run()
    region.clock.drain()
    order = bodies(region)
    assert [body for body in order if body[0] == "a"] == ["a1", "a1", "a2", "a3"]
    assert [body for body in order if body[0] == "b"] == ["b1", "b2"]
    assert order.index("b2") < order.index("a2")


def test_a_delayed_message_is_seen_when_it_shows(region: Region) -> None:
    """A queue's delay is an appointment: nothing polls meanwhile."""
    url, arn = a_queue(region, DelaySeconds=600)
    mapped(region, RECORDING, arn)
    begun = region.clock.now()
    send(region, url, "late")
    region.clock.drain()
    assert batches(region) == [["late"]]
    assert 600 <= region.clock.now() - begun < 610


def test_no_more_than_the_maximum_run_at_a_time(region: Region) -> None:
    """MaximumConcurrency bounds how many batches the function has at once; nothing is throttled for it."""
    url, arn = a_queue(region, VisibilityTimeout=60)
    code = (
        "import json, time\n\ndef handler(event, context):\n"
        '    begun = time.time()\n    time.sleep(0.3)\n    print("SEEN " + json.dumps([begun, time.time()]))\n'
    )
    mapped(region, code, arn, BatchSize=1, ScalingConfig={"MaximumConcurrency": 2})
    region.clock.pause()
    send(region, url, *"abcdef")
    region.clock.run()
    region.clock.drain()
    spans = printed(region)
    assert len(spans) == 6
    assert max(sum(begun <= start < ended for begun, ended in spans) for start, _ in spans) <= 2


def test_a_throttled_batch_returns_to_the_queue(region: Region) -> None:
    """With zero concurrency reserved its messages are received and return, until the redrive takes them."""
    dead, dead_arn = a_queue(region, "dead")
    url, arn = a_queue(
        region, VisibilityTimeout=30, RedrivePolicy={"deadLetterTargetArn": dead_arn, "maxReceiveCount": 2}
    )
    mapped(region, RECORDING, arn)
    region.client("lambda").put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=0)
    send(region, url, "m")
    region.clock.drain()
    assert left_in(region, dead) == ["m"]
    assert any(entry.kind == "throttle" for entry in region.timeline.entries())


def test_a_poison_message_ends_with_its_retention(region: Region) -> None:
    """Without a dead-letter queue it comes back until the queue keeps it no longer; then nothing is due any more."""
    url, arn = a_queue(region, VisibilityTimeout=600, MessageRetentionPeriod=3600)
    mapped(region, RECORDING + "    raise ValueError\n", arn)
    begun = region.clock.now()
    send(region, url, "poison")
    assert region.clock.drain(60)
    assert bodies(region) == ["poison"] * 6
    assert 3000 <= region.clock.now() - begun <= 3700
    assert counts(region, url) == (0, 0)
    assert left_in(region, url) == []
