"""The records that an event source mapping hands to a function, in their exact shape, for each source.

Source: recordings of the service; developer guide, with-sqs, with-kinesis, with-ddb.
"""

import base64
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from tutor.awslambda.invocation import Json

Record = dict[str, Json]


def event(records: Sequence[Record]) -> dict[str, Json]:
    """The event of a batch."""
    return {"Records": list(records)}


def sqs_record(message: Mapping[str, Any], queue_arn: str, *, windowed: bool = False) -> Record:
    """A message as SQS's ReceiveMessage gives it, as the function sees it.

    ``windowed``: the mapping collects for a batching window; then the digest of no attributes is told as null, which
    the service was seen to do there and nowhere else.
    """
    attributes = message.get("MessageAttributes") or {}
    record: Record = {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": dict(message.get("Attributes") or {}),
        "messageAttributes": {name: _message_attribute(value) for name, value in attributes.items()},
    }
    if attributes and message.get("MD5OfMessageAttributes"):
        record["md5OfMessageAttributes"] = message["MD5OfMessageAttributes"]
    elif windowed:
        record["md5OfMessageAttributes"] = None
    return record | {
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": queue_arn.split(":")[3],
    }


def _message_attribute(value: Mapping[str, Any]) -> Record:
    given: Record = {}
    if value.get("StringValue") is not None:
        given["stringValue"] = value["StringValue"]
    if value.get("BinaryValue") is not None:
        given["binaryValue"] = _plain(value["BinaryValue"])
    return given | {"stringListValues": [], "binaryListValues": [], "dataType": value["DataType"]}


def kinesis_record(record: Mapping[str, Any], shard_id: str, stream_arn: str, role_arn: str) -> Record:
    """A record as Kinesis's GetRecords gives it, as the function sees it."""
    return {
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": record["PartitionKey"],
            "sequenceNumber": record["SequenceNumber"],
            "data": _plain(record["Data"]),
            "approximateArrivalTimestamp": _seconds(record["ApproximateArrivalTimestamp"]),
        },
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": f"{shard_id}:{record['SequenceNumber']}",
        "eventName": "aws:kinesis:record",
        "invokeIdentityArn": role_arn,
        "awsRegion": stream_arn.split(":")[3],
        "eventSourceARN": stream_arn,
    }


def dynamodb_record(record: Mapping[str, Any], stream_arn: str) -> Record:
    """A record as DynamoDB Streams' GetRecords gives it, as the function sees it."""
    change = record["dynamodb"]
    return {
        "eventID": record["eventID"],
        "eventName": record["eventName"],
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": stream_arn.split(":")[3],
        "dynamodb": {
            **{name: _plain(value) for name, value in change.items()},
            "ApproximateCreationDateTime": float(int(_seconds(change["ApproximateCreationDateTime"]))),
        },
        "eventSourceARN": stream_arn,
    }


def _seconds(moment: Any) -> float:
    return moment.timestamp() if isinstance(moment, datetime) else float(moment)


def _plain(value: Any) -> Json:
    """A value of a client's answer as JSON: bytes as base64, sets as lists."""
    if isinstance(value, bytes | bytearray):
        return base64.b64encode(value).decode()
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(one) for one in value]
    return value
