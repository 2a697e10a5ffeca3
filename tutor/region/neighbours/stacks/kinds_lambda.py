"""Lambda's types of resources. What they make is the region's own, through its API."""

import io
import zipfile
from collections.abc import Mapping
from typing import Any

from tutor.region.neighbours.stacks.kind import Kind, Properties, Services

_EARLY = (1980, 1, 1, 0, 0, 0)
_PATIENCE = 600.0
"""Seconds of region time that a function may take to become ready."""


def _package(source: str) -> bytes:
    """The package of code that stands in a template: one file ``index``."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name in ("index.py", "index.js"):
            package.writestr(zipfile.ZipInfo(name, _EARLY), source)
        package.writestr(zipfile.ZipInfo("cfnresponse.py", _EARLY), _CFNRESPONSE)
    return out.getvalue()


_CFNRESPONSE = '''"""Tells a stack what came of its custom resource."""

import json
import urllib.request

SUCCESS = "SUCCESS"
FAILED = "FAILED"


def send(event, context, responseStatus, responseData, physicalResourceId=None, noEcho=False, reason=None):
    answer = {
        "Status": responseStatus,
        "Reason": reason or "See the details in CloudWatch Log Stream: " + context.log_stream_name,
        "PhysicalResourceId": physicalResourceId or context.log_stream_name,
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
        "NoEcho": noEcho,
        "Data": responseData,
    }
    data = json.dumps(answer).encode()
    request = urllib.request.Request(event["ResponseURL"], data, {"Content-Type": ""}, method="PUT")
    with urllib.request.urlopen(request) as response:
        print("Status code:", response.status)
'''
"""What AWS gives a function beside code that stands in a template (a package has to bring its own)."""


def _coded(properties: dict[str, Any]) -> dict[str, Any]:
    code = dict(properties.get("Code") or {})
    if "ZipFile" in code:
        code["ZipFile"] = _package(str(code["ZipFile"]))
    return {**properties, **code, **({"Code": code} if code else {})}  # UpdateFunctionCode has them at the top


def _settled(services: Services, known: dict[str, Any], _: Properties) -> None:
    """Wait until the function can be used and changed."""

    def ready() -> bool:
        said = services.do("lambda", "get_function_configuration", FunctionName=known["FunctionArn"])
        return said["State"] != "Pending" and said.get("LastUpdateStatus") != "InProgress"

    services.wait(ready, _PATIENCE)


def _concurrency(services: Services, known: dict[str, Any], before: Properties) -> None:
    wanted, was = known.get("ReservedConcurrentExecutions"), before.get("ReservedConcurrentExecutions")
    if wanted is not None and wanted != was:
        services.do("lambda", "put_function_concurrency", **known)
    elif wanted is None and was is not None:
        services.do("lambda", "delete_function_concurrency", **known)


def _function_s_more(services: Services, known: dict[str, Any], before: Properties) -> None:
    """The settings that have operations of their own."""
    if known.get("RecursiveLoop"):
        services.do("lambda", "put_function_recursion_config", **known)
    if known.get("RuntimeManagementConfig"):
        services.do("lambda", "put_runtime_management_config", **{**known, **known["RuntimeManagementConfig"]})
    if before and known.get("Tags") != before.get("Tags"):
        gone = {each["Key"] for each in before.get("Tags") or ()} - {each["Key"] for each in known.get("Tags") or ()}
        if gone:
            services.do("lambda", "untag_resource", Resource=known["FunctionArn"], TagKeys=sorted(gone))
        services.do("lambda", "tag_resource", Resource=known["FunctionArn"], Tags=known.get("Tags") or [])


def _function_changed(services: Services, known: dict[str, Any], before: Properties) -> None:
    """Code and configuration, one after the other; what the template no longer has goes back to what it was."""
    if not before:
        return
    _settled(services, known, before)
    gone: dict[str, Any] = {name: value for name, value in _DEFAULTS.items() if name in before and name not in known}
    services.do("lambda", "update_function_configuration", **{**known, **gone})
    _settled(services, known, before)
    if known.get("Code") or before.get("Code"):
        code = {name: value for name, value in known.items() if name in _CODE}
        services.do("lambda", "update_function_code", FunctionName=known["FunctionArn"], **code)


_CODE = ("ZipFile", "S3Bucket", "S3Key", "S3ObjectVersion", "ImageUri", "Architectures")
_DEFAULTS: Mapping[str, Any] = {
    "MemorySize": 128,
    "Timeout": 3,
    "Description": "",
    "Environment": {"Variables": {}},
    "Layers": [],
    "DeadLetterConfig": {"TargetArn": ""},
    "TracingConfig": {"Mode": "PassThrough"},
    "VpcConfig": {"SubnetIds": [], "SecurityGroupIds": []},
    "EphemeralStorage": {"Size": 512},
}


def _version_named(properties: dict[str, Any]) -> dict[str, Any]:
    return {**properties, **_apart(str(properties.get("FunctionName", "")))}


def _apart(reference: str) -> dict[str, str]:
    """A function's name or ARN and its qualifier."""
    parts = reference.split(":")
    if reference.startswith("arn:") and len(parts) == 8:
        return {"FunctionName": ":".join(parts[:7]), "Qualifier": parts[7]}
    if not reference.startswith("arn:") and len(parts) == 2:
        return {"FunctionName": parts[0], "Qualifier": parts[1]}
    return {"FunctionName": reference}


