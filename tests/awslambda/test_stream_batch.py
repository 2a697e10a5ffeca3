"""Failed batches of a stream: bisecting, retries, age, and the recorded failure record."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.quotas import QUOTAS
from tutor.awslambda.destination import Response
from tutor.awslambda.stream_batch import (
    Discard,
    Next,
    StreamBatch,
    StreamRecord,
    StreamSettings,
    after_failure,
    before_attempt,
    failure_record,
    retry_wait,
    s3_key,
    sequence,
    with_payload,
)

FN = "arn:aws:lambda:us-east-1:123456789012:function:fn"
STREAM = "arn:aws:kinesis:us-east-1:123456789012:stream/s"
TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/t/stream/2025"
NOW = datetime(2022, 7, 13, 13, 48, 1, tzinfo=UTC)
FOREVER = StreamSettings(-1, -1, bisect=False)


def batch(count: int, **counts: int) -> StreamBatch:
    return StreamBatch(tuple(StreamRecord(str(number), float(number)) for number in range(count)), **counts)


def test_settings_come_from_the_mapping() -> None:
    """AWS's members."""
    members = {"MaximumRetryAttempts": 1, "MaximumRecordAgeInSeconds": -1, "BisectBatchOnFunctionError": True}
    assert StreamSettings.of(members) == StreamSettings(1, -1, bisect=True)


def test_a_batch_is_retried_until_its_retries_are_used_up() -> None:
    """One retry: two invocations, as recorded; -1 has no end."""
    once = StreamSettings(1, -1, bisect=False)
    first = after_failure(batch(3), once, QUOTAS)
    assert first == Next((batch(3, retries=1, invocations=1),), wait=1)
    lost = after_failure(first.batches[0], once, QUOTAS)
    assert lost == Next((), (Discard("RetryAttemptsExhausted", batch(3, retries=1, invocations=2)),))
    assert after_failure(batch(3, retries=10**6), FOREVER, QUOTAS).batches
    assert [retry_wait(n, QUOTAS) for n in (0, 3, 99)] == [1, 8, 300]


def test_a_throttle_uses_up_nothing() -> None:
    """The function did not run, so the batch is as it was."""
    never = StreamSettings(0, -1, bisect=True)
    assert after_failure(batch(2), never, QUOTAS, ran=False) == Next((batch(2),), wait=1)


def test_bisecting_halves_in_order_and_uses_up_no_retry() -> None:
    """The larger half first; a single record is retried."""
    settings = StreamSettings(0, -1, bisect=True)
    following = after_failure(batch(3), settings, QUOTAS)
    assert [sequence(half.records) for half in following.batches] == [("0", "1"), ("2",)]
    assert all(half.retries == 0 for half in following.batches)
    assert after_failure(following.batches[1], settings, QUOTAS).discarded


def test_a_partial_answer_leaves_the_rest() -> None:
    """From the reported record on; with bisecting that is a split, without it a retry."""
    rest = after_failure(batch(3), StreamSettings(0, -1, bisect=True), QUOTAS, done=1)
    assert rest == Next((StreamBatch(batch(3).records[1:]),))
    retried = after_failure(batch(3), StreamSettings(1, -1, bisect=False), QUOTAS, done=2)
    assert retried.batches == (StreamBatch(batch(3).records[2:], 1, 1),)


def test_records_that_are_too_old_are_dropped_before_the_next_attempt() -> None:
    """Each by its own age; without a limit none."""
    minute = StreamSettings(-1, 60, bisect=False)
    assert before_attempt(batch(3), 60.0, minute) == Next((batch(3),))
    following = before_attempt(batch(3, invocations=4), 61.5, minute)
    assert [sequence(one.records) for one in following.batches] == [("2",)]
    assert [(lost.condition, sequence(lost.batch.records)) for lost in following.discarded] == [
        ("RecordAgeExceeded", ("0", "1"))
    ]
    assert before_attempt(batch(3), 1e9, minute).batches == ()
    assert before_attempt(batch(3), 1e9, FOREVER) == Next((batch(3),))


@given(st.integers(1, 40), st.sets(st.integers(0, 39)), st.integers(0, 3))
def test_bisecting_isolates_exactly_the_bad_records(count: int, bad: set[int], retries: int) -> None:
    """Every good record is processed, in order; every bad one is given up alone, after its retries."""
    settings = StreamSettings(retries, -1, bisect=True)
    waiting, good, lost = [batch(count)], list[int](), list[Discard]()
    while waiting:
        current = waiting.pop(0)
        numbers = [int(one.sequence_number) for one in current.records]
        if bad.isdisjoint(numbers):
            good += numbers
            continue
        following = after_failure(current, settings, QUOTAS)
        waiting = [*following.batches, *waiting]
        lost += following.discarded
    assert good == [number for number in range(count) if number not in bad]
    assert [sequence(one.batch.records) for one in lost] == [(str(n),) for n in range(count) if n in bad]
    assert all(one.batch.invocations == retries + 1 for one in lost)


def test_the_failure_record_is_the_recorded_one() -> None:
    """Kinesis, after an exception."""
    records = (StreamRecord("49", NOW.timestamp()), StreamRecord("50", NOW.timestamp()))
    lost = Discard("RetryAttemptsExhausted", StreamBatch(records, 1, 2))
    response = Response("$LATEST", None, "Unhandled")
    record = failure_record(
        lost, function_arn=FN, request_id="id", shard_id="shard", stream_arn=STREAM, response=response, now=NOW
    )
    assert record == {
        "requestContext": {
            "requestId": "id",
            "functionArn": FN,
            "condition": "RetryAttemptsExhausted",
            "approximateInvokeCount": 2,
        },
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
        "version": "1.0",
        "timestamp": "2022-07-13T13:48:01.000Z",
        "KinesisBatchInfo": {
            "shardId": "shard",
            "startSequenceNumber": "49",
            "endSequenceNumber": "50",
            "approximateArrivalOfFirstRecord": "2022-07-13T13:48:01.000Z",
            "approximateArrivalOfLastRecord": "2022-07-13T13:48:01.000Z",
            "batchSize": 2,
            "streamArn": STREAM,
        },
    }
    assert list(with_payload(record, {"Records": []}))[-1] == "payload"


def test_the_other_forms_of_the_record() -> None:
    """DynamoDB's has another name and whole seconds; a partial answer has no error; too old has no response."""
    one = StreamBatch((StreamRecord("1", NOW.timestamp()),), 0, 0)
    partial = failure_record(
        Discard("RetryAttemptsExhausted", one),
        function_arn=FN,
        request_id="id",
        shard_id="shard",
        stream_arn=TABLE,
        response=Response("3", {"batchItemFailures": []}),
        now=NOW,
    )
    assert partial["responseContext"] == {"statusCode": 200, "executedVersion": "3", "functionError": None}
    assert partial["DDBStreamBatchInfo"]["approximateArrivalOfFirstRecord"] == "2022-07-13T13:48:01Z"
    old = failure_record(
        Discard("RecordAgeExceeded", one),
        function_arn=FN,
        request_id="id",
        shard_id="shard",
        stream_arn=STREAM,
        response=Response("3", None),
        now=NOW,
    )
    assert "responseContext" not in old
    assert old["requestContext"]["approximateInvokeCount"] == 1


def test_the_key_in_a_bucket() -> None:
    """Mapping, shard, day, moment, random part."""
    assert s3_key("uuid", "shard", NOW, "r") == "aws/lambda/uuid/shard/2022/07/13/2022-07-13T13.48.01-r"
