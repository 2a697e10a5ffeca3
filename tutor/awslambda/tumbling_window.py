"""Tumbling windows of a stream's mapping: which window a record is in, and the state handed from one call to the next.

Source: developer guide, services-kinesis-windows and services-ddb-windows.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from tutor.awslambda.invocation import Json
from tutor.awslambda.quotas import Quotas


@dataclass(frozen=True)
class TumblingWindow:
    """One window, in epoch seconds; ``end`` is not in it."""

    start: int
    end: int


def window_of(arrived: float, length: int) -> TumblingWindow:
    """The window of ``length`` seconds that a record is in. Windows begin at whole multiples of their length."""
    start = int(arrived // length) * length
    return TumblingWindow(start, start + length)


def windowed_event(
    records: Sequence[Json],
    window: TumblingWindow,
    state: Json,
    shard_id: str,
    stream_arn: str,
    *,
    final: bool,
    terminated_early: bool = False,
) -> dict[str, Json]:
    """The event of one invocation in a window. The last one of a window (``final``) may have no records."""
    return {
        "Records": list(records),
        "window": {"start": _moment(window.start), "end": _moment(window.end)},
        "state": state,
        "shardId": shard_id,
        "eventSourceARN": stream_arn,
        "isFinalInvokeForWindow": final,
        "isWindowTerminatedEarly": terminated_early,
    }


def _moment(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"


@dataclass(frozen=True)
class Carried:
    """The state for the next invocation; ``too_large``: the window ends early, before it would be handed on."""

    state: Json
    too_large: bool = False


def carried(payload: Json, quotas: Quotas) -> Carried:
    """The state that an answer hands on: its ``state``, or an empty one."""
    state = payload.get("state") if isinstance(payload, dict) else None
    state = {} if state is None else state
    size = len(json.dumps(state, separators=(",", ":")).encode())
    return Carried(state, size > quotas.tumbling_state_size)
