"""Who outside the account may use a layer version: AddLayerVersionPermission and its siblings."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tutor.awslambda import permission
from tutor.awslambda.names import LayerName, layer_version_not_found
from tutor.awslambda.version import check_revision
from tutor.region.call import Call
from tutor.region.operations.layers import named
from tutor.region.operations.moment import revision
from tutor.region.operations.refusal import missing
from tutor.region.operations.used_layers import layer_version_key
from tutor.region.state import Document

if TYPE_CHECKING:
    from tutor.region.operations import Operation
    from tutor.region.region import Region


def add_layer_version_permission(region: "Region", call: Call) -> Mapping[str, Any]:
    """Add a statement to a layer version's policy."""
    with region.state.transaction():
        name = _existing(region, call)
        statement = permission.statement(name.arn, call.parameters, name.place.partition)
        policy = permission.add(_seen(region, call, name), statement, region.quotas.layer_policy_size)
        new = _keep(region, name, policy)
    return {"Statement": _text(statement), "RevisionId": new}


def get_layer_version_policy(region: "Region", call: Call) -> Mapping[str, Any]:
    """The whole policy."""
    kept = region.state.get("layer-policy", layer_version_key(_existing(region, call)))
    if kept is None:
        raise missing("No policy is associated with the given resource.")
    return {"Policy": _text(_document(kept)), "RevisionId": kept["RevisionId"]}


def remove_layer_version_permission(region: "Region", call: Call) -> Mapping[str, Any]:
    """Take a statement out of the policy; without any the policy is gone."""
    with region.state.transaction():
        name = _existing(region, call)
        policy = permission.remove(_seen(region, call, name), call.parameters["StatementId"])
        if policy is None:
            region.state.delete("layer-policy", layer_version_key(name))
        else:
            _keep(region, name, policy)
    return {}


def _existing(region: "Region", call: Call) -> LayerName:
    name = named(call)
    if region.state.get("layer-version", layer_version_key(name)) is None:
        raise layer_version_not_found(name)
    return name


def _seen(region: "Region", call: Call, name: LayerName) -> Mapping[str, Any] | None:
    """The policy, where there is one; the caller must have seen the latest if it speaks of a revision."""
    kept = region.state.get("layer-policy", layer_version_key(name))
    check_revision(call.parameters.get("RevisionId"), kept["RevisionId"] if kept else "", "GetLayerPolicy")
    return kept and _document(kept)


def _keep(region: "Region", name: LayerName, policy: Mapping[str, Any]) -> str:
    """Keep the policy under a new revision, which is returned."""
    new = revision()
    region.state.put("layer-policy", layer_version_key(name), {**policy, "RevisionId": new})
    return new


def _document(kept: Document) -> Mapping[str, Any]:
    return {member: value for member, value in kept.items() if member != "RevisionId"}


def _text(value: Mapping[str, Any]) -> str:
    return json.dumps(value, separators=(",", ":"))


OPERATIONS: Mapping[str, "Operation"] = {
    "AddLayerVersionPermission": add_layer_version_permission,
    "GetLayerVersionPolicy": get_layer_version_policy,
    "RemoveLayerVersionPermission": remove_layer_version_permission,
}
