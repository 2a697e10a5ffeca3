"""What CloudFormation tells of its stacks."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from tutor.errors import ServiceError
from tutor.region.call import Caller
from tutor.region.neighbours.asked import Asked
from tutor.region.neighbours.house import House
from tutor.region.neighbours.stacks.stack import keep, stacks
from tutor.region.neighbours.stacks.template import Template, invalid, parsed
from tutor.region.neighbours.wire import as_administrator, in_process_client

if TYPE_CHECKING:
    from tutor.region.neighbours.stacks.cloudformation import CloudFormation

Told = Mapping[str, Any]
_PAGE = 100


def moment(seconds: float) -> datetime:
    """A time as answers have it."""
    return datetime.fromtimestamp(seconds, UTC)


def _listed(house: House, aws_region: str) -> list[dict[str, Any]]:
    """The stacks of a region, the newest first."""
    with house.inside():
        return list(reversed(stacks(aws_region).values()))


def importing(house: House, aws_region: str, name: str) -> Iterator[dict[str, Any]]:
    """The stacks that import an export."""
    for stack in _listed(house, aws_region):
        if stack["status"] != "DELETE_COMPLETE" and "ImportValue" in stack["template"] and name in stack["template"]:
            yield stack


def fetched(house: House, aws_region: str, url: str) -> str:
    """A template that lies in S3. Raises ValidationError."""
    from botocore.exceptions import ClientError, ParamValidationError

    parts = urlsplit(url)
    host = parts.hostname or ""
    bucket, _, key = unquote(parts.path.lstrip("/")).partition("/")
    if ".s3" in host:
        bucket, key = host.split(".s3", 1)[0], unquote(parts.path.lstrip("/"))
    try:
        client = in_process_client("s3", aws_region, as_administrator(house.send))
        return str(client.get_object(Bucket=bucket, Key=key)["Body"].read().decode())
    except (ClientError, ParamValidationError, UnicodeDecodeError) as error:
        raise invalid(f"S3 error: {error}") from error


def _stack(stack: Told) -> dict[str, Any]:
    outputs = stack.get("outputs") or []
    return {
        "StackId": stack["id"],
        "StackName": stack["name"],
        "Description": stack.get("description") or None,
        "Parameters": [{"ParameterKey": name, "ParameterValue": value} for name, value in _shown(stack).items()],
        "CreationTime": moment(stack["created"]),
        "LastUpdatedTime": moment(stack["updated"]) if stack.get("updated") else None,
        "DeletionTime": moment(stack["deleted"]) if stack.get("deleted") else None,
        "RollbackConfiguration": {},
        "StackStatus": stack["status"],
        "StackStatusReason": stack.get("reason") if stack.get("reason") != "User Initiated" else None,
        "DisableRollback": stack.get("on_failure") == "DO_NOTHING",
        "NotificationARNs": stack.get("notification_arns") or [],
        "Capabilities": stack.get("capabilities") or [],
        "Outputs": outputs,
        "RoleARN": stack.get("role"),
        "Tags": stack.get("tags") or [],
        "EnableTerminationProtection": bool(stack.get("protected")),
        "DriftInformation": {"StackDriftStatus": "NOT_CHECKED"},
    }


def _shown(stack: Told) -> dict[str, str]:
    """The parameters' values: defaults too, and nothing of those that are not to be seen."""
    about = parsed(stack["template"]).parameters
    values = {name: str(stack["parameters"].get(name, each.get("Default", ""))) for name, each in about.items()}
    return {
        name: "****" if str(about[name].get("NoEcho")).lower() == "true" else value for name, value in values.items()
    }


def _clean(value: Any) -> Any:
    """Without the members that are None."""
    if isinstance(value, dict):
        return {name: _clean(each) for name, each in value.items() if each is not None}
    return [_clean(each) for each in value] if isinstance(value, list) else value


