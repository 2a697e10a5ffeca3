"""The execution role: it must be there and trust Lambda, the caller may hand it on, and it may do what is set up."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tutor.awslambda import permission
from tutor.errors import ServiceError
from tutor.region.call import Call
from tutor.region.invoking.role import role_caller
from tutor.region.operations.reference import place

if TYPE_CHECKING:
    from tutor.region.region import Region

_LAMBDA = "lambda.amazonaws.com"
_DEAD_LETTERS = {"sqs": ("SendMessage", "SQS"), "sns": ("Publish", "SNS")}


def check_role(region: "Region", call: Call, arn: str) -> None:
    """Refuse a role that is not there, that does not trust Lambda, or that the caller may not pass to it."""
    from tutor.region.neighbours.policy import Verdict, Wish, judge

    if arn.split(":")[4] != place(call).account:
        raise permission.role_of_another_account()
    role = region.neighbours.role(arn)
    wish = Wish("sts:AssumeRole", arn, service=_LAMBDA)
    if role is None or judge([role.trust], wish, identity=False) is not Verdict.ALLOWED:
        raise permission.role_cannot_be_assumed()
    if call.caller.administrator:
        return
    decision = region.neighbours.permits(call.caller, "iam:PassRole", arn, {"iam:passedtoservice": _LAMBDA})
    if not decision:
        refused = permission.not_authorized(call.caller.arn, "iam:PassRole", arn)
        raise ServiceError(refused.code, refused.message + decision.why)


def check_uses(region: "Region", asked: Mapping[str, Any], configuration: Mapping[str, Any]) -> None:
    """Refuse a dead-letter target or a VPC that the call sets and the role may not use.

    AWS looks at the role when such a setting is made; what the role may later is seen when it is used.
    """
    caller = role_caller(configuration["Role"], configuration["FunctionName"])
    target = configuration.get("DeadLetterConfig", {}).get("TargetArn")
    if target and "DeadLetterConfig" in asked:
        service = target.split(":")[2]
        action, name = _DEAD_LETTERS[service]
        if not region.neighbours.permits(caller, f"{service}:{action}", target):
            raise permission.role_may_not(action, name)
    subnets = configuration.get("VpcConfig", {}).get("SubnetIds")
    action = "CreateNetworkInterface"
    if subnets and "VpcConfig" in asked and not region.neighbours.permits(caller, f"ec2:{action}", "*"):
        raise permission.role_may_not(action, "EC2")
