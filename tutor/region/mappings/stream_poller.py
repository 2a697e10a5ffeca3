"""Polls all shards of one stream for one mapping, parents before their children."""

from typing import TYPE_CHECKING

from tutor.region.mappings.checkpoint import begin
from tutor.region.mappings.dropping import Dropping
from tutor.region.mappings.lane import Shared
from tutor.region.mappings.narration import Narration
from tutor.region.mappings.shard_poller import ShardPoller
from tutor.region.mappings.source_mapping import SourceMapping
from tutor.region.mappings.stream import START, Position, Shard, Stream
from tutor.region.state import State

if TYPE_CHECKING:
    from tutor.region.region import Region


class StreamPoller:
    """One poller for each shard that may be read now. Everything runs on the clock's thread."""

    def __init__(
        self, region: "Region", mapping: SourceMapping, stream: Stream, narration: Narration, dropping: Dropping
    ) -> None:
        self.mapping = mapping
        self._stream = stream
        self._narration = narration
        self._shared = Shared(region, mapping, stream, narration, dropping, self.look)
        self._known: frozenset[tuple[str, bool]] = frozenset()
        self._shards: list[Shard] = []
        self._pollers: dict[str, ShardPoller] = {}
        self._stopped = False

    def stop(self) -> None:
        """Poll no more."""
        self._stopped = True
        for poller in self._pollers.values():
            poller.stop()

    @property
    def busy(self) -> bool:
        """Whether an invocation is running."""
        return any(poller.busy for poller in self._pollers.values())

    def look(self) -> None:
        """See whether there is something to do; called when something may have changed."""
        if self._stopped:
            return
        with self._narration.watching():
            self._find_shards()
            for shard in self._shards:
                if self._readable(shard):
                    self._poller(shard).look()

    def _find_shards(self) -> None:
        known = self._stream.known()
        if known != self._known or not self._shards:
            self._shards = self._stream.shards()
            self._known = known
            for shard in self._shards:
                if shard.id in self._pollers:
                    self._pollers[shard.id].shard = shard

    def _readable(self, shard: Shard) -> bool:
        parents = [parent for parent in self._shards if parent.id in shard.parents]
        return all(self._poller(parent).finished for parent in parents)

    def _poller(self, shard: Shard) -> ShardPoller:
        if shard.id not in self._pollers:
            self._pollers[shard.id] = ShardPoller(self._shared, shard)
        return self._pollers[shard.id]


def begin_reading(state: State, mapping: SourceMapping, stream: Stream) -> None:
    """Fix where the reading of a new mapping begins, in each shard that there is; later ones are read whole."""
    for shard in stream.shards():
        begin(state, mapping.key, shard.id, _beginning(mapping, stream, shard))


def _beginning(mapping: SourceMapping, stream: Stream, shard: Shard) -> Position:
    starting = mapping.get("StartingPosition")
    if starting == "LATEST":
        return stream.end(shard.id)
    if starting == "AT_TIMESTAMP":
        return {"at": float(mapping.get("StartingPositionTimestamp", 0))}
    return START