def _provisioned(services: Services, known: dict[str, Any], before: Properties) -> None:
    """Provisioned concurrency of a version or an alias, until it is there."""
    wanted = (known.get("ProvisionedConcurrencyConfig") or {}).get("ProvisionedConcurrentExecutions")
    place = {"FunctionName": known["FunctionName"], "Qualifier": known.get("Name") or known["Version"]}
    if wanted is None:
        if before.get("ProvisionedConcurrencyConfig"):
            services.there("lambda", "delete_provisioned_concurrency_config", **place)
        return
    services.do("lambda", "put_provisioned_concurrency_config", **place, ProvisionedConcurrentExecutions=wanted)

    def ready() -> bool:
        said = services.do("lambda", "get_provisioned_concurrency_config", **place)
        return bool(said["Status"] != "IN_PROGRESS")

    services.wait(ready, _PATIENCE)


def _routed(properties: dict[str, Any]) -> dict[str, Any]:
    weights = (properties.get("RoutingConfig") or {}).get("AdditionalVersionWeights")
    if isinstance(weights, list):
        by_version = {str(each["FunctionVersion"]): each["FunctionWeight"] for each in weights}
        properties = {**properties, "RoutingConfig": {"AdditionalVersionWeights": by_version}}
    return {"RoutingConfig": {"AdditionalVersionWeights": {}}, **properties}


def _url(properties: dict[str, Any]) -> dict[str, Any]:
    return {**properties, **_apart(str(properties.get("TargetFunctionArn", "")))} | (
        {"Qualifier": properties["Qualifier"]} if properties.get("Qualifier") else {}
    )


def _mapping_settled(services: Services, known: dict[str, Any], _: Properties) -> None:
    def ready() -> bool:
        said = services.do("lambda", "get_event_source_mapping", UUID=known["UUID"])
        return said["State"] in ("Enabled", "Disabled")

    services.wait(ready, _PATIENCE)


def _mapping_gone(services: Services, known: dict[str, Any], _: Properties) -> None:
    def gone() -> bool:
        return services.there("lambda", "get_event_source_mapping", UUID=known["UUID"]) is None

    services.wait(gone, _PATIENCE)


def _layer_named(properties: dict[str, Any]) -> dict[str, Any]:
    arn = str(properties.get("LayerVersionArn", "")).split(":")
    return {"StatementId": "cloudformation", **properties, "LayerName": ":".join(arn[:7]), "VersionNumber": arn[-1]}


