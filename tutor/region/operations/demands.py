"""What AWS refuses of a configuration as a whole: numbers, variables, runtime, role, what does not go together."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tutor.awslambda.function import FunctionConfiguration, check_configuration
from tutor.errors import ServiceError, UsageError
from tutor.region.call import Call
from tutor.region.operations.refusal import invalid, not_yet
from tutor.region.operations.roles import check_role

if TYPE_CHECKING:
    from tutor.region.region import Region

_NOT_HERE = {
    "DurableConfig": "A durable function (DurableConfig)",
    "TenancyConfig": "Tenant isolation (TenancyConfig)",
    "CapacityProviderConfig": "Lambda Managed Instances (CapacityProviderConfig)",
    "RuntimeConfig": "A customer-managed runtime (RuntimeConfig)",
    "AcceleratorConfig": "An accelerator (AcceleratorConfig)",
    "PublishTo": "Publishing to $LATEST.PUBLISHED (PublishTo)",
}
_DEAD_LETTER = re.compile(r"arn:aws[a-zA-Z-]*:(sqs|sns):[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]+(\.fifo)?")
_SNAP_START = re.compile(r"java(\d+)|python3\.(\d+)|dotnet(\d+)")
_SNAP_START_FROM = (11, 12, 8)  # the versions of these three; source: developer guide, snapstart


def check_parameters(parameters: Mapping[str, Any]) -> None:
    """Refuse what AWS has and this region does not."""
    for member, what in _NOT_HERE.items():
        if parameters.get(member):
            raise not_yet(what)
    image = parameters.get("PackageType") == "Image" or "ImageConfig" in parameters
    if image or "ImageUri" in parameters.get("Code", {}):
        raise not_yet("A function from a container image (PackageType Image)")


def check(region: "Region", call: Call, configuration: Mapping[str, Any]) -> None:
    """Refuse a configuration that AWS would refuse. Raises ``ServiceError`` with its text."""
    check_configuration(_typed(configuration), region.quotas)
    _check_logging(configuration)
    _check_dead_letter(configuration)
    _check_network(configuration)
    _check_snap_start(configuration, region.quotas.snapstart_ephemeral_storage_max)
    if "Runtime" in call.parameters:
        check_runtime(region, configuration["Runtime"])
    if "Role" in call.parameters:
        check_role(region, configuration["Role"])


def _typed(configuration: Mapping[str, Any]) -> FunctionConfiguration:
    logging = configuration["LoggingConfig"]
    return FunctionConfiguration(
        handler=configuration["Handler"],
        memory_size=configuration["MemorySize"],
        timeout=configuration["Timeout"],
        ephemeral_storage=configuration["EphemeralStorage"]["Size"],
        runtime=configuration["Runtime"],
        environment=configuration.get("Environment", {}).get("Variables", {}),
        function_name=configuration["FunctionName"],
        logging_format=logging["LogFormat"],
        application_log_level=logging.get("ApplicationLogLevel"),
    )


def check_runtime(region: "Region", identifier: str) -> None:
    """Refuse a runtime that never was, or with which no function is made any more."""
    today = region.clock.datetime().date()
    try:
        region.runtimes.find(identifier, today)
    except ServiceError:
        raise
    except UsageError:
        known = ", ".join(runtime.id for runtime in region.runtimes.all if not runtime.refused(today))
        raise invalid(
            f"Value {identifier} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: "
            f"[{known}] or be a valid ARN"
        ) from None


def _check_logging(configuration: Mapping[str, Any]) -> None:
    logging = configuration["LoggingConfig"]
    if logging["LogFormat"] == "Text" and "SystemLogLevel" in logging:
        raise invalid("A system log level can only be set together with the log format JSON.")


def _check_dead_letter(configuration: Mapping[str, Any]) -> None:
    arn = configuration.get("DeadLetterConfig", {}).get("TargetArn")
    if arn and not _DEAD_LETTER.fullmatch(arn):
        raise invalid(f"The dead-letter target {arn} is not supported: give the ARN of an SQS queue or an SNS topic.")


def _check_network(configuration: Mapping[str, Any]) -> None:
    vpc = configuration.get("VpcConfig", {})
    if bool(vpc.get("SubnetIds")) != bool(vpc.get("SecurityGroupIds")):
        raise invalid("A VPC configuration needs at least one subnet and one security group, or none of both.")
    if configuration.get("FileSystemConfigs") and not vpc.get("SubnetIds"):
        raise invalid("A function that mounts a file system must be connected to a VPC.")


def _check_snap_start(configuration: Mapping[str, Any], largest: int) -> None:
    """Runtimes, and what does not go with a snapshot. The text on runtimes is recorded, the others are ours."""
    if configuration["SnapStart"]["ApplyOn"] == "None":
        return
    runtime = configuration["Runtime"]
    match = _SNAP_START.match(runtime)
    numbers = match.groups() if match else (None, None, None)
    if not any(number and int(number) >= least for number, least in zip(numbers, _SNAP_START_FROM, strict=True)):
        raise invalid(f"{runtime} is not supported for SnapStart enabled functions.")
    if configuration["EphemeralStorage"]["Size"] > largest:
        raise invalid(f"SnapStart does not support ephemeral storage of more than {largest} MB.")
    if configuration.get("FileSystemConfigs"):
        raise invalid("SnapStart does not support file systems.")
