"""Who outside the account may use a layer version: AddLayerVersionPermission and its siblings."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tutor.awslambda.names import LayerName, layer_version_not_found
from tutor.awslambda.version import check_revision
from tutor.errors import ServiceError
from tutor.region.call import Call
from tutor.region.operations.layers import named
from tutor.region.operations.moment import revision
from tutor.region.operations.refusal import conflict, missing
from tutor.region.operations.used_layers import layer_version_key
from tutor.region.state import Document

if TYPE_CHECKING:
    from tutor.region.operations import Operation
    from tutor.region.region import Region


def add_layer_version_permission(region: "Region", call: Call) -> Mapping[str, Any]:
    """Add a statement to a layer version's policy."""
    asked = call.parameters
    with region.state.transaction():
        name = _existing(region, call)
        statements, seen = _statements(region, call, name)
        if any(each["Sid"] == asked["StatementId"] for each in statements):
            raise conflict(
                f"The statement id ({asked['StatementId']}) provided already exists. "
                "Please provide a new statement id, or remove the existing statement."
            )
        statement = _statement(asked, name)
        kept = _keep(region, name, [*statements, statement], seen)
    return {"Statement": json.dumps(statement, separators=(",", ":")), "RevisionId": kept["RevisionId"]}


def _statement(asked: Mapping[str, Any], name: LayerName) -> dict[str, Any]:
    principal = asked["Principal"]
    if principal.isdecimal():
        principal = f"arn:{name.place.partition}:iam::{principal}:root"
    statement = {
        "Sid": asked["StatementId"],
        "Effect": "Allow",
        "Principal": "*" if principal == "*" else {"AWS": principal},
        "Action": asked["Action"],
        "Resource": name.arn,
    }
    if "OrganizationId" in asked:
        statement["Condition"] = {"StringEquals": {"aws:PrincipalOrgID": asked["OrganizationId"]}}
    return statement


def get_layer_version_policy(region: "Region", call: Call) -> Mapping[str, Any]:
    """The whole policy."""
    name = _existing(region, call)
    kept = region.state.get("layer-policy", layer_version_key(name))
    if kept is None:
        raise missing("No policy is associated with the given resource.")
    return {"Policy": _policy(kept["Statement"]), "RevisionId": kept["RevisionId"]}


def remove_layer_version_permission(region: "Region", call: Call) -> Mapping[str, Any]:
    """Take a statement out of the policy; without any the policy is gone."""
    with region.state.transaction():
        name = _existing(region, call)
        statements, seen = _statements(region, call, name)
        left = [each for each in statements if each["Sid"] != call.parameters["StatementId"]]
        if len(left) == len(statements):
            raise missing(f"Statement {call.parameters['StatementId']} is not found in resource policy.")
        _keep(region, name, left, seen)
    return {}


def _existing(region: "Region", call: Call) -> LayerName:
    name = named(call)
    if region.state.get("layer-version", layer_version_key(name)) is None:
        raise layer_version_not_found(name)
    return name


def _statements(region: "Region", call: Call, name: LayerName) -> tuple[list[Mapping[str, Any]], Document | None]:
    """The policy's statements, where the caller has seen the latest."""
    kept = region.state.get("layer-policy", layer_version_key(name))
    check_revision(call.parameters.get("RevisionId"), kept["RevisionId"] if kept else "", "GetLayerPolicy")
    return (list(kept["Statement"]) if kept else []), kept


def _keep(region: "Region", name: LayerName, statements: list[Mapping[str, Any]], before: Document | None) -> Document:
    document = {"Statement": statements, "RevisionId": revision()}
    if len(_policy(statements).encode()) > region.quotas.layer_policy_size:
        raise ServiceError("PolicyLengthExceededException", "The final policy size is bigger than the limit.")
    if statements:
        region.state.put("layer-policy", layer_version_key(name), document)
    elif before is not None:
        region.state.delete("layer-policy", layer_version_key(name))
    return document


def _policy(statements: list[Mapping[str, Any]]) -> str:
    return json.dumps({"Version": "2012-10-17", "Id": "default", "Statement": statements}, separators=(",", ":"))


OPERATIONS: Mapping[str, "Operation"] = {
    "AddLayerVersionPermission": add_layer_version_permission,
    "GetLayerVersionPolicy": get_layer_version_policy,
    "RemoveLayerVersionPermission": remove_layer_version_permission,
}
