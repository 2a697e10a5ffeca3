"""Neighbours for the tests: a region's other services in a folder, on a clock, with a Lambda that remembers."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tutor.region.api.message import HttpRequest, HttpResponse
from tutor.region.call import Caller
from tutor.region.clock import Clock
from tutor.region.neighbours.gate import Neighbours

START = 1_800_000_000.0  # 2027-01-15 08:00:00 UTC
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:f"


@dataclass
class Pushed:
    """One event that a neighbour pushed."""

    function: str
    payload: Any
    service: str
    source_arn: str
    trace_header: str | None


@dataclass
class Lambda:
    """Stands where the region's Lambda stands: keeps what is pushed, answers invocations with what they were given."""

    pushed: list[Pushed] = field(default_factory=list)
    invoked: list[tuple[str, Any, Caller]] = field(default_factory=list)

    def push(
        self,
        function: str,
        payload: Any,
        *,
        service: str,
        source_arn: str,
        aws_region: str,
        trace_header: str | None = None,
    ) -> None:
        self.pushed.append(Pushed(function, payload, service, source_arn, trace_header))

    def invoke(
        self, function: str, payload: Any, *, service: str, source_arn: str, aws_region: str
    ) -> Mapping[str, Any]:
        return {"StatusCode": 200, "Payload": payload}

    def function_exists(self, function: str, aws_region: str) -> bool:
        return function.endswith(":f") or function == "f"

    def permits(self, function: str, *, service: str, source_arn: str, aws_region: str) -> bool:
        return self.function_exists(function, aws_region)

    def answer(self, request: HttpRequest, caller: Caller) -> HttpResponse:
        event = json.loads(request.data() or b"null")
        self.invoked.append((request.path, event, caller))
        return HttpResponse(200, (("content-type", "application/json"),), json.dumps({"got": event}).encode())


@contextmanager
def neighbourhood(
    folder: Path, clock: Clock | None = None, functions: Lambda | None = None
) -> Iterator[tuple[Neighbours, Clock]]:
    """Neighbours that are closed afterwards, on a clock of their own unless one is given."""
    own = clock or Clock("fast", start=START)
    neighbours = Neighbours(folder, own, functions or Lambda(), stream_retention=86_400.0)
    try:
        yield neighbours, own
    finally:
        neighbours.close()
        if clock is None:
            own.close()


def policy(action: str | list[str], resource: str | list[str] = "*", effect: str = "Allow", **more: Any) -> str:
    """A policy of one statement, as text."""
    statement = {"Effect": effect, "Action": action, "Resource": resource, **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def trust(service: str = "lambda.amazonaws.com") -> str:
    """A trust policy for a service, as text."""
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def open_to(*services: str) -> str:
    """A policy that lets these services do everything with what has it, as text."""
    return policy("*", Principal={"Service": list(services)})
