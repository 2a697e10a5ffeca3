"""What a caller gives beside the event: who asks for one invocation, under which name, on whose behalf."""

from collections.abc import Callable
from dataclasses import dataclass

from tutor.awslambda.invocation import Json


@dataclass(frozen=True)
class InvocationRequest:
    """One request to invoke. What is left out is made up by the environment that serves it.

    ``invoked_arn`` is the ARN that was asked for, qualifier included; without it the function's own, unqualified one.
    ``client_context`` and ``cognito_identity`` are JSON values. ``trace_header`` is X-Ray's (``Root=…;Parent=…;
    Sampled=…``). Source: developer guide, runtimes-api.
    """

    request_id: str | None = None
    invoked_arn: str | None = None
    client_context: Json = None
    cognito_identity: Json = None
    trace_header: str | None = None
    tenant_id: str | None = None
    on_streamed: Callable[[bytes, str], object] | None = None
    """Given each piece of a streamed response as it comes, and the response's content type (empty where the runtime
    told none), from another thread; it must not block."""
