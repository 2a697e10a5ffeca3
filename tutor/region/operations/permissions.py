"""Who else may use a function: the resource policy of a function, a version or an alias, by statement or whole."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tutor.awslambda import names, permission
from tutor.awslambda.names import FunctionName, function_name
from tutor.awslambda.version import check_revision
from tutor.errors import ServiceError
from tutor.region.call import Call
from tutor.region.catalogue import Target
from tutor.region.operations import reference
from tutor.region.operations.moment import revision
from tutor.region.state import Document

if TYPE_CHECKING:
    from tutor.region.operations import Operation
    from tutor.region.region import Region

_KIND = "policy"


def add_permission(region: "Region", call: Call) -> Mapping[str, Any]:
    """Add a statement."""
    _target(region, reference.named(call))
    _check_principal(region, call)
    with region.state.transaction():
        target = _target(region, reference.named(call))
        kept = _kept(region, target, call, "GetPolicy")
        statement = permission.statement(target.arn, call.parameters)
        _keep(region, target, permission.add(_policy(kept), statement, region.quotas.resource_policy_size))
    return {"Statement": _text(statement)}


def get_policy(region: "Region", call: Call) -> Mapping[str, Any]:
    """The whole policy. One answer for all that may be missing: the function, the qualifier, the policy."""
    name = reference.named(call)
    permission.check_policy_target(name)
    kept = region.state.get(_KIND, f"{call.aws_region}/{name.resource}")
    if kept is None:
        raise permission.policy_missing()
    return {"Policy": _text(_policy(kept) or {}), "RevisionId": kept["RevisionId"]}


def remove_permission(region: "Region", call: Call) -> Mapping[str, Any]:
    """Take a statement out; without any the policy is gone."""
    name = reference.named(call)
    if region.catalogue.function(call.aws_region, name.name) is None:
        raise permission.policy_of_nothing(name)
    with region.state.transaction():
        target = _target(region, name)
        kept = _kept(region, target, call, "GetPolicy")
        policy = permission.remove(_policy(kept), call.parameters["StatementId"])
        if policy is None:
            region.state.delete(_KIND, _key(target))
        else:
            _keep(region, target, policy)
    return {}


def put_resource_policy(region: "Region", call: Call) -> Mapping[str, Any]:
    """Put a whole policy in place of what there is."""
    policy = permission.parse_policy(call.parameters["Policy"], region.quotas)
    with region.state.transaction():
        target = _named_by_arn(region, call)
        _kept(region, target, call, "GetResourcePolicy")
        new = _keep(region, target, policy)
    return {"Policy": _text(policy), "RevisionId": new}


def get_resource_policy(region: "Region", call: Call) -> Mapping[str, Any]:
    """The whole policy, by the function's ARN."""
    kept = region.state.get(_KIND, _key(_named_by_arn(region, call)))
    if kept is None:
        raise permission.policy_missing()
    return {"Policy": _text(_policy(kept) or {}), "RevisionId": kept["RevisionId"]}


def delete_resource_policy(region: "Region", call: Call) -> Mapping[str, Any]:
    """Take the whole policy away."""
    with region.state.transaction():
        target = _named_by_arn(region, call)
        if _kept(region, target, call, "GetResourcePolicy") is None:
            raise permission.policy_missing()
        region.state.delete(_KIND, _key(target))
    return {}


def _named_by_arn(region: "Region", call: Call) -> Target:
    return _target(region, function_name(call.parameters["ResourceArn"], reference.place(call)))


def _target(region: "Region", name: FunctionName) -> Target:
    permission.check_policy_target(name)
    try:
        return region.catalogue.target(name.place.aws_region, name.name, name.qualifier)
    except ServiceError:
        known = region.catalogue.function(name.place.aws_region, name.name) is not None
        if known and name.is_alias and "$" not in str(name.qualifier):
            raise names.alias_not_found(name) from None
        raise


def _check_principal(region: "Region", call: Call) -> None:
    """Refuse a role or a user of this account that is not there; whom other accounts have is not known."""
    place = reference.place(call)
    arn = permission.named_identity(call.parameters["Principal"], place.account)
    if arn is not None and not region.neighbours.is_there(arn):
        raise permission.principal_invalid()


def _key(target: Target) -> str:
    return target.key if target.qualifier is None else f"{target.key}:{target.qualifier}"


def _kept(region: "Region", target: Target, call: Call, read_by: str) -> Document | None:
    """The policy, where there is one; the caller must have seen the latest if it speaks of a revision.

    Before there is a policy, the revision is that of the function, the version or the alias itself.
    """
    kept = region.state.get(_KIND, _key(target))
    current = kept or target.alias or target.configuration
    check_revision(call.parameters.get("RevisionId"), current["RevisionId"], read_by)
    return kept


def _policy(kept: Document | None) -> Mapping[str, Any] | None:
    return None if kept is None else {member: value for member, value in kept.items() if member != "RevisionId"}


def _keep(region: "Region", target: Target, policy: Mapping[str, Any]) -> str:
    new = revision()
    region.state.put(_KIND, _key(target), {**policy, "RevisionId": new})
    return new


def _text(value: Mapping[str, Any]) -> str:
    return json.dumps(value, separators=(",", ":"))


OPERATIONS: Mapping[str, "Operation"] = {
    "AddPermission": add_permission,
    "GetPolicy": get_policy,
    "RemovePermission": remove_permission,
    "PutResourcePolicy": put_resource_policy,
    "GetResourcePolicy": get_resource_policy,
    "DeleteResourcePolicy": delete_resource_policy,
}
