"""moto's Kinesis and DynamoDB streams: records end with their retention, and a closed shard keeps what it had."""

import hashlib
from collections import OrderedDict
from datetime import UTC
from types import ModuleType
from typing import Any

from tutor.region.neighbours.house import scene
from tutor.region.neighbours.moto_clock import now


def mend_kinesis(module: ModuleType) -> None:
    """Mend ``moto.kinesis.models``."""
    _numbering(module)
    stream = module.Stream
    found = stream.get_shard

    def shard_of(self: Any, shard_id: str) -> Any:
        shard = found(self, shard_id)
        _forget(shard, now() - self.retention_period_hours * 3600)
        return shard

    stream.get_shard = shard_of
    stream.get_shard_for_key = _open_shard(stream.get_shard_for_key)
    for name in ("split_shard", "merge_shards"):
        setattr(stream, name, _resharding(getattr(stream, name)))


def _open_shard(checked: Any) -> Any:
    """New records go to open shards alone; moto takes the first whose range it is, closed or not."""

    def found(self: Any, partition_key: str, explicit_hash_key: str) -> Any:
        checked(self, partition_key, explicit_hash_key)
        digest = hashlib.md5(partition_key.encode(), usedforsecurity=False).hexdigest()
        place = int(explicit_hash_key) if explicit_hash_key else int(digest, 16)
        opened = (shard for shard in self.shards.values() if shard.is_open)
        return next((shard for shard in opened if shard.starting_hash <= place <= shard.ending_hash), None)

    return found


def _forget(shard: Any, limit: float) -> None:
    """Drop the records that came before ``limit``; their numbers are not given again."""
    shard.__dict__["highest"] = _highest(shard)
    while shard.records and next(iter(shard.records.values())).created_at < limit:
        shard.records.popitem(last=False)


def _highest(shard: Any) -> int:
    return max(int(shard.__dict__.get("highest", _first(shard))), int(shard.get_max_sequence_number()))


def _first(shard: Any) -> int:
    """The number that a shard begins with: 56 digits as Kinesis has them, higher in every later shard."""
    return 49 * 10**54 + int(shard._shard_id) * 10**30


def _numbering(module: ModuleType) -> None:
    told = module.Shard.to_json

    def to_json(self: Any) -> dict[str, Any]:
        answer: dict[str, Any] = told(self)
        numbers = answer["SequenceNumberRange"]
        numbers["StartingSequenceNumber"] = str(_first(self))
        if "EndingSequenceNumber" in numbers:
            numbers["EndingSequenceNumber"] = str(_highest(self))
        return answer

    module.Shard.to_json = to_json

    def put_record(self: Any, partition_key: str, data: str, explicit_hash_key: str) -> str:
        number = _highest(self) + 1
        self.records[number] = module.Record(partition_key, data, number, explicit_hash_key)
        return str(number)

    module.Shard.put_record = put_record


def _resharding(change: Any) -> Any:
    """moto moves the records of a closed shard to the new ones; on AWS they stay where they were."""

    def changed(self: Any, *args: Any) -> None:
        before = {shard.shard_id: OrderedDict(shard.records) for shard in self.shards.values()}
        change(self, *args)
        for shard in self.shards.values():
            shard.records = before.get(shard.shard_id, OrderedDict())
            if shard.shard_id not in before:
                parents = [self.shards[each] for each in (shard.parent, shard.adjacent_parent) if each]
                shard.__dict__["highest"] = max(map(_highest, parents), default=0)

    return changed


def mend_dynamodb(module: ModuleType) -> None:
    """Mend ``moto.dynamodb.models.table``: records tell their region, and end after the house's retention."""
    shard, record = module.StreamShard, module.StreamRecord
    got, made = shard.get, record.__init__

    def get(self: Any, start: int, quantity: int) -> Any:
        here = scene()
        limit = now() - here.house.stream_retention if here else 0.0
        while self.items and _created(self.items[0]) < limit:
            self.items.pop(0)
            self.starting_sequence_number += 1
        return got(self, max(start, self.starting_sequence_number), quantity)

    def init(self: Any, table: Any, *args: Any) -> None:
        made(self, table, *args)
        self.record |= {"awsRegion": table.table_arn.split(":")[3], "eventVersion": "1.1"}

    shard.get, record.__init__ = get, init


def _created(record: Any) -> float:
    return float(record.record["dynamodb"]["ApproximateCreationDateTime"].replace(tzinfo=UTC).timestamp())
