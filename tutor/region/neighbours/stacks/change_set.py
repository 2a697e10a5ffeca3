"""Change sets: what a template would change, looked at first and done later; ``aws cloudformation deploy`` does so."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from tutor.errors import ServiceError
from tutor.region.call import ACCOUNT, Caller
from tutor.region.neighbours.asked import Asked
from tutor.region.neighbours.moto_clock import SHIMS, now
from tutor.region.neighbours.stacks.description import moment
from tutor.region.neighbours.stacks.intrinsic import Known, references, resolved
from tutor.region.neighbours.stacks.kinds import kind_of
from tutor.region.neighbours.stacks.knowledge import active
from tutor.region.neighbours.stacks.stack import keep
from tutor.region.neighbours.stacks.template import Template, invalid, parsed

if TYPE_CHECKING:
    from tutor.region.neighbours.stacks.cloudformation import CloudFormation

Told = Mapping[str, Any]
_NO_CHANGES = "The submitted information didn't contain changes. Submit different information to create a change set."


def changes(stack: Told, template: Template, known: Known) -> list[dict[str, Any]]:
    """What would be added, modified and removed."""
    there = active(template, known)
    found = []
    touched: set[str] = set()
    for name in there:
        about, current = template.resources[name], stack["resources"].get(name)
        if current is None:
            found.append(_change("Add", name, str(about["Type"])))
            touched.add(name)
            continue
        properties = _properties(about, touched, known)
        differs = properties != current["properties"] or current["type"] != about["Type"]
        moved = any(current.get(key) != about.get(word) for key, word in _POLICIES)
        if differs or moved or current["status"].endswith("FAILED"):
            after = properties if properties is not None else current["properties"]
            anew = current["type"] != about["Type"] or kind_of(about["Type"]).replaces(current["properties"], after)
            touched.add(name)
            found.append(_change("Modify", name, str(about["Type"]), current.get("physical"), anew=anew))
    for name, current in stack["resources"].items():
        if name not in there:
            found.append(_change("Remove", name, current["type"], current.get("physical")))
    if not found and template.outputs != parsed(stack["template"]).outputs:
        found.append(_change("Modify", "Outputs", "AWS::CloudFormation::Stack"))
    return found


def _properties(about: Told, touched: set[str], known: Known) -> Any:
    """A resource's properties as they would be; None where they hang on what is still to be made or changed."""
    given = about.get("Properties") or {}
    if any(each in touched for each, _ in references(given)):
        return None
    try:
        return resolved(given, known)
    except ServiceError:
        return None


_POLICIES = (("policy", "DeletionPolicy"), ("replace_policy", "UpdateReplacePolicy"))


def _change(action: str, name: str, kind: str, physical: str | None = None, *, anew: bool = False) -> dict[str, Any]:
    told = {"Action": action, "LogicalResourceId": name, "ResourceType": kind, "Scope": [], "Details": []}
    if physical:
        told["PhysicalResourceId"] = physical
    if action == "Modify":
        told |= {"Replacement": "True" if anew else "False", "Scope": ["Properties"]}
    return {"Type": "Resource", "ResourceChange": told}


def _create(service: "CloudFormation", wish: Asked, caller: Caller) -> Told:
    asked = wish.parameters
    kind, name = asked.get("ChangeSetType", "UPDATE"), str(asked["ChangeSetName"])
    stack = _of(service, wish, caller, kind)
    template, given = service.template(wish, stack), _given(asked, stack)
    service.check(stack, template, given, asked.get("Capabilities") or ())
    listed = service.changes(stack, template, given)
    with service.house.inside():
        made, at = str(SHIMS["uuid"].uuid4()), now()
    document = {
        "name": name,
        "id": f"arn:aws:cloudformation:{wish.aws_region}:{ACCOUNT}:changeSet/{name}/{made}",
        "kind": kind,
        "at": at,
        "template": template.text,
        "parameters": given,
        "tags": asked.get("Tags") or stack["tags"],
        "role": asked.get("RoleARN") or stack.get("role"),
        "capabilities": asked.get("Capabilities") or [],
        "description": asked.get("Description"),
        "status": "CREATE_COMPLETE" if listed else "FAILED",
        "reason": None if listed else _NO_CHANGES,
        "execution": "AVAILABLE" if listed else "UNAVAILABLE",
        "changes": listed,
    }
    keep(service.house, stack, set={"change_sets": {**(stack.get("change_sets") or {}), name: document}})
    return {"Id": document["id"], "StackId": stack["id"]}


