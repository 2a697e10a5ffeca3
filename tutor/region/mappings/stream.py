"""What pollers know of a stream, be it Kinesis's or a DynamoDB table's: shards, records, positions in a shard."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from tutor.awslambda.stream_batch import StreamRecord

Position = Mapping[str, Any]
"""Where to go on in a shard: ``{"after": <sequence number>}``, ``{"at": <epoch seconds>}`` or ``{}`` for its start."""

START: Position = {}


@dataclass(frozen=True)
class Shard:
    """One shard. It is read when its parents have been read to their ends. ``closed``: nothing more is put into it."""

    id: str
    parents: tuple[str, ...] = ()
    closed: bool = False


@dataclass(frozen=True)
class ReadRecord(StreamRecord):
    """One record as it was read: ``event`` is what the function gets for it, ``key`` decides with whom it is in order.

    ``size`` in bytes of the event.
    """

    key: str
    event: dict[str, Any]
    size: int


class Stream(Protocol):
    """A stream, read with the permissions of an execution role.

    ``shards`` and ``read`` ask the service and raise botocore's ``ClientError``; ``has_more`` and ``end`` look without
    asking, so that they cost nothing and need no permission.
    """

    arn: str
    poll_interval: float
    """Seconds from one read of a shard to the next."""

    def shards(self) -> list[Shard]:
        """All shards that there are, parents before their children."""

    def known(self) -> frozenset[tuple[str, bool]]:
        """The shards that there are and whether each is closed, looked up without asking the service."""

    def read(self, shard: str, position: Position, limit: int) -> list[ReadRecord]:
        """Up to ``limit`` records after a position, the oldest first."""

    def has_more(self, shard: str, position: Position) -> bool:
        """Whether a read there would give anything."""

    def end(self, shard: str) -> Position:
        """The position after the last record that there is now."""

    def retention(self) -> float:
        """Seconds after which a record is gone."""


def later(one: Position, other: Position) -> bool:
    """Whether ``one`` is behind ``other`` in a shard, of positions that records have made or the start."""
    return _number(one) > _number(other)


def _number(position: Position) -> int:
    return int(position["after"]) if "after" in position else -1
