"""Resource policies: statements exactly as recorded, the policy's life and limit, and an action for every operation."""

import json

import boto3
import pytest

from tests.awslambda.refusal import refused
from tests.fakes.quotas import QUOTAS
from tutor.awslambda.names import FunctionName
from tutor.awslambda.permission import (
    action_of,
    add,
    check_policy_target,
    is_public,
    not_authorized,
    parse_policy,
    policy_missing,
    remove,
    resource_of,
    role_cannot_be_assumed,
    role_may_not,
    statement,
)

ARN = "arn:aws:lambda:us-east-1:123456789012:function:fn"


def request(**members: object) -> dict[str, object]:
    return {"StatementId": "s", "Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com", **members}


def test_a_bucket_may_invoke() -> None:
    """The recorded statement, member by member and in order."""
    made = statement(ARN, request(StatementId="s3", SourceArn="arn:aws:s3:::b"))
    assert json.dumps(made) == json.dumps(
        {
            "Sid": "s3",
            "Effect": "Allow",
            "Principal": {"Service": "s3.amazonaws.com"},
            "Action": "lambda:InvokeFunction",
            "Resource": ARN,
            "Condition": {"ArnLike": {"AWS:SourceArn": "arn:aws:s3:::b"}},
        }
    )


@pytest.mark.parametrize(
    ("principal", "written"),
    [
        ("*", "*"),
        ("123456789012", {"AWS": "arn:aws:iam::123456789012:root"}),
        ("arn:aws:iam::123456789012:user/u", {"AWS": "arn:aws:iam::123456789012:user/u"}),
        ("arn:aws:iam::123456789012:role/path/r", {"AWS": "arn:aws:iam::123456789012:role/path/r"}),
        ("events.amazonaws.com", {"Service": "events.amazonaws.com"}),
        ("alexa-appkit.amazon.com", {"Service": "alexa-appkit.amazon.com"}),
    ],
)
def test_every_kind_of_principal(principal: str, written: object) -> None:
    """Everyone, an account, a user or role, a service."""
    made = statement(ARN, request(Principal=principal))
    assert made["Principal"] == written
    assert "Condition" not in made


@pytest.mark.parametrize("principal", ["invalid.nonaws.com", "me", "arn:aws:s3:::b", "12345", "amazonaws.com.evil"])
def test_what_is_no_principal(principal: str) -> None:
    """Recorded text."""
    text = "The provided principal was invalid. Please check the principal and try again."
    assert refused(statement, ARN, request(Principal=principal)) == ("InvalidParameterValueException", text)


def test_every_condition_has_its_key() -> None:
    """As recorded: account, organisation and URL type by StringEquals, the source by ArnLike, the URL by Bool."""
    members = {
        "SourceAccount": "123456789012", "PrincipalOrgID": "o-1234567890", "FunctionUrlAuthType": "NONE",
        "SourceArn": "arn:aws:s3:::b", "InvokedViaFunctionUrl": True, "EventSourceToken": "amzn1.ask",
    }  # fmt: skip
    assert statement(ARN, request(**members))["Condition"] == {
        "StringEquals": {
            "AWS:SourceAccount": "123456789012",
            "lambda:EventSourceToken": "amzn1.ask",
            "lambda:FunctionUrlAuthType": "NONE",
            "aws:PrincipalOrgID": "o-1234567890",
        },
        "Bool": {"lambda:InvokedViaFunctionUrl": "true"},
        "ArnLike": {"AWS:SourceArn": "arn:aws:s3:::b"},
    }


def test_a_policy_grows_and_shrinks() -> None:
    """An id once; the last statement takes the policy with it; recorded texts."""
    one, two = statement(ARN, request(StatementId="s1")), statement(ARN, request(StatementId="s2"))
    policy = add(None, one, 20480)
    assert policy == {"Version": "2012-10-17", "Id": "default", "Statement": [one]}
    both = add(policy, two, 20480)
    assert remove(both, "s1") == {**policy, "Statement": [two]}
    assert remove(policy, "s1") is None
    assert refused(add, policy, one, 20480) == (
        "ResourceConflictException",
        "The statement id (s1) provided already exists. Please provide a new statement id, or remove the existing "
        "statement.",
    )
    missing = "Statement nope is not found in resource policy."
    assert refused(remove, policy, "nope") == ("ResourceNotFoundException", missing)
    assert refused(remove, None, "s1")[1] == "No policy is associated with the given resource."
    assert policy_missing().message == "The resource you requested does not exist."


