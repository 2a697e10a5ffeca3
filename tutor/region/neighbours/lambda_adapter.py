"""What the neighbours need of the region's Lambda: to push events to functions, and to have its API answer moto."""

from collections.abc import Mapping
from typing import Any, Protocol

from tutor.region.api.message import HttpRequest, HttpResponse
from tutor.region.call import Caller


class LambdaAdapter(Protocol):
    """The region, as its neighbours see it. Called without any lock of theirs; it may call them back."""

    def push(
        self,
        function: str,
        payload: Any,
        *,
        service: str,
        source_arn: str,
        aws_region: str,
        trace_header: str | None = None,
    ) -> bool | None:
        """Queue an asynchronous invocation of ``function`` (an ARN or a name) for the service principal ``service``.

        ``payload`` is the event, plain values; ``trace_header`` the trace of the request that caused it, if it had one.
        What refuses it (no function, no permission) is the region's to tell; the answer is then False.
        """

    def invoke(
        self, function: str, payload: Any, *, service: str, source_arn: str, aws_region: str
    ) -> Mapping[str, Any]:
        """Invoke ``function`` and wait. Returns ``{"StatusCode": int, "FunctionError": str?, "Payload": value}``."""

    def function_exists(self, function: str, aws_region: str) -> bool:
        """Whether there is such a function (version or alias, where the ARN has one)."""

    def permits(self, function: str, *, service: str, source_arn: str, aws_region: str) -> bool:
        """Whether the service may invoke ``function`` for what has ``source_arn``; not where there is no function."""

    def answer(self, request: HttpRequest, caller: Caller) -> HttpResponse:
        """Answer a request to Lambda's own API (from a state machine's task, a stack's resource)."""
