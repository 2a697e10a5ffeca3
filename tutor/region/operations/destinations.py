"""Destinations of asynchronous invocations: they must be there, and the execution role may write to them."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from tutor.awslambda import destination, event_invoke_config
from tutor.awslambda.names import function_name
from tutor.errors import ServiceError
from tutor.region.call import ACCOUNT, Call, Caller
from tutor.region.catalogue import Target
from tutor.region.invoking.rights import lacks, queue_url
from tutor.region.invoking.role import role_caller
from tutor.region.operations.reference import place

if TYPE_CHECKING:
    from tutor.region.region import Region

_LOOKS: Mapping[str, tuple[str, Callable[[str], Mapping[str, Any]]]] = {
    "sqs": ("get_queue_attributes", lambda arn: {"QueueUrl": queue_url(arn)}),
    "sns": ("get_topic_attributes", lambda arn: {"TopicArn": arn}),
    "events": ("describe_event_bus", lambda arn: {"Name": arn.rpartition("/")[2]}),
    "s3": ("head_bucket", lambda arn: {"Bucket": arn.rpartition(":")[2]}),
}
"""How one sees that a destination is there, by its service."""


def check_destinations(region: "Region", call: Call, target: Target) -> None:
    """Refuse a destination that a call sets and that is not there, or that the target's role may not write to."""
    caller = role_caller(str(target.configuration["Role"]), target.name)
    for side in (call.parameters.get("DestinationConfig") or {}).values():
        arn = side.get("Destination")
        if not arn:
            continue
        if destination.kind(arn) == "lambda":
            _check_function(region, call, arn, caller)
        elif arn.split(":")[4] in ("", ACCOUNT):
            _check_there(region, call, arn)
            operation = lacks(region, caller, arn)
            if operation is not None:
                raise event_invoke_config.role_may_not(operation, arn)


def _check_function(region: "Region", call: Call, arn: str, caller: Caller) -> None:
    try:
        name = function_name(arn, place(call))
        after = region.catalogue.target(call.aws_region, name.name, name.qualifier)
    except ServiceError:
        raise event_invoke_config.destination_missing(arn) from None
    try:
        region.authority.check_invoke(after, caller)
    except ServiceError:
        raise event_invoke_config.role_may_not("InvokeFunction", arn) from None


def _check_there(region: "Region", call: Call, arn: str) -> None:
    from botocore.exceptions import ClientError

    service = arn.split(":")[2]
    look, parameters = _LOOKS[service]
    client = region.neighbours.client(service, arn.split(":")[3] or call.aws_region)
    try:
        getattr(client, look)(**parameters(arn))
    except ClientError:
        raise event_invoke_config.destination_missing(arn) from None
