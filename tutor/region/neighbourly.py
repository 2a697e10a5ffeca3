"""The region's Lambda as its neighbours see it: they push events to functions and call its API."""

import json
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tutor.awslambda.names import Place, function_name
from tutor.errors import ServiceError
from tutor.region.api.message import HttpRequest, HttpResponse
from tutor.region.call import ACCOUNT, Caller
from tutor.region.catalogue import Target

if TYPE_CHECKING:
    from tutor.region.region import Region

_log = logging.getLogger(__name__)


class LambdaForNeighbours:
    """Implements the neighbours' ``LambdaAdapter``: who calls is a service's principal, held to resource policies."""

    def __init__(self, region: "Region") -> None:
        self._region = region

    def push(
        self,
        function: str,
        payload: Any,
        *,
        service: str,
        source_arn: str,
        aws_region: str,
        trace_header: str | None = None,
    ) -> bool:
        """Queue an asynchronous invocation; whether it could be. A refusal is a line of the timeline."""
        try:
            target, caller = self._admitted(function, service, source_arn, aws_region)
            self._region.invoking.accept(target, _bytes(payload), caller, source=service, trace_header=trace_header)
        except ServiceError as refusal:
            self._region.timeline.note("drop", function, f"{service} could not deliver: {refusal}")
            _log.info("%s could not deliver to %s: %s", service, function, refusal)
            return False
        return True

    def invoke(
        self, function: str, payload: Any, *, service: str, source_arn: str, aws_region: str
    ) -> Mapping[str, Any]:
        """Invoke and wait. Raises ``ServiceError`` where it is refused."""
        target, caller = self._admitted(function, service, source_arn, aws_region)
        done = self._region.invoking.invoke(target, _bytes(payload), caller, source=service)
        error = {"FunctionError": done.function_error} if done.function_error else {}
        return {"StatusCode": done.status_code, "Payload": done.payload, **error}

    def function_exists(self, function: str, aws_region: str) -> bool:
        """Whether a function, version or alias of that name or ARN is there."""
        try:
            self._target(function, aws_region)
        except ServiceError:
            return False
        return True

    def permits(self, function: str, *, service: str, source_arn: str, aws_region: str) -> bool:
        """Whether the function is there and its resource policy lets the service invoke it for a source."""
        try:
            self._admitted(function, service, source_arn, aws_region)
        except ServiceError:
            return False
        return True

    def answer(self, request: HttpRequest, caller: Caller) -> HttpResponse:
        """Answer a request to Lambda's own API."""
        return self._region.entrance.perform(request, caller)

    def _target(self, function: str, aws_region: str) -> Target:
        name = function_name(function, Place(aws_region, ACCOUNT))
        return self._region.catalogue.target(name.place.aws_region, name.name, name.qualifier)

    def _admitted(self, function: str, service: str, source_arn: str, aws_region: str) -> tuple[Target, Caller]:
        target = self._target(function, aws_region)
        caller = Caller(arn="", administrator=False, service=service, source_arn=source_arn, source_account=ACCOUNT)
        self._region.authority.check_invoke(target, caller)
        return target, caller


def _bytes(payload: Any) -> bytes:
    return payload if isinstance(payload, bytes) else json.dumps(payload).encode()
