"""An event in the queue of asynchronous invocations, and as a document of the state."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tutor.awslambda.asynchronous import QueuedEvent
from tutor.awslambda.names import FunctionName, Place
from tutor.region.call import ACCOUNT


@dataclass(frozen=True)
class Queued:
    """One event. ``order`` is its place in the queue, ``due`` when it is to be tried (region time), ``plan`` what came
    of it so far. ``status`` and ``error`` are of the last try that ran nothing: a throttle, say.
    """

    order: int
    aws_region: str
    name: str
    qualifier: str | None
    request_id: str
    payload: str
    due: float
    plan: QueuedEvent
    trace_header: str
    source: str = ""
    status: int = 200
    error: str = ""

    @property
    def function_key(self) -> str:
        """The function's key in the state."""
        return f"{self.aws_region}/{self.name}"

    @property
    def key(self) -> str:
        """Its own key in the state; keys sort as the events came."""
        return f"{self.aws_region}/{self.order:012}"

    @property
    def attempt(self) -> int:
        """Which invocation of the function is next, or runs: the first is 1. What ran nothing does not count."""
        return self.plan.invocations + 1

    @property
    def function(self) -> FunctionName:
        """The function with the qualifier that was asked for."""
        return FunctionName(self.name, self.qualifier, Place(self.aws_region, ACCOUNT))

    def document(self) -> dict[str, Any]:
        """What is kept of it."""
        return {
            "name": self.name,
            "qualifier": self.qualifier,
            "request_id": self.request_id,
            "payload": self.payload,
            "due": self.due,
            "received": self.plan.received,
            "invocations": self.plan.invocations,
            "trace_header": self.trace_header,
            "source": self.source,
        }


def queued(key: str, document: Mapping[str, Any]) -> Queued:
    """The event that a document keeps."""
    aws_region, _, order = key.partition("/")
    return Queued(
        order=int(order),
        aws_region=aws_region,
        name=document["name"],
        qualifier=document["qualifier"],
        request_id=document["request_id"],
        payload=document["payload"],
        due=document["due"],
        plan=QueuedEvent(document["received"], document["invocations"]),
        trace_header=document["trace_header"],
        source=document["source"],
    )
