"""The records of SQS, Kinesis and DynamoDB in the shape that was recorded from the service."""

from datetime import UTC, datetime

from tutor.awslambda.event_record import dynamodb_record, event, kinesis_record, sqs_record

QUEUE = "arn:aws:sqs:eu-west-1:123456789012:q"
STREAM = "arn:aws:kinesis:eu-west-1:123456789012:stream/s"
TABLE = "arn:aws:dynamodb:eu-west-1:123456789012:table/t/stream/2025"
NOW = datetime(2025, 1, 1, 0, 0, 0, 500000, UTC)


def test_a_message_of_a_queue() -> None:
    """With attributes of every type; without them the digest of the attributes is not there."""
    message = {
        "MessageId": "id", "ReceiptHandle": "handle", "Body": "text", "MD5OfBody": "md5", "MD5OfMessageAttributes": "m",
        "Attributes": {"ApproximateReceiveCount": "1"},
        "MessageAttributes": {
            "Weeks": {"StringValue": "6", "DataType": "Number"}, "Blob": {"BinaryValue": b"\x00", "DataType": "Binary"},
        },
    }  # fmt: skip
    record = sqs_record(message, QUEUE)
    assert record["messageAttributes"] == {
        "Weeks": {"stringValue": "6", "stringListValues": [], "binaryListValues": [], "dataType": "Number"},
        "Blob": {"binaryValue": "AA==", "stringListValues": [], "binaryListValues": [], "dataType": "Binary"},
    }
    assert list(record) == [
        "messageId", "receiptHandle", "body", "attributes", "messageAttributes", "md5OfMessageAttributes", "md5OfBody",
        "eventSource", "eventSourceARN", "awsRegion",
    ]  # fmt: skip
    assert (record["eventSource"], record["awsRegion"]) == ("aws:sqs", "eu-west-1")
    assert record["attributes"] == {"ApproximateReceiveCount": "1"}
    bare = sqs_record({**message, "MessageAttributes": {}, "Attributes": None}, QUEUE)
    assert bare["attributes"] == {}
    assert "md5OfMessageAttributes" not in bare
    assert event([bare]) == {"Records": [bare]}
    windowed = sqs_record({**message, "MessageAttributes": {}}, QUEUE, windowed=True)
    assert windowed["md5OfMessageAttributes"] is None
    assert list(windowed) == list(record)


def test_a_record_of_kinesis() -> None:
    """Data in base64, the arrival in seconds, the shard in the id."""
    given = {"PartitionKey": "p", "SequenceNumber": "49", "Data": b"hi", "ApproximateArrivalTimestamp": NOW}
    assert kinesis_record(given, "shardId-000000000000", STREAM, "role") == {
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": "p",
            "sequenceNumber": "49",
            "data": "aGk=",
            "approximateArrivalTimestamp": NOW.timestamp(),
        },
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": "shardId-000000000000:49",
        "eventName": "aws:kinesis:record",
        "invokeIdentityArn": "role",
        "awsRegion": "eu-west-1",
        "eventSourceARN": STREAM,
    }


def test_a_change_of_a_table() -> None:
    """Binary values in base64, sets as lists, the time in whole seconds."""
    change = {
        "ApproximateCreationDateTime": NOW,
        "Keys": {"id": {"S": "1"}},
        "NewImage": {"id": {"S": "1"}, "b": {"B": b"foobar"}, "s": {"NS": ["1", "2"]}},
        "SequenceNumber": "1",
        "SizeBytes": 70,
        "StreamViewType": "NEW_IMAGE",
    }
    record = dynamodb_record({"eventID": "e", "eventName": "INSERT", "dynamodb": change}, TABLE)
    assert record == {
        "eventID": "e",
        "eventName": "INSERT",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-west-1",
        "dynamodb": {
            **change,
            "ApproximateCreationDateTime": 1735689600,
            "NewImage": {"id": {"S": "1"}, "b": {"B": "Zm9vYmFy"}, "s": {"NS": ["1", "2"]}},
        },
        "eventSourceARN": TABLE,
    }
