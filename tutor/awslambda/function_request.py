"""What AWS refuses of a function's settings beyond the ranges of the API's own model.

Source: API reference, CreateFunction and UpdateFunctionConfiguration; texts as recorded where AWS's are known.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from tutor.awslambda.function import FunctionConfiguration, check_configuration
from tutor.awslambda.names import Place, layer_name
from tutor.awslambda.quotas import Quotas
from tutor.awslambda.runtime import Runtimes, unsupported_runtime
from tutor.errors import ServiceError

_SNAP_START = re.compile(r"java(\d+)(?:\.al2023)?|python3\.(\d+)|dotnet(\d+)")
_SNAP_START_FROM = (11, 12, 8)  # Java, Python 3, .NET
_DEAD_LETTER = re.compile(r"arn:aws[a-zA-Z-]*:(sqs|sns):[a-z0-9-]+:\d{12}:[^:]+")
_KMS_KEY = re.compile(r"arn:aws[a-zA-Z-]*:kms:[a-z0-9-]+:\d{12}:(key|alias)/\S+")


def check_create(request: Mapping[str, Any], place: Place, runtimes: Runtimes, today: date, quotas: Quotas) -> None:
    """Refuse a CreateFunction that AWS would refuse, or whose package is a container image."""
    check_package_type(request)
    if not request.get("Runtime") or not request.get("Handler"):
        text = "Runtime and Handler are mandatory parameters for functions created with deployment packages."
        raise _refuse(text)
    check_runtime(str(request["Runtime"]), runtimes, today)
    _check_rest(request, place, quotas)


def check_package_type(request: Mapping[str, Any]) -> None:
    """Refuse container images, which this region does not run."""
    code = request.get("Code") or {}
    if request.get("PackageType") == "Image" or code.get("ImageUri") or request.get("ImageConfig"):
        text = (
            "Container images are not supported in this region: there is no registry to pull them from. "
            "Please provide the code as a .zip file archive (PackageType Zip)."
        )
        raise _refuse(text)


def check_update_code(request: Mapping[str, Any]) -> None:
    """Refuse an image for a function of a zip file (as all are here), and an update without any code."""
    if request.get("ImageUri"):
        raise _refuse("Please don't provide ImageUri when updating a function with packageType Zip.")
    if not request.get("ZipFile") and not (request.get("S3Bucket") and request.get("S3Key")):
        raise _refuse("Please provide a source for function code.")


def check_settings(request: Mapping[str, Any], place: Place, runtimes: Runtimes, today: date, quotas: Quotas) -> None:
    """Refuse settings of UpdateFunctionConfiguration. What ``request`` does not set is not looked at.

    Give the request joined with what is stored, where settings depend on each other (SnapStart on runtime, storage
    and file systems; file systems on the VPC). A runtime may be blocked for new functions and still be updated to.
    """
    if request.get("Runtime"):
        check_runtime(str(request["Runtime"]), runtimes, today, updating=True)
    _check_rest(request, place, quotas)


def _check_rest(request: Mapping[str, Any], place: Place, quotas: Quotas) -> None:
    """All but the runtime. What ``request`` does not set is not looked at."""
    _check_limits(request, quotas)
    check_layers(request.get("Layers") or (), place, quotas)
    _check_vpc(request, quotas)
    _check_dead_letter(request)
    _check_snap_start(request, quotas)
    key = request.get("KMSKeyArn")
    if key and not _KMS_KEY.fullmatch(key):
        raise _refuse(f"Lambda was unable to use the KMS key: {key} is not the ARN of a KMS key.")


def check_runtime(identifier: str, runtimes: Runtimes, today: date, *, updating: bool = False) -> None:
    """Refuse an identifier that never was, with AWS's list of those that are, and one that is blocked by now."""
    runtime = next((one for one in runtimes.all if one.id == identifier), None)
    if runtime is None:
        known = ", ".join(one.id for one in runtimes.all if not one.refused(today))
        text = f"Value {identifier} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: "
        raise _refuse(f"{text}[{known}] or be a valid ARN")
    if runtime.refused_to_updates(today) if updating else runtime.refused(today):
        raise unsupported_runtime(identifier)


