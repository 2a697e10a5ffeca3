"""The execution role: it must be there, trust Lambda, and it is looked up among the neighbours' own roles."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tutor.region.operations.refusal import invalid

if TYPE_CHECKING:
    from tutor.region.region import Region

_LAMBDA = "lambda.amazonaws.com"
_ASSUMING = ("sts:assumerole", "sts:*", "*")


def check_role(region: "Region", arn: str) -> None:
    """Refuse a role that is not there or does not trust Lambda. Raises ``ServiceError``."""
    trust = _trust(region, arn)
    if trust is None or not trusts(trust):
        raise invalid("The role defined for the function cannot be assumed by Lambda.")


def _trust(region: "Region", arn: str) -> Mapping[str, Any] | None:
    """The role's trust policy, None where there is no such role."""
    from botocore.exceptions import ClientError

    client = region.neighbours.client("iam")
    try:
        role = client.get_role(RoleName=arn.rpartition("/")[2])["Role"]
    except ClientError:
        return None
    policy: Mapping[str, Any] | None = role["AssumeRolePolicyDocument"] if role["Arn"] == arn else None
    return policy


def trusts(policy: Mapping[str, Any]) -> bool:
    """Whether a trust policy lets Lambda assume the role. Conditions are taken as met."""
    speak = [each for each in _list(policy.get("Statement")) if _names_lambda(each)]
    return any(each.get("Effect") == "Allow" for each in speak) and not any(
        each.get("Effect") == "Deny" and not each.get("Condition") for each in speak
    )


def _names_lambda(statement: Mapping[str, Any]) -> bool:
    principal = statement.get("Principal", {})
    services = _list(principal.get("Service")) if isinstance(principal, Mapping) else []
    actions = [str(action).lower() for action in _list(statement.get("Action"))]
    return (_LAMBDA in services or principal == "*") and any(action in _ASSUMING for action in actions)


def _list(value: Any) -> Sequence[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