KINDS: Mapping[str, Kind] = {
    "AWS::Lambda::Function": Kind(
        "lambda",
        "create_function",
        "{FunctionName}",
        {"FunctionName": "{FunctionName}"},
        name="FunctionName",
        attributes={"Arn": "{FunctionArn}"},
        delete="delete_function",
        fixed=("PackageType",),
        prepare=_coded,
        steps=(_function_changed, _settled, _concurrency, _function_s_more),
        longest=64,
    ),
    "AWS::Lambda::Version": Kind(
        "lambda",
        "publish_version",
        "{FunctionArn}",
        {"FunctionName": "{FunctionArn}"},
        attributes={"Version": "{Version}", "FunctionArn": "{FunctionArn}"},
        delete="delete_function",
        fixed=("FunctionName", "Description", "CodeSha256"),
        prepare=_version_named,
        steps=(_settled, _provisioned),
    ),
    "AWS::Lambda::Alias": Kind(
        "lambda",
        "create_alias",
        "{AliasArn}",
        {"FunctionName": "{FunctionName}", "Name": "{Name}"},
        attributes={"AliasArn": "{AliasArn}"},
        updates=("update_alias",),
        delete="delete_alias",
        fixed=("FunctionName", "Name"),
        prepare=_routed,
        steps=(_provisioned,),
    ),
    "AWS::Lambda::Permission": Kind(
        "lambda",
        "add_permission",
        "{StatementId}",
        {"FunctionName": "{FunctionName}", "StatementId": "{StatementId}"},
        name="StatementId",
        attributes={"Id": "{StatementId}"},
        delete="remove_permission",
        longest=100,
    ),
    "AWS::Lambda::EventSourceMapping": Kind(
        "lambda",
        "create_event_source_mapping",
        "{UUID}",
        {"UUID": "{UUID}"},
        attributes={"Id": "{UUID}", "EventSourceMappingArn": "{EventSourceMappingArn}"},
        updates=("update_event_source_mapping",),
        delete="delete_event_source_mapping",
        fixed=("EventSourceArn", "StartingPosition", "StartingPositionTimestamp", "Queues", "SelfManagedEventSource"),
        steps=(_mapping_settled,),
        after_delete=_mapping_gone,
    ),
    "AWS::Lambda::LayerVersion": Kind(
        "lambda",
        "publish_layer_version",
        "{LayerVersionArn}",
        {"LayerName": "{LayerName}", "VersionNumber": "{Version}"},
        name="LayerName",
        attributes={"LayerVersionArn": "{LayerVersionArn}"},
        delete="delete_layer_version",
    ),
    "AWS::Lambda::LayerVersionPermission": Kind(
        "lambda",
        "add_layer_version_permission",
        "{LayerVersionArn}#{StatementId}",
        {"LayerName": "{LayerName}", "VersionNumber": "{VersionNumber}", "StatementId": "{StatementId}"},
        name="StatementId",
        delete="remove_layer_version_permission",
        prepare=_layer_named,
    ),
    "AWS::Lambda::Url": Kind(
        "lambda",
        "create_function_url_config",
        "{FunctionArn}",
        {"FunctionName": "{FunctionName}", "Qualifier": "{Qualifier}"},
        attributes={"FunctionUrl": "{FunctionUrl}", "FunctionArn": "{FunctionArn}"},
        updates=("update_function_url_config",),
        delete="delete_function_url_config",
        fixed=("TargetFunctionArn", "Qualifier"),
        prepare=_url,
    ),
    "AWS::Lambda::EventInvokeConfig": Kind(
        "lambda",
        "put_function_event_invoke_config",
        "{FunctionArn}",
        {"FunctionName": "{FunctionName}", "Qualifier": "{Qualifier}"},
        updates=("put_function_event_invoke_config",),
        delete="delete_function_event_invoke_config",
        fixed=("FunctionName", "Qualifier"),
    ),
    "AWS::Lambda::CodeSigningConfig": Kind(
        "lambda",
        "create_code_signing_config",
        "{CodeSigningConfig.CodeSigningConfigArn}",
        {"CodeSigningConfigArn": "{CodeSigningConfig.CodeSigningConfigArn}"},
        attributes={
            "CodeSigningConfigArn": "{CodeSigningConfig.CodeSigningConfigArn}",
            "CodeSigningConfigId": "{CodeSigningConfig.CodeSigningConfigId}",
        },
        updates=("update_code_signing_config",),
        delete="delete_code_signing_config",
    ),
}