def _describe(service: "CloudFormation", wish: Asked, _: Caller) -> Told:
    name = wish.parameters.get("StackName")
    if name:
        found = [service.found(wish, name)]
    else:
        found = [each for each in _listed(service.house, wish.aws_region) if each["status"] != "DELETE_COMPLETE"]
    return _clean({"Stacks": [_stack(each) for each in found]})  # type: ignore[no-any-return]


def _list(service: "CloudFormation", wish: Asked, _: Caller) -> Told:
    wanted = wish.parameters.get("StackStatusFilter") or ()
    found = [each for each in _listed(service.house, wish.aws_region) if not wanted or each["status"] in wanted]
    names = ("StackId", "StackName", "CreationTime", "LastUpdatedTime", "DeletionTime", "StackStatus")
    whole = (_stack(each) for each in found)
    summaries = [{**{name: each[name] for name in names}, "TemplateDescription": each["Description"]} for each in whole]
    return _clean({"StackSummaries": summaries})  # type: ignore[no-any-return]


def _events(service: "CloudFormation", wish: Asked, _: Caller) -> Told:
    stack = service.found(wish, wish.parameters.get("StackName"))
    begin = int(wish.parameters.get("NextToken") or 0)
    events = list(reversed(stack["events"]))
    more = str(begin + _PAGE) if begin + _PAGE < len(events) else None
    return _clean(  # type: ignore[no-any-return]
        {"StackEvents": [_event(stack, each) for each in events[begin : begin + _PAGE]], "NextToken": more}
    )


def _event(stack: Told, event: Told) -> dict[str, Any]:
    import json

    properties = event.get("properties")
    return {
        "StackId": stack["id"],
        "EventId": event["id"],
        "StackName": stack["name"],
        "LogicalResourceId": event["logical"],
        "PhysicalResourceId": event["physical"],
        "ResourceType": event["type"],
        "Timestamp": moment(event["at"]),
        "ResourceStatus": event["status"],
        "ResourceStatusReason": event.get("reason"),
        "ResourceProperties": json.dumps(properties) if properties else None,
    }


def _resource(stack: Told, name: str, about: Told) -> dict[str, Any]:
    return {
        "StackName": stack["name"],
        "StackId": stack["id"],
        "LogicalResourceId": name,
        "PhysicalResourceId": about.get("physical"),
        "ResourceType": about["type"],
        "Timestamp": moment(about["at"]),
        "LastUpdatedTimestamp": moment(about["at"]),
        "ResourceStatus": about["status"],
        "ResourceStatusReason": about.get("reason"),
        "DriftInformation": {"StackResourceDriftStatus": "NOT_CHECKED"},
    }


def _resources(service: "CloudFormation", wish: Asked, _: Caller) -> Told:
    name, physical = wish.parameters.get("StackName"), wish.parameters.get("PhysicalResourceId")
    if name:
        stack = service.found(wish, name)
    else:
        owners = (each for each in _listed(service.house, wish.aws_region) if physical in _physicals(each))
        found = next(owners, None)
        if found is None:
            raise invalid(f"Stack for {physical} does not exist")
        stack = found
    wanted = wish.parameters.get("LogicalResourceId")
    rows = [_resource(stack, each, about) for each, about in stack["resources"].items() if wanted in (None, each)]
    return _clean({"StackResources": rows})  # type: ignore[no-any-return]


def _physicals(stack: Told) -> set[str]:
    return {str(each.get("physical")) for each in stack["resources"].values()}


def _one_resource(service: "CloudFormation", wish: Asked, _: Caller) -> Told:
    stack, name = service.found(wish, wish.parameters["StackName"]), str(wish.parameters["LogicalResourceId"])
    if name not in stack["resources"]:
        raise invalid(f"Resource {name} does not exist for stack {stack['name']}")
    return _clean({"StackResourceDetail": _resource(stack, name, stack["resources"][name])})  # type: ignore[no-any-return]


def _resource_summaries(service: "CloudFormation", wish: Asked, _: Caller) -> Told:
    stack = service.found(wish, wish.parameters["StackName"])
    rows = [_resource(stack, name, about) for name, about in stack["resources"].items()]
    return _clean({"StackResourceSummaries": rows})  # type: ignore[no-any-return]


