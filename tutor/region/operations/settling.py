"""The states of a version: a new one is Pending and then Active, a changed one InProgress and then Successful.

It takes about a second of region time; here nothing has to be fetched or unpacked for it, but clients wait for these
states, and refusals depend on them. ``settling`` marks a configuration that is on its way.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tutor.errors import ServiceError
from tutor.region.catalogue import Target
from tutor.region.operations.moment import revision
from tutor.region.operations.refusal import conflict

if TYPE_CHECKING:
    from tutor.region.region import Region

_TAKES = 1.0  # ours: seconds of region time
_CREATING = "The function is being created."  # AWS says so of updates too
_STATES = (
    "State", "StateReason", "StateReasonCode",
    "LastUpdateStatus", "LastUpdateStatusReason", "LastUpdateStatusReasonCode",
)  # fmt: skip


def created(configuration: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration of a version that is coming to be."""
    state = {"State": "Pending", "StateReason": _CREATING, "StateReasonCode": "Creating"}
    return {**_stateless(configuration), **state, "RevisionId": revision(), "settling": revision()}


def updated(configuration: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration of ``$LATEST`` after a change: usable, and the change on its way."""
    state = {
        "State": "Active",
        "LastUpdateStatus": "InProgress",
        "LastUpdateStatusReason": _CREATING,
        "LastUpdateStatusReasonCode": "Creating",
    }
    return {**_stateless(configuration), **state, "RevisionId": revision(), "settling": revision()}


def settled(configuration: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration at rest. A published version with SnapStart has its snapshot now."""
    state = {"State": "Active", "LastUpdateStatus": "Successful"}
    result = {**_stateless(configuration), **state, "RevisionId": revision()}
    applies = result["SnapStart"]["ApplyOn"] == "PublishedVersions" and result["Version"] != "$LATEST"
    if applies:
        result["SnapStart"] = {**result["SnapStart"], "OptimizationStatus": "On"}
    return result


def _stateless(configuration: Mapping[str, Any]) -> dict[str, Any]:
    return {member: value for member, value in configuration.items() if member not in (*_STATES, "settling")}


def settle_later(region: "Region", target: Target) -> None:
    """Have the version come to rest in a moment, if it is not changed or deleted meanwhile."""
    mark = target.configuration["settling"]
    region.clock.after(_TAKES, lambda: _settle(region, target, mark))


def _settle(region: "Region", target: Target, mark: str) -> None:
    with region.state.transaction():
        try:
            now = region.catalogue.target(target.aws_region, target.name, target.version)
        except ServiceError:
            return
        if now.configuration.get("settling") == mark:
            region.catalogue.put_configuration(now, settled(now.configuration))


def settle_all(region: "Region") -> None:
    """Bring to rest at once what was on its way when the region ended. To be called before the region is served."""
    with region.state.transaction():
        for key, document in region.state.items("version"):
            if "settling" in document:
                region.state.put("version", key, settled(document))
        for key, document in region.state.items("function"):
            if "settling" in document["latest"]:
                region.state.put("function", key, {**document, "latest": settled(document["latest"])})


def check_at_rest(target: Target) -> None:
    """Refuse to change or publish what is still on its way."""
    configuration = target.configuration
    if configuration["State"] == "Pending":
        text = "The function is currently in the following state: Pending"
        raise conflict(f"The operation cannot be performed at this time. {text}")
    if configuration.get("LastUpdateStatus") == "InProgress":
        arn = configuration["FunctionArn"]
        raise conflict(f"The operation cannot be performed at this time. An update is in progress for resource: {arn}")
