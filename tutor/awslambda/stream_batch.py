"""A failed batch of a stream: bisected, retried, given up, and the record of that.

Source: developer guide, services-kinesis-errors and services-ddb-errors; failure records as recorded from the service.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal

from tutor.awslambda.destination import Response, timestamp
from tutor.awslambda.invocation import Json
from tutor.awslambda.quotas import Quotas

Condition = Literal["RetryAttemptsExhausted", "RecordAgeExceeded"]

FOREVER = -1
"""The setting that retries until the record expires."""


@dataclass(frozen=True)
class StreamRecord:
    """What matters of a record: its sequence number, and when it arrived (seconds)."""

    sequence_number: str
    arrived: float


@dataclass(frozen=True)
class StreamBatch:
    """Records of one shard in order. ``retries`` were used up; ``invocations`` were made with just these records."""

    records: tuple[StreamRecord, ...]
    retries: int = 0
    invocations: int = 0


@dataclass(frozen=True)
class StreamSettings:
    """What a mapping does about errors. Age in seconds; -1 is without an end."""

    maximum_retry_attempts: int
    maximum_record_age: int
    bisect: bool

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> "StreamSettings":
        """The settings in AWS's members."""
        return cls(
            settings["MaximumRetryAttempts"],
            settings["MaximumRecordAgeInSeconds"],
            bool(settings["BisectBatchOnFunctionError"]),
        )


@dataclass(frozen=True)
class Discard:
    """Records given up: to the on-failure destination, if there is one."""

    condition: Condition
    batch: StreamBatch


@dataclass(frozen=True)
class Next:
    """What follows: batches to invoke with, in order, the first one not before ``wait`` seconds; and what is lost."""

    batches: tuple[StreamBatch, ...]
    discarded: tuple[Discard, ...] = ()
    wait: float = 0.0


def before_attempt(batch: StreamBatch, now: float, settings: StreamSettings) -> Next:
    """The batch without the records that are too old by now."""
    if settings.maximum_record_age == FOREVER:
        return Next((batch,))
    young = tuple(one for one in batch.records if now - one.arrived <= settings.maximum_record_age)
    old = tuple(one for one in batch.records if now - one.arrived > settings.maximum_record_age)
    lost = (Discard("RecordAgeExceeded", replace(batch, records=old)),) if old else ()
    return Next((replace(batch, records=young),) if young else (), lost)


def after_failure(
    batch: StreamBatch, settings: StreamSettings, quotas: Quotas, done: int = 0, *, ran: bool = True
) -> Next:
    """What follows a failed attempt.

    ``done``: how many records from the start were processed (a partial answer); ``ran``: the function was invoked,
    which a throttle or a service error did not do and so uses up nothing. Bisecting splits the batch and uses up no
    retry; a single record, or any batch without bisecting, is retried until its retries are used up.
    """
    if not ran:
        return Next((batch,), wait=retry_wait(0, quotas))
    tried = replace(batch, invocations=batch.invocations + 1)
    if done:  # what is left was never tried as a batch of its own: split at the reported record
        left = batch.records[done:]
        if not settings.bisect:
            return _retry(replace(tried, records=left), settings, quotas)
        return Next((StreamBatch(left, batch.retries),))
    if settings.bisect and len(batch.records) > 1:
        middle = (len(batch.records) + 1) // 2
        halves = (batch.records[:middle], batch.records[middle:])
        return Next(tuple(StreamBatch(half, batch.retries) for half in halves))
    return _retry(tried, settings, quotas)


def _retry(batch: StreamBatch, settings: StreamSettings, quotas: Quotas) -> Next:
    most = settings.maximum_retry_attempts
    if most != FOREVER and batch.retries >= most:
        return Next((), (Discard("RetryAttemptsExhausted", batch),))
    return Next((replace(batch, retries=batch.retries + 1),), wait=retry_wait(batch.retries, quotas))


def retry_wait(retries: int, quotas: Quotas) -> float:
    """Seconds before a batch is tried again. AWS tells no figure: the back-off of asynchronous throttles is used."""
    return float(min(quotas.async_throttle_wait_min * 2 ** min(retries, 32), quotas.async_throttle_wait_max))


def failure_record(
    discard: Discard,
    *,
    function_arn: str,
    request_id: str,
    shard_id: str,
    stream_arn: str,
    response: Response | None,
    now: datetime,
) -> dict[str, Json]:
    """The record that the on-failure destination gets: about the batch, without its data.

    ``function_arn`` as the mapping has it. ``response``: of the last attempt; its ``function_error`` is None after a
    partial answer. A batch that grew too old has none.
    """
    batch = discard.batch
    record: dict[str, Json] = {
        "requestContext": {
            "requestId": request_id,
            "functionArn": function_arn,
            "condition": discard.condition,
            "approximateInvokeCount": max(batch.invocations, 1),  # as recorded, also where nothing was invoked
        }
    }
    if response is not None and discard.condition == "RetryAttemptsExhausted":
        record["responseContext"] = {
            "statusCode": response.status_code,
            "executedVersion": response.executed_version,
            "functionError": response.function_error,
        }
    kinesis = stream_arn.split(":")[2] == "kinesis"
    return record | {
        "version": "1.0",
        "timestamp": timestamp(now),
        "KinesisBatchInfo" if kinesis else "DDBStreamBatchInfo": {
            "shardId": shard_id,
            "startSequenceNumber": batch.records[0].sequence_number,
            "endSequenceNumber": batch.records[-1].sequence_number,
            "approximateArrivalOfFirstRecord": _arrival(batch.records[0], kinesis),
            "approximateArrivalOfLastRecord": _arrival(batch.records[-1], kinesis),
            "batchSize": len(batch.records),
            "streamArn": stream_arn,
        },
    }


def _arrival(record: StreamRecord, kinesis: bool) -> str:
    """Kinesis knows milliseconds, DynamoDB seconds."""
    moment = datetime.fromtimestamp(record.arrived, UTC)
    return timestamp(moment) if kinesis else f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def with_payload(record: Mapping[str, Json], event: Json) -> dict[str, Json]:
    """The form for a bucket, which holds the records, too."""
    return {**record, "payload": event}


def s3_key(mapping_uuid: str, shard_id: str, now: datetime, uuid: str) -> str:
    """The key under which a failed batch is kept in a bucket."""
    return f"aws/lambda/{mapping_uuid}/{shard_id}/{now:%Y/%m/%d}/{now:%Y-%m-%dT%H.%M.%S}-{uuid}"


def sequence(records: Sequence[StreamRecord]) -> tuple[str, ...]:
    """The sequence numbers in order."""
    return tuple(one.sequence_number for one in records)
