"""Asking a function something and waiting for the answer, as the services do that wait: with a limit of their own."""

import json
import threading
from typing import TYPE_CHECKING, Any

from tutor.awslambda.invocation import Invocation
from tutor.awslambda.names import Place, function_name
from tutor.errors import ServiceError
from tutor.region.call import ACCOUNT, Caller
from tutor.region.catalogue import Target
from tutor.region.invoking.role import role_caller

if TYPE_CHECKING:
    from tutor.region.region import Region


class TookTooLong(Exception):
    """The service waits no longer; the function goes on."""


def for_service(service: str, source_arn: str, role: str | None = None) -> Caller:
    """A service that speaks for a resource; with a role, the service in that role."""
    if role:
        return role_caller(role, service.partition(".")[0])
    return Caller(arn="", administrator=False, service=service, source_arn=source_arn, source_account=ACCOUNT)


def ask(
    region: "Region", function: str, event: Any, caller: Caller, *, aws_region: str, seconds: float | None, source: str
) -> Invocation:
    """Invoke ``function`` (an ARN) for ``caller`` and wait, at most ``seconds`` of real time.

    Raises ``ServiceError`` where it is not there, not permitted or throttled, ``TookTooLong``.
    """
    target = _admitted(region, function, caller, aws_region)
    payload = _payload(event)
    return _in_time(region, seconds, lambda: region.invoking.invoke(target, payload, caller, source=source))


def hand_over(region: "Region", function: str, event: Any, caller: Caller, *, aws_region: str, source: str) -> None:
    """Queue an asynchronous invocation. Raises ``ServiceError`` where it is not there, or not permitted."""
    region.invoking.accept(_admitted(region, function, caller, aws_region), _payload(event), caller, source=source)


def _admitted(region: "Region", function: str, caller: Caller, aws_region: str) -> Target:
    name = function_name(function, Place(aws_region, ACCOUNT))
    target = region.catalogue.target(name.place.aws_region, name.name, name.qualifier)
    region.authority.check_invoke(target, caller)
    return target


def _payload(event: Any) -> bytes:
    """The event's bytes: JSON, or bytes that are it already."""
    return event if isinstance(event, bytes) else json.dumps(event, separators=(",", ":")).encode()


def _in_time(region: "Region", seconds: float | None, invoke: Any) -> Invocation:
    ended = threading.Event()
    came: list[Invocation | ServiceError] = []

    def job() -> None:
        try:
            came.append(invoke())
        except ServiceError as refusal:
            came.append(refusal)
        finally:
            ended.set()

    region.clock.work(job, lambda _: None)
    if not ended.wait(seconds):
        raise TookTooLong
    if not came:
        raise ServiceError("ServiceException", "The invocation failed for a reason that the region's log tells.")
    if isinstance(came[0], ServiceError):
        raise came[0]
    return came[0]
