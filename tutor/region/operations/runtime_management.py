"""When a function's runtime is updated: by itself, with the function, or never. Here no runtime ever changes."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tutor.region.call import Call
from tutor.region.catalogue import LATEST, Target
from tutor.region.operations.reference import target
from tutor.region.operations.refusal import invalid

if TYPE_CHECKING:
    from tutor.region.operations import Operation
    from tutor.region.region import Region


def put_runtime_management_config(region: "Region", call: Call) -> Mapping[str, Any]:
    """Keep how one version's runtime is updated; ``Manual`` pins one version of the runtime."""
    mode, arn = call.parameters["UpdateRuntimeOn"], call.parameters.get("RuntimeVersionArn")
    if (mode == "Manual") != (arn is not None):
        raise invalid("RuntimeVersionArn must be given together with UpdateRuntimeOn Manual, and with no other.")
    with region.state.transaction():
        found = _version(region, call)
        if arn is not None and arn != found.configuration["RuntimeVersionConfig"]["RuntimeVersionArn"]:
            raise invalid(f"The runtime version {arn} is not one of the function's runtime.")
        kept = {"UpdateRuntimeOn": mode, **({"RuntimeVersionArn": arn} if arn is not None else {})}
        region.state.put("runtime-management", found.version_key, kept)
    return {**kept, "FunctionArn": found.arn}


def get_runtime_management_config(region: "Region", call: Call) -> Mapping[str, Any]:
    """How one version's runtime is updated; ``Auto`` where nothing was said."""
    found = _version(region, call)
    kept = region.state.get("runtime-management", found.version_key) or {"UpdateRuntimeOn": "Auto"}
    return {**kept, "FunctionArn": found.arn}


def _version(region: "Region", call: Call) -> Target:
    """The version that the call names: an alias has no runtime of its own."""
    found = target(region, call)
    if found.alias is not None:
        raise invalid(f"A runtime management configuration belongs to {LATEST} or to a version, not to an alias.")
    return found


OPERATIONS: Mapping[str, "Operation"] = {
    "PutRuntimeManagementConfig": put_runtime_management_config,
    "GetRuntimeManagementConfig": get_runtime_management_config,
}
