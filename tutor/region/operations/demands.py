"""What AWS refuses of a function's configuration as a whole, and what this region does not have."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tutor.awslambda import function_request
from tutor.region.call import Call
from tutor.region.operations.environment_keys import check_environment_key
from tutor.region.operations.reference import place
from tutor.region.operations.refusal import invalid, not_yet
from tutor.region.operations.roles import check_role, check_uses

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


def check_parameters(parameters: Mapping[str, Any]) -> None:
    """Refuse what AWS has and this region does not."""
    for member, what in _NOT_HERE.items():
        if parameters.get(member):
            raise not_yet(what)
    function_request.check_package_type(parameters)


def check(region: "Region", call: Call, configuration: Mapping[str, Any]) -> None:
    """Refuse a configuration that AWS would refuse, as it is after the call. Raises ``ServiceError`` with its text."""
    asked = call.parameters
    joined = {member: value for member, value in configuration.items() if member not in ("Layers", "Runtime")}
    joined["Layers"] = asked.get("Layers", ())
    if "Runtime" in asked or configuration["SnapStart"]["ApplyOn"] != "None":
        joined["Runtime"] = configuration["Runtime"]
    today = region.clock.datetime().date()
    function_request.check_settings(joined, place(call), region.runtimes, today, region.quotas)
    logging = configuration["LoggingConfig"]
    if logging["LogFormat"] == "Text" and "SystemLogLevel" in logging:
        raise invalid("A system log level can only be set together with the log format JSON.")
    if "Role" in asked:
        check_role(region, call, configuration["Role"])
    check_uses(region, asked, configuration)
    check_environment_key(region, call, configuration)