def _of(service: "CloudFormation", wish: Asked, caller: Caller, kind: str) -> dict[str, Any]:
    try:
        stack = service.found(wish, wish.parameters["StackName"])
    except ServiceError:
        if kind != "CREATE":
            raise invalid(f"Stack [{wish.parameters['StackName']}] does not exist") from None
        return service.begin_for_changes(wish, caller)
    if kind == "CREATE" and stack["status"] != "REVIEW_IN_PROGRESS":
        raise invalid(f"Stack [{stack['name']}] already exists and cannot be created again with the changeSet [{wish.parameters['ChangeSetName']}].")  # fmt: skip  # noqa: E501
    if kind == "UPDATE" and stack["status"] in ("ROLLBACK_COMPLETE", "REVIEW_IN_PROGRESS"):
        raise invalid(f"Stack:{stack['id']} is in {stack['status']} state and can not be updated.")
    return stack


def _given(asked: Told, stack: Told) -> dict[str, str]:
    before = stack["parameters"]
    return {
        str(each["ParameterKey"]): str(
            before.get(each["ParameterKey"], "") if each.get("UsePreviousValue") else each.get("ParameterValue", "")
        )
        for each in asked.get("Parameters") or ()
    }


def found(service: "CloudFormation", wish: Asked) -> tuple[dict[str, Any], dict[str, Any]]:
    """The stack and the change set that a request names."""
    wanted = str(wish.parameters["ChangeSetName"])
    names = [wish.parameters["StackName"]] if wish.parameters.get("StackName") else service.names(wish)
    for name in names:
        stack = service.found(wish, name)
        for document in (stack.get("change_sets") or {}).values():
            if wanted in (document["name"], document["id"]):
                return stack, document
    raise ServiceError("ChangeSetNotFound", f"ChangeSet [{wanted}] does not exist")


def _describe(service: "CloudFormation", wish: Asked, _: Caller) -> Told:
    stack, document = found(service, wish)
    told = {
        **_summary(stack, document),
        "Parameters": [{"ParameterKey": k, "ParameterValue": v} for k, v in document["parameters"].items()],
        "Tags": document["tags"],
        "Capabilities": document["capabilities"],
        "Changes": document["changes"],
        "NotificationARNs": stack.get("notification_arns") or [],
        "RollbackConfiguration": {},
        "IncludeNestedStacks": False,
    }
    return {name: value for name, value in told.items() if value is not None}


def _summary(stack: Told, document: Told) -> dict[str, Any]:
    told = {
        "ChangeSetName": document["name"],
        "ChangeSetId": document["id"],
        "StackId": stack["id"],
        "StackName": stack["name"],
        "Description": document["description"],
        "CreationTime": moment(document["at"]),
        "ExecutionStatus": document["execution"],
        "Status": document["status"],
        "StatusReason": document["reason"],
    }
    return {name: value for name, value in told.items() if value is not None}


def _list(service: "CloudFormation", wish: Asked, _: Caller) -> Told:
    stack = service.found(wish, wish.parameters["StackName"])
    return {"Summaries": [_summary(stack, each) for each in (stack.get("change_sets") or {}).values()]}


def _execute(service: "CloudFormation", wish: Asked, caller: Caller) -> Told:
    stack, document = found(service, wish)
    if document["execution"] != "AVAILABLE":
        raise ServiceError(
            "InvalidChangeSetStatus",
            f"ChangeSet [{document['id']}] cannot be executed in its current status of [{document['status']}]",
        )
    template, more = parsed(document["template"]), {"tags": document["tags"], "role": document["role"]}
    more["capabilities"] = document["capabilities"]
    if document["kind"] == "CREATE":
        values = {"template": document["template"], "parameters": document["parameters"], "change_sets": {}, **more}
        keep(service.house, stack, set=values)
        service.begin_create(stack, caller)
    else:
        service.begin_update(stack, caller, template, document["parameters"], {**more, "change_sets": {}})
    return {}


def _delete(service: "CloudFormation", wish: Asked, _: Caller) -> Told:
    try:
        stack, document = found(service, wish)
    except ServiceError:
        return {}
    left = {name: each for name, each in stack["change_sets"].items() if name != document["name"]}
    keep(service.house, stack, set={"change_sets": left})
    return {}


OPERATIONS: Mapping[str, Callable[["CloudFormation", Asked, Caller], Told]] = {
    "CreateChangeSet": _create,
    "DescribeChangeSet": _describe,
    "ListChangeSets": _list,
    "ExecuteChangeSet": _execute,
    "DeleteChangeSet": _delete,
}
