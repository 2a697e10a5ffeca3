"""One request to invoke, as the region takes it, before anybody has decided whether and where it runs."""

from collections.abc import Callable
from dataclasses import dataclass

from tutor.awslambda.invocation import Json
from tutor.region.catalogue import Target


@dataclass(frozen=True)
class InvokeRequest:
    """What is to be invoked with what. ``target`` is as it was asked for: an alias is not led to a version yet.

    ``payload`` is JSON. ``trace_header`` is that of the chain so far: this function does not count in it yet.
    ``source`` says who invokes: an ARN, a service. ``on_streamed`` is given the pieces of a streamed answer, and
    its content type.
    """

    target: Target
    payload: bytes
    request_id: str
    trace_header: str
    client_context: Json = None
    source: str = ""
    told: bool = True
    on_streamed: Callable[[bytes, str], object] | None = None