def _template(service: "CloudFormation", wish: Asked, _: Caller) -> Told:
    if wish.parameters.get("ChangeSetName"):
        document = service.change_set_of(wish)
        return {"TemplateBody": document["template"], "StagesAvailable": ["Original", "Processed"]}
    stack = service.found(wish, wish.parameters.get("StackName"))
    return {"TemplateBody": stack["template"], "StagesAvailable": ["Original", "Processed"]}


def _about(template: Template) -> dict[str, Any]:
    parameters = [
        {
            "ParameterKey": name,
            "DefaultValue": str(about["Default"]) if "Default" in about else None,
            "NoEcho": str(about.get("NoEcho")).lower() == "true",
            "Description": about.get("Description"),
            "ParameterType": about.get("Type", "String"),
        }
        for name, about in template.parameters.items()
    ]
    return {"Description": template.description, "Parameters": parameters}


def _summary(service: "CloudFormation", wish: Asked, _: Caller) -> Told:
    stack = service.found(wish, wish.parameters["StackName"]) if wish.parameters.get("StackName") else None
    template = parsed(stack["template"]) if stack else service.template(wish, None)
    types = sorted({str(each["Type"]) for each in template.resources.values()})
    return _clean({**_about(template), "ResourceTypes": types})  # type: ignore[no-any-return]


def _validate(service: "CloudFormation", wish: Asked, _: Caller) -> Told:
    about = _about(service.template(wish, None))
    for each in about["Parameters"]:
        each.pop("ParameterType")
    return _clean(about)  # type: ignore[no-any-return]


def _exports(service: "CloudFormation", wish: Asked, _: Caller) -> Told:
    alive = (each for each in _listed(service.house, wish.aws_region) if each["status"] != "DELETE_COMPLETE")
    rows = [
        {"ExportingStackId": stack["id"], "Name": output["ExportName"], "Value": output["OutputValue"]}
        for stack in alive
        for output in stack.get("outputs") or ()
        if "ExportName" in output
    ]
    return {"Exports": rows}


def _imports(service: "CloudFormation", wish: Asked, _: Caller) -> Told:
    name = str(wish.parameters["ExportName"])
    found = [each["name"] for each in importing(service.house, wish.aws_region, name)]
    if not found:
        raise invalid(f"Export '{name}' is not imported by any stack.")
    return {"Imports": found}


def _protect(service: "CloudFormation", wish: Asked, _: Caller) -> Told:
    stack = service.found(wish, wish.parameters["StackName"])
    wanted = str(wish.parameters["EnableTerminationProtection"]).lower() == "true"
    keep(service.house, stack, set={"protected": wanted})
    return {"StackId": stack["id"]}


def _no_policy(service: "CloudFormation", wish: Asked, _: Caller) -> Told:
    service.found(wish, wish.parameters["StackName"])
    return {}


def _nothing_running(service: "CloudFormation", wish: Asked, _: Caller) -> Told:
    stack = service.found(wish, wish.parameters["StackName"])
    raise ServiceError(
        "ValidationError", f"Stack {stack['name']} is in {stack['status']} state and can not be changed."
    )


OPERATIONS: Mapping[str, Callable[["CloudFormation", Asked, Caller], Told]] = {
    "DescribeStacks": _describe,
    "ListStacks": _list,
    "DescribeStackEvents": _events,
    "DescribeStackResources": _resources,
    "DescribeStackResource": _one_resource,
    "ListStackResources": _resource_summaries,
    "GetTemplate": _template,
    "GetTemplateSummary": _summary,
    "ValidateTemplate": _validate,
    "ListExports": _exports,
    "ListImports": _imports,
    "UpdateTerminationProtection": _protect,
    "GetStackPolicy": _no_policy,
    "CancelUpdateStack": _nothing_running,
    "ContinueUpdateRollback": _nothing_running,
}
