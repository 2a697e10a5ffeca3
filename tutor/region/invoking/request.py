"""One request to invoke, as the region takes it, before anybody has decided whether and where it runs."""

from dataclasses import dataclass

from tutor.awslambda.invocation import Json
from tutor.region.catalogue import Target


@dataclass(frozen=True)
class InvokeRequest:
    """What is to be invoked with what. ``target`` is as it was asked for: an alias is not led to a version yet.

    ``payload`` is JSON. ``trace_header`` is the one that came with the request (empty: none). ``source`` says who
    invokes, for the timeline: an ARN, a service, or nothing for the API itself.
    """

    target: Target
    payload: bytes
    request_id: str
    client_context: Json = None
    trace_header: str = ""
    source: str = ""