def test_a_policy_has_twenty_kilobytes() -> None:
    """The limit counts the JSON of the whole policy."""
    most, policy = QUOTAS.resource_policy_size, add(None, statement(ARN, request(StatementId="first")), 20480)
    empty = statement(ARN, request(StatementId=""))
    used = len(json.dumps(policy, separators=(",", ":"))) + len(json.dumps(empty, separators=(",", ":"))) + 1
    add(policy, {**empty, "Sid": "x" * (most - used)}, most)
    code, text = refused(add, policy, {**empty, "Sid": "x" * (most - used + 1)}, most)
    assert code == "PolicyLengthExceededException"
    assert text == "The final policy size (20481) is bigger than the limit (20480)."


def test_latest_has_no_policy_of_its_own() -> None:
    """Recorded text; the function itself, a version and an alias may have one."""
    for qualifier in (None, "1", "PROD"):
        check_policy_target(FunctionName("fn", qualifier))
    text = "We currently do not support adding policies for $LATEST."
    assert refused(check_policy_target, FunctionName("fn", "$LATEST"))[1] == text


def test_a_whole_policy_is_parsed_and_a_public_one_refused() -> None:
    """PutResourcePolicy: JSON with statements, not too long, not open to everyone."""
    good = {"Statement": {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "lambda:*"}}
    assert parse_policy(json.dumps(good), QUOTAS)["Statement"] == [good["Statement"]]
    for odd in ("{", "[]", "{}", '{"Statement": [1]}', '{"Statement": [{"Effect": "Maybe"}]}'):
        assert refused(parse_policy, odd, QUOTAS)[0] == "InvalidParameterValueException"
    open_to_all = {"Effect": "Allow", "Principal": "*", "Action": "lambda:InvokeFunction"}
    assert refused(parse_policy, json.dumps({"Statement": [open_to_all]}), QUOTAS)[0] == "PublicPolicyException"
    narrowed = {**open_to_all, "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}}}
    assert not is_public({"Statement": [narrowed, {**open_to_all, "Effect": "Deny"}]})
    long = {"Statement": [{**good["Statement"], "Sid": "x" * 20480}]}
    assert refused(parse_policy, json.dumps(long), QUOTAS)[0] == "PolicyLengthExceededException"


def test_every_operation_has_an_action() -> None:
    """The operation's own name but for three; what cannot be narrowed is checked on everything."""
    operations = boto3.client("lambda", region_name="us-east-1").meta.service_model.operation_names
    actions = {operation: action_of(operation) for operation in operations}
    differing = {name: action for name, action in actions.items() if action != f"lambda:{name}"}
    assert differing == {
        "Invoke": "lambda:InvokeFunction",
        "InvokeWithResponseStream": "lambda:InvokeFunction",
        "GetLayerVersionByArn": "lambda:GetLayerVersion",
    }
    assert resource_of("ListFunctions", ARN) == "*" == resource_of("GetFunction", None)
    assert resource_of("GetFunction", ARN) == ARN


def test_refusals_of_roles_and_callers() -> None:
    """Texts of a role without trust, a role without a right, and a caller without one."""
    assert role_cannot_be_assumed().message == "The role defined for the function cannot be assumed by Lambda."
    text = "The provided execution role does not have permissions to call ReceiveMessage on SQS"
    assert role_may_not("ReceiveMessage", "SQS").message == text
    denied = not_authorized("arn:aws:iam::123456789012:user/dev", "lambda:InvokeFunction", ARN)
    assert (denied.code, denied.message) == (
        "AccessDeniedException",
        "User: arn:aws:iam::123456789012:user/dev is not authorized to perform: lambda:InvokeFunction "
        f"on resource: {ARN}",
    )
