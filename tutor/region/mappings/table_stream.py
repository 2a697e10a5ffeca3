"""The stream of a DynamoDB table, as its pollers read it."""

import json
from typing import TYPE_CHECKING, Any

from tutor.awslambda.batch import record_size
from tutor.awslambda.event_record import dynamodb_record
from tutor.awslambda.quotas import Quotas
from tutor.region.call import Caller
from tutor.region.mappings.stream import START, Position, ReadRecord, Shard

if TYPE_CHECKING:
    from tutor.region.neighbours.gate import Neighbours


class TableStream:
    """One table's stream. moto has one shard for each."""

    def __init__(self, neighbours: "Neighbours", arn: str, caller: Caller, quotas: Quotas) -> None:
        self._neighbours = neighbours
        self.arn = arn
        self._aws_region = arn.split(":")[3]
        self._table = arn.partition(":table/")[2].partition("/")[0]
        self._client: Any = neighbours.client("dynamodbstreams", self._aws_region, caller)
        self._retention = quotas.dynamodb_stream_retention * 3600.0
        self.poll_interval = quotas.dynamodb_poll_interval / 1000

    def shards(self) -> list[Shard]:
        """All shards."""
        answer = self._client.describe_stream(StreamArn=self.arn)["StreamDescription"]
        return [Shard(shard["ShardId"]) for shard in answer["Shards"]]

    def known(self) -> frozenset[tuple[str, bool]]:
        """The shard, where there is one."""
        with self._neighbours.inside():
            held = self._model()
            return frozenset() if held is None else frozenset([(str(held.id), False)])

    def read(self, shard: str, position: Position, limit: int) -> list[ReadRecord]:
        """Up to ``limit`` records after a position."""
        kind = {"ShardIteratorType": "TRIM_HORIZON"}
        if "after" in position:
            kind = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": position["after"]}
        iterator = self._client.get_shard_iterator(StreamArn=self.arn, ShardId=shard, **kind)["ShardIterator"]
        answer = self._client.get_records(ShardIterator=iterator, Limit=min(limit, 1000))
        return [self._record(record) for record in answer["Records"]]

    def _record(self, record: dict[str, Any]) -> ReadRecord:
        change = record["dynamodb"]
        event = dynamodb_record(record, self.arn)
        key = json.dumps(event["dynamodb"]["Keys"], sort_keys=True)
        arrived = change["ApproximateCreationDateTime"].timestamp()
        return ReadRecord(change["SequenceNumber"], arrived, key, event, record_size(event))

    def has_more(self, shard: str, position: Position) -> bool:
        """Whether something lies after a position."""
        with self._neighbours.inside():
            held = self._model(shard)
            return held is not None and bool(held.items) and _last(held) > int(position.get("after", -1))

    def end(self, shard: str) -> Position:
        """After the last record there is."""
        with self._neighbours.inside():
            held = self._model(shard)
            return {"after": str(_last(held))} if held is not None and held.items else START

    def retention(self) -> float:
        """Seconds: a day, always."""
        return self._retention

    def _model(self, shard: str | None = None) -> Any:
        """moto's shard, None where the table or its stream is gone or another stream has come in its place."""
        table = self._neighbours.backend("dynamodb", self._aws_region).tables.get(self._table)
        if table is None or table.latest_stream_label != self.arn.rpartition("/")[2]:
            return None
        held = table.stream_shard
        return held if held is None or shard in (None, held.id) else None


def _last(shard: Any) -> int:
    return int(shard.starting_sequence_number) + len(shard.items) - 1
