"""A configuration as the API answers it: AWS's members alone, under the ARN that was asked for."""

from collections.abc import Mapping
from typing import Any

from tutor.region.catalogue import LATEST, Target

_NOT_LISTED = (
    "State", "StateReason", "StateReasonCode", "LastUpdateStatus", "LastUpdateStatusReason",
    "LastUpdateStatusReasonCode", "RuntimeVersionConfig",
)  # fmt: skip


def answered(configuration: Mapping[str, Any], arn: str | None = None) -> dict[str, Any]:
    """The configuration without what is the region's own; ``arn`` takes the place of its ARN."""
    result = {member: value for member, value in configuration.items() if member[0].isupper()}
    if arn is not None:
        result["FunctionArn"] = arn
    return result


def of_target(target: Target) -> dict[str, Any]:
    """The configuration of what was asked for."""
    return answered(target.configuration, target.arn)


def listed(configuration: Mapping[str, Any], *, qualified: bool = False) -> dict[str, Any]:
    """The configuration in a listing, which tells no states; ``qualified``: ``$LATEST`` says so in its ARN."""
    arn = configuration["FunctionArn"]
    if qualified and configuration["Version"] == LATEST:
        arn = f"{arn}:{LATEST}"
    return {member: value for member, value in answered(configuration, arn).items() if member not in _NOT_LISTED}
