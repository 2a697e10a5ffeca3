"""moto's iterators of DynamoDB streams: each says its place by itself, so that none need be remembered."""

import base64
import binascii
from types import ModuleType
from typing import Any

from tutor.region.neighbours.moto_import import moto


def mend_dynamodbstreams(module: ModuleType) -> None:
    """Mend ``moto.dynamodbstreams.models``."""
    iterator, backend = module.ShardIterator, module.DynamoDBStreamsBackend
    made = iterator.__init__
    describe = backend.describe_stream

    def init(self: Any, *args: Any) -> None:
        made(self, *args)
        self.id = base64.b64encode(f"at {self.sequence_number}".encode()).decode()

    def get_shard_iterator(self: Any, arn: str, shard_id: str, kind: str, sequence_number: int | None = None) -> Any:
        shard = _stream(self, arn).stream_shard
        if shard.id != shard_id:
            raise _missing(f"Shard: {shard_id} in Stream: {arn} not found")
        return iterator(self, shard, kind, sequence_number)

    def get_records(self: Any, iterator_arn: str, limit: int) -> Any:
        stream, _, place = iterator_arn.partition("|1|")
        shard = _stream(self, stream).stream_shard
        answer = iterator(self, shard, "AT_SEQUENCE_NUMBER", _place(place)).get(limit)
        self.shard_iterators.clear()
        return answer

    def describe_stream(self: Any, arn: str) -> Any:
        _stream(self, arn)
        return describe(self, arn)

    iterator.__init__ = init
    backend.get_shard_iterator, backend.get_records = get_shard_iterator, get_records
    backend.describe_stream = describe_stream


def _stream(backend: Any, arn: str) -> Any:
    """moto's table with that stream."""
    table_arn, _, label = arn.partition("/stream/")
    table = backend.dynamodb.tables.get(table_arn.rpartition("/")[2])
    if table is None or table.stream_shard is None or table.latest_stream_label != label:
        raise _missing(f"Requested resource not found: Stream: {arn} not found")
    return table


def _place(text: str) -> int:
    try:
        return int(base64.b64decode(text, validate=True).decode().removeprefix("at "))
    except (binascii.Error, ValueError) as error:
        refusal: Exception = moto("core.exceptions").JsonRESTError("ValidationException", "Invalid ShardIterator")
        raise refusal from error


def _missing(message: str) -> Exception:
    refusal: Exception = moto("core.exceptions").JsonRESTError("ResourceNotFoundException", message)
    return refusal
