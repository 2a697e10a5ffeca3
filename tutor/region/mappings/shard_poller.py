"""Reads one shard and hands its records to its lanes: as many as the parallelization factor says."""

import hashlib
from typing import TYPE_CHECKING

from tutor.region.mappings.checkpoint import Checkpoint
from tutor.region.mappings.lane import Lane, Shared
from tutor.region.mappings.stream import Position, ReadRecord, Shard

if TYPE_CHECKING:
    from tutor.region.clock import Appointment

_LIMIT = 1000  # ours: records of one read; what one lane does not want yet is left in the shard


class ShardPoller:
    """Reads when something was put into the shard, at most once in each poll interval.

    Raises botocore's ``ClientError`` from ``look`` and ``read`` with what the stream refuses.
    """

    def __init__(self, shared: Shared, shard: Shard) -> None:
        self._shared = shared
        self._clock = shared.region.clock
        self.shard = shard
        factor = shared.mapping.parallelization_factor
        self._checkpoint = Checkpoint(shared.region.state, shared.mapping.key, shard.id, factor)
        self._lanes = [Lane(shared, shard.id, number, self._checkpoint) for number in range(factor)]
        self._read_to: Position = self._checkpoint.slowest()
        self._next_read: Appointment | None = None
        self._last_read = -1.0

    def stop(self) -> None:
        """Read and invoke no more."""
        if self._next_read is not None:
            self._next_read.cancel()
        for lane in self._lanes:
            lane.stop()

    @property
    def busy(self) -> bool:
        """Whether an invocation of it is running."""
        return any(lane.busy for lane in self._lanes)

    @property
    def finished(self) -> bool:
        """Whether it is closed and all of it was processed, so that its children may be read."""
        return self.shard.closed and not self._more() and all(lane.idle for lane in self._lanes)

    def _more(self) -> bool:
        return self._shared.stream.has_more(self.shard.id, self._read_to)

    def look(self) -> None:
        """See whether there is something to read, and let the lanes do what is due."""
        for lane in self._lanes:
            lane.step()
        if self._next_read is None and self._more() and any(lane.hungry for lane in self._lanes):
            due = self._clock.now() + self._shared.stream.poll_interval
            self._next_read = self._clock.at(due, self._read)

    def _read(self) -> None:
        self._next_read = None
        with self._shared.narration.watching():
            records = self._shared.stream.read(self.shard.id, self._read_to, _LIMIT)
            if not records:
                return
            self._shared.narration.polled(len(records), 0, self.shard.id)
            self._read_to = {"after": records[-1].sequence_number}
            for number, lane in enumerate(self._lanes):
                lane.take([record for record in records if self._lane_of(record) == number])
            self.look()

    def _lane_of(self, record: ReadRecord) -> int:
        if len(self._lanes) == 1:
            return 0
        return int.from_bytes(hashlib.md5(record.key.encode(), usedforsecurity=False).digest()[:8]) % len(self._lanes)
