"""What an execution role may do at the neighbours, asked before it does it: when a setting is made that needs it."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from tutor.region.call import ACCOUNT, Caller

if TYPE_CHECKING:
    from tutor.region.region import Region


def may(
    region: "Region", caller: Caller, service: str, operation: str, parameters: Mapping[str, Any], aws_region: str
) -> bool:
    """Whether a request would be allowed: by the caller's policies, and by the resource's own. Nothing is sent."""
    from tutor.region.neighbours.asked import Asked
    from tutor.region.neighbours.permission import refusal

    with region.neighbours.inside():
        return refusal(Asked(service, operation, parameters, aws_region, changes=False), caller) is None


def queue_url(arn: str) -> str:
    """The URL of a queue, by its ARN."""
    _, _, _, aws_region, account, name = arn.split(":", 5)
    return f"https://sqs.{aws_region}.amazonaws.com/{account}/{name}"


_ASKED: Mapping[str, tuple[str, Callable[[str], Mapping[str, Any]]]] = {
    "sqs": ("SendMessage", lambda arn: {"QueueUrl": queue_url(arn)}),
    "sns": ("Publish", lambda arn: {"TopicArn": arn}),
    "events": ("PutEvents", lambda arn: {"Entries": [{"EventBusName": arn}]}),
    "s3": ("PutObject", lambda arn: {"Bucket": arn.rpartition(":")[2], "Key": "aws/lambda/"}),
}
"""By the service of a target: the operation that reaches it, and what such a request says."""


def lacks(region: "Region", caller: Caller, arn: str) -> str | None:
    """The operation that the role may not do, which records for the target ``arn`` need; None where it may.

    Of a target that is a function, or in another account, nothing is known here.
    """
    _, _, service, aws_region, account, _ = arn.split(":", 5)
    if service not in _ASKED or account not in ("", ACCOUNT):
        return None
    operation, parameters = _ASKED[service]
    allowed = may(region, caller, service, operation, parameters(arn), aws_region or "us-east-1")
    return None if allowed else operation
