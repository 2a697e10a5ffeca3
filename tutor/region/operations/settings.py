"""From a call's parameters to a function's configuration: what is left out, what each member becomes in the answer."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from tutor.awslambda import names
from tutor.awslambda.names import FunctionName, Place
from tutor.awslambda.quotas import Quotas

Configuration = Mapping[str, Any]

_AS_GIVEN = ("Handler", "Runtime", "Role", "Description", "Timeout", "MemorySize", "EphemeralStorage")
_REPLACED_OR_GONE = ("KMSKeyArn", "DeadLetterConfig", "FileSystemConfigs")  # empty takes it away


def first(parameters: Mapping[str, Any], name: FunctionName, quotas: Quotas) -> dict[str, Any]:
    """The configuration of a new function, without its code, its layers and its state: AWS's defaults, then the call's.

    A configuration is a mapping with the members of the API's ``FunctionConfiguration``.
    """
    base: dict[str, Any] = {
        "FunctionName": name.name,
        "FunctionArn": name.unqualified_arn,
        "Description": "",
        "Timeout": quotas.timeout_default,
        "MemorySize": quotas.memory_size_default,
        "Version": names.LATEST,
        "TracingConfig": {"Mode": "PassThrough"},
        "PackageType": "Zip",
        "Architectures": list(parameters.get("Architectures") or ["x86_64"]),
        "EphemeralStorage": {"Size": quotas.ephemeral_storage_default},
        "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{name.name}"},
    }
    return changed(base, parameters, name.place)


def changed(configuration: Configuration, parameters: Mapping[str, Any], place: Place) -> dict[str, Any]:
    """The configuration with what the call says of it. A member that the call leaves out stays as it was."""
    result = dict(configuration)
    result.update({member: parameters[member] for member in _AS_GIVEN if member in parameters})
    for member, become in _BECOMES.items():
        if member in parameters:
            result[member] = become(configuration, parameters[member])
    for member in _REPLACED_OR_GONE:
        if member in parameters:
            _replace(result, member, parameters[member])
    if "Runtime" in result:
        digest = hashlib.sha256(str(result["Runtime"]).encode()).hexdigest()
        result["RuntimeVersionConfig"] = {"RuntimeVersionArn": names.runtime_version_arn(digest, place)}
    return result


def _replace(result: dict[str, Any], member: str, value: Any) -> None:
    if member == "DeadLetterConfig" and "TargetArn" not in value:
        return  # an empty target takes it away, an empty setting says nothing, as recorded
    empty = not value or (member == "DeadLetterConfig" and not value["TargetArn"])
    result.pop(member, None)
    if not empty:
        result[member] = value


def _environment(_: Configuration, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Given variables replace all that there were."""
    return {"Variables": dict(given.get("Variables") or {})}


def _vpc(before: Configuration, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """The API tells the VPC (``networks`` knows it), and the empty lists of a function that has left its VPC."""
    known = before.get("VpcConfig", {})
    subnets = list(given.get("SubnetIds", known.get("SubnetIds", [])))
    groups = list(given.get("SecurityGroupIds", known.get("SecurityGroupIds", [])))
    dual = bool(subnets) and bool(given.get("Ipv6AllowedForDualStack", known.get("Ipv6AllowedForDualStack", False)))
    vpc = known.get("VpcId", "") if subnets else ""
    return {"SubnetIds": subnets, "SecurityGroupIds": groups, "VpcId": vpc, "Ipv6AllowedForDualStack": dual}


def _tracing(before: Configuration, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """There is always a mode; a setting without one says nothing."""
    return {"Mode": "PassThrough", **before.get("TracingConfig", {}), **given}


def _snap_start(_: Configuration, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """``$LATEST`` is never optimised: only a published version has a snapshot."""
    return {"ApplyOn": given.get("ApplyOn", "None"), "OptimizationStatus": "Off"}


def _logging(before: Configuration, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """JSON has levels, INFO where none is given; text has none. What is left out stays."""
    logging = {**before["LoggingConfig"], **given}
    levels = ("ApplicationLogLevel", "SystemLogLevel")
    if logging["LogFormat"] == "JSON":
        return {**dict.fromkeys(levels, "INFO"), **logging}
    return {member: value for member, value in logging.items() if member not in levels or member in given}


_BECOMES: Mapping[str, Callable[[Configuration, Any], Any]] = {
    "Environment": _environment,
    "VpcConfig": _vpc,
    "TracingConfig": _tracing,
    "SnapStart": _snap_start,
    "LoggingConfig": _logging,
}
