"""A Kinesis data stream, as its pollers read it."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tutor.awslambda.batch import record_size
from tutor.awslambda.event_record import kinesis_record
from tutor.awslambda.quotas import Quotas
from tutor.region.call import Caller
from tutor.region.mappings.stream import START, Position, ReadRecord, Shard

if TYPE_CHECKING:
    from tutor.region.neighbours.gate import Neighbours


class KinesisStream:
    """One data stream, or one of its consumers with enhanced fan-out, which reads the same."""

    def __init__(self, neighbours: "Neighbours", arn: str, caller: Caller, role_arn: str, quotas: Quotas) -> None:
        self._neighbours = neighbours
        self.arn = arn
        self._stream_arn = arn.partition("/consumer/")[0]
        self._aws_region = arn.split(":")[3]
        self._name = self._stream_arn.partition("stream/")[2]
        self._role_arn = role_arn
        self._client: Any = neighbours.client("kinesis", self._aws_region, caller)
        self.poll_interval = quotas.kinesis_poll_interval / 1000

    def shards(self) -> list[Shard]:
        """All shards, parents first."""
        answer = self._client.describe_stream(StreamARN=self._stream_arn)["StreamDescription"]
        return [
            Shard(
                shard["ShardId"],
                tuple(shard[name] for name in ("ParentShardId", "AdjacentParentShardId") if shard.get(name)),
                "EndingSequenceNumber" in shard["SequenceNumberRange"],
            )
            for shard in sorted(answer["Shards"], key=lambda shard: str(shard["ShardId"]))
        ]

    def known(self) -> frozenset[tuple[str, bool]]:
        """The shards that there are and whether each is closed."""
        with self._neighbours.inside():
            stream = self._model()
            shards = list(stream.shards.values()) if stream is not None else []
            return frozenset((shard.shard_id, not shard.is_open) for shard in shards)

    def read(self, shard: str, position: Position, limit: int) -> list[ReadRecord]:
        """Up to ``limit`` records after a position."""
        kind: dict[str, Any] = {"ShardIteratorType": "TRIM_HORIZON"}
        if "after" in position:
            kind = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "StartingSequenceNumber": position["after"]}
        elif "at" in position:
            kind = {"ShardIteratorType": "AT_TIMESTAMP", "Timestamp": datetime.fromtimestamp(position["at"], UTC)}
        iterator = self._client.get_shard_iterator(StreamARN=self._stream_arn, ShardId=shard, **kind)["ShardIterator"]
        answer = self._client.get_records(ShardIterator=iterator, StreamARN=self._stream_arn, Limit=limit)
        return [self._record(shard, record) for record in answer["Records"]]

    def _record(self, shard: str, record: dict[str, Any]) -> ReadRecord:
        arrived = record["ApproximateArrivalTimestamp"].timestamp()
        event = kinesis_record(record, shard, self._stream_arn, self._role_arn)
        return ReadRecord(record["SequenceNumber"], arrived, record["PartitionKey"], event, record_size(event))

    def has_more(self, shard: str, position: Position) -> bool:
        """Whether something lies after a position."""
        with self._neighbours.inside():
            held = self._held(shard)
            if "at" in position:
                return any(record.created_at >= position["at"] for record in list(held.values()))
            return bool(held) and next(reversed(held)) > int(position.get("after", 0))

    def end(self, shard: str) -> Position:
        """After the last record there is."""
        with self._neighbours.inside():
            held = self._held(shard)
            return {"after": str(next(reversed(held)))} if held else START

    def retention(self) -> float:
        """Seconds; a day, unless the stream was given more."""
        with self._neighbours.inside():
            stream = self._model()
            return float(stream.retention_period_hours * 3600) if stream is not None else 0.0

    def _model(self) -> Any:
        return self._neighbours.backend("kinesis", self._aws_region).streams.get(self._name)

    def _held(self, shard: str) -> Any:
        """moto's records of a shard, by their numbers."""
        stream = self._model()
        return stream.shards[shard].records if stream is not None and shard in stream.shards else {}
