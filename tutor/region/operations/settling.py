"""The states of a version: a new one is Pending and then Active, a changed one InProgress and then Successful.

It takes about a second of region time; here nothing has to be fetched or unpacked for it, but clients wait for these
states, and refusals depend on them. ``settling`` marks a configuration that is on its way.
"""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from tutor.awslambda.configuration_state import SNAPSHOT_FAILED, ConfigurationState, Event, after, check_updatable
from tutor.awslambda.version import has_snapshot
from tutor.errors import ServiceError
from tutor.region.catalogue import Target
from tutor.region.operations.moment import revision

if TYPE_CHECKING:
    from tutor.region.region import Region

_TAKES = 1.0  # ours: seconds of region time
_STATES = (
    "State", "LastUpdateStatus", "StateReason", "StateReasonCode",
    "LastUpdateStatusReason", "LastUpdateStatusReasonCode",
)  # fmt: skip
"""As the members of ``ConfigurationState`` stand."""


def created(configuration: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration of a version that is coming to be."""
    return _with(configuration, after(None, Event.CREATED), settling=revision())


def updated(configuration: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration of ``$LATEST`` after a change: usable, and the change on its way."""
    return _with(configuration, after(_state(configuration), Event.UPDATE), settling=revision())


def settled(configuration: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration at rest. A published version with SnapStart has its snapshot now."""
    result = _with(configuration, after(_state(configuration), Event.READY))
    if has_snapshot(result):
        result["SnapStart"] = {**result["SnapStart"], "OptimizationStatus": "On"}
    return result


def failed(configuration: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration of a version with SnapStart whose INIT failed: there is no snapshot, nobody can invoke it."""
    return _with(configuration, after(_state(configuration), Event.BROKE, *SNAPSHOT_FAILED))


def put_to_rest(configuration: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration of what was idle for so long that what Lambda held for it was given back."""
    return _with(configuration, after(_state(configuration), Event.IDLE))


def woken(configuration: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration of what slept and was invoked: it is to be settled later."""
    return _with(configuration, after(_state(configuration), Event.WOKEN), settling=revision())


def _state(configuration: Mapping[str, Any]) -> ConfigurationState:
    return ConfigurationState(*(configuration.get(member) for member in _STATES))  # type: ignore[arg-type]


def _with(configuration: Mapping[str, Any], state: ConfigurationState, **marks: str) -> dict[str, Any]:
    """The configuration in another state, which is another revision of it."""
    rest = {member: value for member, value in configuration.items() if member not in (*_STATES, "settling")}
    return {**rest, **state.members(), "RevisionId": revision(), **marks}


def settle_later(region: "Region", target: Target) -> None:
    """Have the version come to rest in a moment, if it is not changed or deleted meanwhile."""
    mark = target.configuration["settling"]
    end = partial(_settle, region, target, mark)
    if has_snapshot(target.configuration):
        region.clock.after(_TAKES, lambda: region.invoking.snapshots.take(target, end))
    else:
        region.clock.after(_TAKES, end)


def _settle(region: "Region", target: Target, mark: str, succeeded: bool = True) -> None:
    with region.state.transaction():
        try:
            now = region.catalogue.target(target.aws_region, target.name, target.version)
        except ServiceError:
            return
        if now.configuration.get("settling") == mark:
            come = settled if succeeded else failed
            region.catalogue.put_configuration(now, come(now.configuration))


def settle_all(region: "Region") -> None:
    """Bring to rest at once what was on its way when the region ended. To be called before the region is served.

    A version that has no snapshot yet takes its moment again.
    """
    with region.state.transaction():
        for key, document in region.state.items("version"):
            if "settling" not in document:
                continue
            if has_snapshot(document):
                aws_region = key.partition("/")[0]
                settle_later(region, region.catalogue.target(aws_region, document["FunctionName"], document["Version"]))
            else:
                region.state.put("version", key, settled(document))
        for key, document in region.state.items("function"):
            if "settling" in document["latest"]:
                region.state.put("function", key, {**document, "latest": settled(document["latest"])})


def check_at_rest(target: Target) -> None:
    """Refuse to change or publish what is still on its way."""
    check_updatable(_state(target.configuration), target.configuration["FunctionArn"])
