"""How far each lane of a shard has been read, kept so that a restart goes on where it was."""

from typing import Any

from tutor.region.mappings.source_mapping import CHECKPOINT
from tutor.region.mappings.stream import START, Position, later
from tutor.region.state import State


class Checkpoint:
    """The kept positions of one shard's lanes: what lies before a lane's position is done with, for good.

    ``factor`` is how many lanes there are; when it has changed, every lane begins where the slowest one was.
    """

    def __init__(self, state: State, mapping_key: str, shard: str, factor: int) -> None:
        self._state = state
        self._key = f"{mapping_key}/{shard}"
        kept = state.get(CHECKPOINT, self._key) or {"lanes": [{"position": dict(START)}]}
        lanes = list(kept["lanes"])
        if len(lanes) != factor:
            lanes = [{"position": _slowest([lane["position"] for lane in lanes])}] * factor
        self.lanes: list[dict[str, Any]] = [dict(lane) for lane in lanes]

    def position(self, lane: int) -> Position:
        """Where a lane goes on."""
        position: Position = self.lanes[lane]["position"]
        return position

    def window(self, lane: int) -> dict[str, Any] | None:
        """The tumbling window that a lane is in, as it was kept."""
        return self.lanes[lane].get("window")

    def keep(self, lane: int, position: Position, window: dict[str, Any] | None = None) -> None:
        """Keep a lane's position, and its window where it is in one."""
        self.lanes[lane] = {"position": dict(position)} | ({"window": window} if window is not None else {})
        self._state.put(CHECKPOINT, self._key, {"lanes": list(self.lanes)})

    def slowest(self) -> Position:
        """The position that no lane is before."""
        return _slowest([lane["position"] for lane in self.lanes])


def begin(state: State, mapping_key: str, shard: str, position: Position) -> None:
    """Say where the reading of a shard begins."""
    state.put(CHECKPOINT, f"{mapping_key}/{shard}", {"lanes": [{"position": dict(position)}]})


def forget(state: State, mapping_key: str) -> None:
    """Keep nothing more of a mapping."""
    for key, _ in state.items(CHECKPOINT, f"{mapping_key}/"):
        state.delete(CHECKPOINT, key)


def _slowest(positions: list[Position]) -> Position:
    slowest = positions[0]
    for position in positions[1:]:
        slowest = position if later(slowest, position) else slowest
    return slowest
