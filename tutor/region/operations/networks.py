"""The VPC of a function: its security groups and subnets must be there, and the subnets say which VPC it is."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tutor.region.call import Call
from tutor.region.operations.refusal import invalid

if TYPE_CHECKING:
    from tutor.region.region import Region

_MISSING = {
    "SecurityGroups": ("InvalidGroup.NotFound", "security group"),
    "Subnets": ("InvalidSubnetID.NotFound", "subnet ID"),
}
"""EC2's code and noun for what is not there, by what is described. Source: recordings of the service."""


def vpc_id(region: "Region", call: Call, configuration: Mapping[str, Any]) -> str:
    """The VPC that a configuration's subnets are in; empty where the function is in none.

    Looked up only where the call speaks of it, the security groups first, as the service does. Raises ``ServiceError``
    with EC2's words for what is not there.
    """
    vpc = configuration.get("VpcConfig") or {}
    if "VpcConfig" not in call.parameters or not vpc.get("SubnetIds"):
        return str(vpc.get("VpcId", ""))
    ec2 = region.client("ec2", call.aws_region)
    groups = ec2.describe_security_groups(Filters=[{"Name": "group-id", "Values": vpc["SecurityGroupIds"]}])
    _check_all(vpc["SecurityGroupIds"], [each["GroupId"] for each in groups["SecurityGroups"]], "SecurityGroups")
    subnets = ec2.describe_subnets(Filters=[{"Name": "subnet-id", "Values": vpc["SubnetIds"]}])["Subnets"]
    _check_all(vpc["SubnetIds"], [each["SubnetId"] for each in subnets], "Subnets")
    return str(subnets[0]["VpcId"])


def _check_all(asked: Sequence[str], found: Collection[str], what: str) -> None:
    code, noun = _MISSING[what]
    for one in asked:
        if one not in found:
            text = f"EC2 Error Code: {code}. EC2 Error Message: The {noun} '{one}' does not exist"
            raise invalid(f"Error occurred while Describe{what}. {text}")


def in_vpc(configuration: Mapping[str, Any], vpc: str) -> dict[str, Any]:
    """The configuration with its VPC told, where it has any to tell."""
    result = dict(configuration)
    if result.get("VpcConfig"):
        result["VpcConfig"] = {**result["VpcConfig"], "VpcId": vpc}
    return result