def _check_limits(request: Mapping[str, Any], quotas: Quotas) -> None:
    """Memory, timeout, storage, environment and logging; the model alone would let a managed instance's values in."""
    logging = request.get("LoggingConfig") or {}
    storage = request.get("EphemeralStorage") or {}
    configuration = FunctionConfiguration(
        handler=request.get("Handler") or "unset.handler",
        memory_size=request.get("MemorySize", quotas.memory_size_default),
        timeout=request.get("Timeout", quotas.timeout_default),
        ephemeral_storage=storage.get("Size", quotas.ephemeral_storage_default),
        runtime=request.get("Runtime") or "",
        environment=(request.get("Environment") or {}).get("Variables") or {},
        logging_format=logging.get("LogFormat") or "Text",
        application_log_level=logging.get("ApplicationLogLevel"),
    )
    check_configuration(configuration, quotas)


def check_layers(arns: Sequence[str], place: Place, quotas: Quotas) -> None:
    """Refuse more than five layers, layers of another Region, and the same layer twice. Whether they exist is open."""
    if len(arns) > quotas.layers_max:
        raise _refuse(f"Cannot reference more than {quotas.layers_max} layers.")
    seen: dict[str, str] = {}
    for arn in arns:
        layer = layer_name(arn, place)
        if layer.place.aws_region != place.aws_region:
            text = "Layers are not in the same region as the function. "
            raise _refuse(f"{text}Layers are expected to be in region {place.aws_region}.")
        if layer.layer_arn in seen:
            text = "Two different versions of the same layer are not allowed to be referenced in the same function. "
            raise _refuse(f"{text}{seen[layer.layer_arn]} and {arn} are versions of the same layer.")
        seen[layer.layer_arn] = arn


def _check_vpc(request: Mapping[str, Any], quotas: Quotas) -> None:
    vpc = request.get("VpcConfig") or {}
    subnets, groups = vpc.get("SubnetIds") or (), vpc.get("SecurityGroupIds") or ()
    for member, given, most in (
        ("subnetIds", subnets, quotas.vpc_subnets),
        ("securityGroupIds", groups, quotas.vpc_security_groups),
    ):
        if len(given) > most:
            text = f"Value '[{', '.join(given)}]' at 'vpcConfig.{member}' failed to satisfy constraint: "
            bound = f"Member must have length less than or equal to {most}"
            raise ServiceError("ValidationException", f"1 validation error detected: {text}{bound}")
    if bool(subnets) != bool(groups):
        raise _refuse("SubnetIds and SecurityIds must coexist or be both empty list.")
    for system in request.get("FileSystemConfigs") or ():
        if not subnets:
            text = "Function must be configured to execute in a VPC to reference access point"
            raise _refuse(f"{text} {system.get('Arn')}.")


def _check_dead_letter(request: Mapping[str, Any]) -> None:
    target = (request.get("DeadLetterConfig") or {}).get("TargetArn")
    if target and not _DEAD_LETTER.fullmatch(target):
        raise _refuse(f"The dead letter target {target} is neither the ARN of an SQS queue nor of an SNS topic.")
    if target and target.endswith(".fifo"):
        raise _refuse(f"The dead letter target {target} is a FIFO resource; only standard ones are supported.")


def _check_snap_start(request: Mapping[str, Any], quotas: Quotas) -> None:
    if (request.get("SnapStart") or {}).get("ApplyOn") != "PublishedVersions":
        return
    runtime = str(request.get("Runtime") or "")
    if runtime and not snap_start_supported(runtime):
        raise _refuse(f"{runtime} is not supported for SnapStart enabled functions.")
    if (request.get("EphemeralStorage") or {}).get("Size", 0) > quotas.snapstart_ephemeral_storage_max:
        most = quotas.snapstart_ephemeral_storage_max
        raise _refuse(f"SnapStart enabled functions can have at most {most} MB of ephemeral storage.")
    if request.get("FileSystemConfigs"):
        raise _refuse("SnapStart enabled functions cannot have a file system.")


def snap_start_supported(runtime: str) -> bool:
    """Whether SnapStart knows the runtime: Java 11, Python 3.12, .NET 8 and later."""
    match = _SNAP_START.fullmatch(runtime)
    if match is None:
        return False
    return any(found and int(found) >= least for found, least in zip(match.groups(), _SNAP_START_FROM, strict=True))


def function_exists(name: str) -> ServiceError:
    """409: CreateFunction with a name that is taken."""
    return ServiceError("ResourceConflictException", f"Function already exist: {name}")


def _refuse(text: str) -> ServiceError:
    return ServiceError("InvalidParameterValueException", text)
