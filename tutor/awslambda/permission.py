"""Resource policies: the statement that AddPermission makes, the document, its limit, and the action of an operation.

Evaluation is not here: this says what stands in a policy, not what follows from it.
Source: API reference, AddPermission; service authorization reference; statements and texts as recorded.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from tutor.awslambda.names import FunctionName
from tutor.awslambda.quotas import Quotas
from tutor.errors import ServiceError

Statement = dict[str, Any]

_ACCOUNT = re.compile(r"\d{12}")
_SERVICE = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.(amazonaws\.com(\.cn)?|amazon\.com)")
_ARN = re.compile(r"arn:aws[a-zA-Z-]*:(iam|sts)::\d{12}:(root|(user|role|assumed-role|federated-user)/\S+)")

_EXCEPTIONS = {
    "Invoke": "InvokeFunction",
    "InvokeWithResponseStream": "InvokeFunction",
    "GetLayerVersionByArn": "GetLayerVersion",
}

_ANY_RESOURCE = frozenset(
    {
        "CreateCodeSigningConfig", "CreateEventSourceMapping", "GetAccountSettings", "ListCodeSigningConfigs",
        "ListEventSourceMappings", "ListFunctions", "ListLayerVersions", "ListLayers", "CreateCapacityProvider",
        "ListCapacityProviders",
    }
)  # fmt: skip
"""Operations whose permission cannot be narrowed to one resource: they are checked against ``*``."""


def action_of(operation: str) -> str:
    """The action that one needs to be allowed for an operation of the API: ``lambda:InvokeFunction`` for Invoke."""
    return f"lambda:{_EXCEPTIONS.get(operation, operation)}"


def resource_of(operation: str, arn: str | None) -> str:
    """The resource that the action is checked on: the ARN that the request names, or ``*``."""
    return "*" if operation in _ANY_RESOURCE or not arn else arn


def statement(resource_arn: str, request: Mapping[str, Any], partition: str = "aws") -> Statement:
    """The statement that AddPermission (or AddLayerVersionPermission) adds for ``request``, with AWS's members.

    Raises ``ServiceError`` for a principal that is none.
    """
    made: Statement = {
        "Sid": request["StatementId"],
        "Effect": "Allow",
        "Principal": _principal(str(request["Principal"]), partition),
        "Action": request["Action"],
        "Resource": resource_arn,
    }
    condition = _condition(request)
    return {**made, "Condition": condition} if condition else made


def _principal(principal: str, partition: str) -> str | dict[str, str]:
    if principal == "*":
        return principal
    if _ACCOUNT.fullmatch(principal):
        return {"AWS": f"arn:{partition}:iam::{principal}:root"}
    if _ARN.fullmatch(principal):
        return {"AWS": principal}
    if _SERVICE.fullmatch(principal):
        return {"Service": principal}
    raise principal_invalid()


def principal_invalid() -> ServiceError:
    """400 for a principal that is none, and for a role or a user that is not there."""
    return _refuse("The provided principal was invalid. Please check the principal and try again.")


def named_identity(principal: str, account: str) -> str | None:
    """The ARN of the role or the user of ``account`` that a principal names; None for every other principal."""
    named = re.fullmatch(rf"arn:aws[a-zA-Z-]*:iam::{account}:(role|user)/\S+", principal)
    return principal if named else None


def _condition(request: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    equals = {
        "AWS:SourceAccount": request.get("SourceAccount"),
        "lambda:EventSourceToken": request.get("EventSourceToken"),
        "lambda:FunctionUrlAuthType": request.get("FunctionUrlAuthType"),
        "aws:PrincipalOrgID": request.get("PrincipalOrgID") or request.get("OrganizationId"),
    }
    via_url = request.get("InvokedViaFunctionUrl")
    operators = {
        "StringEquals": {key: value for key, value in equals.items() if value},
        "Bool": {} if via_url is None else {"lambda:InvokedViaFunctionUrl": "true" if via_url else "false"},
        "ArnLike": {"AWS:SourceArn": request["SourceArn"]} if request.get("SourceArn") else {},
    }
    return {operator: keys for operator, keys in operators.items() if keys}


def check_policy_target(name: FunctionName) -> None:
    """Refuse a policy on ``$LATEST`` by name; a function without a qualifier, a version and an alias can have one."""
    if name.qualifier is not None and name.is_latest:
        raise _refuse("We currently do not support adding policies for $LATEST.")


def add(policy: Mapping[str, Any] | None, new: Statement, most: int) -> dict[str, Any]:
    """The policy with one more statement. ``most``: its longest form, in bytes of JSON.

    Raises ``ServiceError`` for an id that is taken and for a policy that grows too long.
    """
    statements = list(policy["Statement"]) if policy else []
    if any(one["Sid"] == new["Sid"] for one in statements):
        text = (
            f"The statement id ({new['Sid']}) provided already exists. Please provide a new statement id, or remove "
            "the existing statement."
        )
        raise ServiceError("ResourceConflictException", text)
    grown = {"Version": "2012-10-17", "Id": "default", **(policy or {}), "Statement": [*statements, new]}
    check_length(grown, most)
    return grown


def check_length(policy: Mapping[str, Any], most: int) -> None:
    """Refuse a policy whose JSON is longer than ``most`` bytes."""
    size = len(json.dumps(policy, separators=(",", ":")).encode())
    if size > most:
        text = f"The final policy size ({size}) is bigger than the limit ({most})."
        raise ServiceError("PolicyLengthExceededException", text)


def remove(policy: Mapping[str, Any] | None, statement_id: str) -> dict[str, Any] | None:
    """The policy without one statement; None when that was the last. Raises ``ServiceError``: there is none."""
    if policy is None:
        raise ServiceError("ResourceNotFoundException", "No policy is associated with the given resource.")
    rest = [one for one in policy["Statement"] if one.get("Sid") != statement_id]
    if len(rest) == len(policy["Statement"]):
        text = f"Statement {statement_id} is not found in resource policy."
        raise ServiceError("ResourceNotFoundException", text)
    return {**policy, "Statement": rest} if rest else None


def policy_missing() -> ServiceError:
    """404 of GetPolicy, whatever is missing: function, qualifier or policy."""
    return ServiceError("ResourceNotFoundException", "The resource you requested does not exist.")


def policy_of_nothing(name: FunctionName) -> ServiceError:
    """404 of RemovePermission where the function itself is not there."""
    return ServiceError("ResourceNotFoundException", f"No policy found for: {name.arn}")


def parse_policy(document: str, quotas: Quotas) -> dict[str, Any]:
    """The document of PutResourcePolicy. Raises ``ServiceError``: no JSON, no statements, too long, or public."""
    try:
        policy = json.loads(document)
    except ValueError as error:
        raise _refuse(f"The resource policy is not valid JSON: {error}") from None
    statements = policy.get("Statement") if isinstance(policy, dict) else None
    statements = [statements] if isinstance(statements, dict) else statements
    if not isinstance(statements, list) or not all(_is_statement(one) for one in statements):
        raise _refuse("The resource policy must have statements with Effect, Principal and Action.")
    parsed = {"Version": "2012-10-17", **policy, "Statement": statements}
    check_length(parsed, quotas.resource_policy_size)
    if is_public(parsed):
        raise ServiceError("PublicPolicyException", "The resource policy allows public access, which is blocked.")
    return parsed


def _is_statement(one: object) -> bool:
    return isinstance(one, dict) and one.get("Effect") in ("Allow", "Deny") and {"Principal", "Action"} <= one.keys()


def is_public(policy: Mapping[str, Any]) -> bool:
    """Whether a statement lets everyone in without any condition on who it is."""
    return any(
        one["Effect"] == "Allow" and one["Principal"] in ("*", {"AWS": "*"}, {"AWS": ["*"]}) and not _narrowed(one)
        for one in policy["Statement"]
    )


def _narrowed(one: Mapping[str, Any]) -> bool:
    who = {"aws:sourceaccount", "aws:sourcearn", "aws:principalorgid", "aws:principalarn", "lambda:eventsourcetoken"}
    condition = one.get("Condition") or {}
    return any(key.lower() in who for keys in condition.values() if isinstance(keys, dict) for key in keys)


def role_cannot_be_assumed() -> ServiceError:
    """The execution role's trust policy does not name Lambda, or there is no such role."""
    return _refuse("The role defined for the function cannot be assumed by Lambda.")


def role_of_another_account() -> ServiceError:
    """403: a function's execution role is one of its own account."""
    return ServiceError("AccessDeniedException", "Cross-account pass role is not allowed.")


def role_may_not(call: str, service: str) -> ServiceError:
    """The execution role lacks what a setting needs: ``("ReceiveMessage", "SQS")``."""
    return _refuse(f"The provided execution role does not have permissions to call {call} on {service}")


def not_authorized(caller_arn: str, action: str, resource: str) -> ServiceError:
    """403 for a caller whom no policy allows the action."""
    text = f"User: {caller_arn} is not authorized to perform: {action} on resource: {resource}"
    return ServiceError("AccessDeniedException", text)


def _refuse(text: str) -> ServiceError:
    return ServiceError("InvalidParameterValueException", text)
