"""Durable executions and capacity providers: operations that AWS has and this region refuses, saying so."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tutor.region.call import Call
from tutor.region.operations import refusal

if TYPE_CHECKING:
    from tutor.region.operations import Operation
    from tutor.region.region import Region

_DURABLE = (
    "CheckpointDurableExecution", "DeleteDurableExecution", "GetDurableExecution", "GetDurableExecutionHistory",
    "GetDurableExecutionState", "ListDurableExecutionsByFunction", "PauseDurableExecution", "ResumeDurableExecution",
    "SendDurableExecutionCallbackFailure", "SendDurableExecutionCallbackHeartbeat",
    "SendDurableExecutionCallbackSuccess", "StopDurableExecution",
)  # fmt: skip
_CAPACITY = (
    "CreateCapacityProvider", "DeleteCapacityProvider", "GetCapacityProvider", "ListCapacityProviders",
    "ListFunctionVersionsByCapacityProvider", "UpdateCapacityProvider",
)  # fmt: skip


def refuse(_: "Region", call: Call) -> Mapping[str, Any]:
    """Always raises ``ServiceError``."""
    raise refusal.not_yet(call.operation)


OPERATIONS: Mapping[str, "Operation"] = dict.fromkeys((*_DURABLE, *_CAPACITY), refuse)
