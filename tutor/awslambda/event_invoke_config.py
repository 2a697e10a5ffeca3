"""The settings of asynchronous invocation of a function, version or alias, and what AWS refuses about them.

Source: API reference, PutFunctionEventInvokeConfig and UpdateFunctionEventInvokeConfig; texts as recorded.
"""

from collections.abc import Mapping
from typing import Any

from tutor.awslambda import destination
from tutor.awslambda.names import FunctionName
from tutor.errors import ServiceError

MEMBERS = ("MaximumRetryAttempts", "MaximumEventAgeInSeconds", "DestinationConfig")
"""What can be set. Their ranges are the API model's."""


def check_sets_something(request: Mapping[str, Any]) -> None:
    """Refuse a request that sets nothing; the service looks at that before it looks for the function."""
    if not any(request.get(member) is not None for member in MEMBERS):
        raise _refuse("You must specify at least one of error handling or destination setting.")


def check_event_invoke_config(function: FunctionName, request: Mapping[str, Any]) -> None:
    """Refuse a request that names a destination that cannot be one.

    ``request`` has AWS's members. Raises ``ServiceError``: another service's ARN, a bucket for successes, the function
    itself.
    """
    config = request.get("DestinationConfig") or {}
    success, failure = _destination(config, "OnSuccess"), _destination(config, "OnFailure")
    for arn, on_failure in ((success, False), (failure, True)):
        service = destination.kind(arn) if arn else None
        if arn and (service is None or (service == "s3" and not on_failure)):
            raise _refuse(f"The provided destination config {_printed(config)} is invalid.")
        if arn and service == "lambda" and _same_function(arn, function):
            raise _refuse("You can't specify the function as a destination for itself.")


def role_may_not(call: str, arn: str) -> ServiceError:
    """The execution role may not write to the destination: ``("SendMessage", <the queue's ARN>)``."""
    return _refuse(f"The function's execution role does not have permissions to call {call} on {arn}")


def _destination(config: Mapping[str, Any], side: str) -> str | None:
    return (config.get(side) or {}).get("Destination") or None


def _same_function(arn: str, function: FunctionName) -> bool:
    return ":".join(arn.split(":")[:7]) == function.unqualified_arn


def _printed(config: Mapping[str, Any]) -> str:
    """The configuration as the service prints it."""
    sides = (("onSuccess", "OnSuccess"), ("onFailure", "OnFailure"))
    shown = [
        f"{low}={f'{high}(destination={_destination(config, high)})' if config.get(high) is not None else 'null'}"
        for low, high in sides
    ]
    return f"DestinationConfig({', '.join(shown)})"


def destination_missing(arn: str) -> ServiceError:
    """The destination function does not exist."""
    return _refuse(f"The destination ARN {arn} is invalid.")


def config_missing(function: FunctionName) -> ServiceError:
    """404: nothing was set for that qualifier (``$LATEST`` where none was given)."""
    text = f"The function {function.qualified_arn} doesn't have an EventInvokeConfig"
    return ServiceError("ResourceNotFoundException", text)


def put(request: Mapping[str, Any]) -> dict[str, Any]:
    """What PutFunctionEventInvokeConfig stores: the request alone. Whatever was set before is gone."""
    stored = {member: request[member] for member in MEMBERS if request.get(member) is not None}
    return {**stored, "DestinationConfig": _both_sides(request.get("DestinationConfig"))}


def update(stored: Mapping[str, Any], request: Mapping[str, Any]) -> dict[str, Any]:
    """What UpdateFunctionEventInvokeConfig stores: what the request does not set stays, side by side."""
    given = {member: request[member] for member in MEMBERS if request.get(member) is not None}
    config = {**_both_sides(stored.get("DestinationConfig")), **(request.get("DestinationConfig") or {})}
    return {**stored, **given, "DestinationConfig": _both_sides(config)}


def _both_sides(config: Mapping[str, Any] | None) -> dict[str, Any]:
    """AWS's answers have both sides, empty where nothing is set."""
    return {"OnSuccess": {}, "OnFailure": {}, **(config or {})}


def _refuse(text: str) -> ServiceError:
    return ServiceError("InvalidParameterValueException", text)
