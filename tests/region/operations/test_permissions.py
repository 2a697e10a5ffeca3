"""Resource policies: statements come and go, and whom they name may invoke, nobody else."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.region.conftest import TRUST, Clients, a_function, a_role
from tutor.region.region import Region

CODE = "def handler(event, context):\n    return 'ran'\n"


@pytest.fixture
def functions(region: Region, served: Clients) -> Any:
    """Lambda, with a function ``f``."""
    a_function(region, CODE)
    return served("lambda")


def code_of(refused: pytest.ExceptionInfo[ClientError]) -> tuple[str, str]:
    error = refused.value.response["Error"]
    return error["Code"], error["Message"]


def test_a_statement_is_added_read_and_removed(functions: Any) -> None:
    """The statement has AWS's members; a second one of its id is refused; without statements there is no policy."""
    made = functions.add_permission(
        FunctionName="f",
        StatementId="s3",
        Action="lambda:InvokeFunction",
        Principal="s3.amazonaws.com",
        SourceArn="arn:aws:s3:::bucket",
        SourceAccount="123456789012",
    )
    statement = json.loads(made["Statement"])
    assert statement == {
        "Sid": "s3",
        "Effect": "Allow",
        "Principal": {"Service": "s3.amazonaws.com"},
        "Action": "lambda:InvokeFunction",
        "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f",
        "Condition": {
            "StringEquals": {"AWS:SourceAccount": "123456789012"},
            "ArnLike": {"AWS:SourceArn": "arn:aws:s3:::bucket"},
        },
    }
    assert json.loads(functions.get_policy(FunctionName="f")["Policy"])["Statement"] == [statement]
    with pytest.raises(ClientError) as refused:
        functions.add_permission(
            FunctionName="f", StatementId="s3", Action="lambda:InvokeFunction", Principal="sns.amazonaws.com"
        )
    assert code_of(refused) == (
        "ResourceConflictException",
        "The statement id (s3) provided already exists. Please provide a new statement id, or remove the existing "
        "statement.",
    )
    functions.remove_permission(FunctionName="f", StatementId="s3")
    with pytest.raises(ClientError) as gone:
        functions.get_policy(FunctionName="f")
    assert code_of(gone)[0] == "ResourceNotFoundException"


def test_a_policy_belongs_to_its_qualifier(functions: Any) -> None:
    """An alias has a policy of its own; what has none is not found."""
    functions.publish_version(FunctionName="f")
    functions.create_alias(FunctionName="f", Name="prod", FunctionVersion="1")
    functions.add_permission(
        FunctionName="f", Qualifier="prod", StatementId="one", Action="lambda:InvokeFunction", Principal="123456789012"
    )
    policy = json.loads(functions.get_policy(FunctionName="f:prod")["Policy"])
    assert policy["Statement"][0]["Resource"].endswith("function:f:prod")
    with pytest.raises(ClientError):
        functions.get_policy(FunctionName="f")


def test_each_call_names_what_is_missing_in_its_own_words(functions: Any) -> None:
    """Reading knows one answer for everything; adding and removing tell function, version and alias apart."""
    arn = "arn:aws:lambda:us-east-1:123456789012:function"
    one = {"StatementId": "one", "Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com"}
    told = [
        (functions.get_policy, {"FunctionName": "gone"}, "The resource you requested does not exist."),
        (functions.get_policy, {"FunctionName": "f:7"}, "The resource you requested does not exist."),
        (functions.add_permission, {"FunctionName": "gone", **one}, f"Function not found: {arn}:gone"),
        (functions.add_permission, {"FunctionName": "f:7", **one}, f"Function not found: {arn}:f:7"),
        (functions.add_permission, {"FunctionName": "f:old", **one}, f"Cannot find alias arn: {arn}:f:old"),
        (
            functions.remove_permission,
            {"FunctionName": "gone", "StatementId": "one"},
            f"No policy found for: {arn}:gone",
        ),
        (
            functions.remove_permission,
            {"FunctionName": "f", "Qualifier": "old", "StatementId": "one"},
            f"Cannot find alias arn: {arn}:f:old",
        ),
    ]
    for call, parameters, text in told:
        with pytest.raises(ClientError) as refused:
            call(**parameters)
        assert code_of(refused) == ("ResourceNotFoundException", text)


def test_a_first_statement_is_guarded_by_the_revision_of_its_target(functions: Any) -> None:
    """Before an alias has a policy its own RevisionId counts, afterwards the policy's."""
    functions.publish_version(FunctionName="f")
    seen = functions.create_alias(FunctionName="f", Name="prod", FunctionVersion="1")["RevisionId"]

    def add(sid: str, revision: str) -> None:
        functions.add_permission(
            FunctionName="f:prod",
            StatementId=sid,
            Action="lambda:InvokeFunction",
            Principal="s3.amazonaws.com",
            RevisionId=revision,
        )

    with pytest.raises(ClientError) as refused:
        add("one", "other")
    assert code_of(refused)[0] == "PreconditionFailedException"
    add("one", seen)
    with pytest.raises(ClientError):
        add("two", seen)
    add("two", functions.get_policy(FunctionName="f:prod")["RevisionId"])


def test_a_whole_policy_is_put_with_its_revision(functions: Any) -> None:
    """The document is replaced only by who has seen it; one that lets everybody in is refused."""
    arn = functions.get_function(FunctionName="f")["Configuration"]["FunctionArn"]
    statement = {
        "Sid": "a",
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
        "Action": "lambda:InvokeFunction",
        "Resource": arn,
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    first = functions.put_resource_policy(ResourceArn=arn, Policy=document)["RevisionId"]
    assert functions.get_resource_policy(ResourceArn=arn)["RevisionId"] == first
    functions.put_resource_policy(ResourceArn=arn, Policy=document, RevisionId=first)
    with pytest.raises(ClientError) as stale:
        functions.put_resource_policy(ResourceArn=arn, Policy=document, RevisionId=first)
    assert code_of(stale)[0] == "PreconditionFailedException"
    public = json.dumps({"Version": "2012-10-17", "Statement": [{**statement, "Principal": "*"}]})
    with pytest.raises(ClientError) as refused:
        functions.put_resource_policy(ResourceArn=arn, Policy=public)
    assert code_of(refused)[0] == "PublicPolicyException"
    functions.delete_resource_policy(ResourceArn=arn)
    with pytest.raises(ClientError):
        functions.get_resource_policy(ResourceArn=arn)


def user(region: Region, name: str, statements: list[dict[str, Any]]) -> tuple[str, str]:
    """A user's key and secret; the user may do what the statements say."""
    iam = region.client("iam")
    iam.create_user(UserName=name)
    if statements:
        document = json.dumps({"Version": "2012-10-17", "Statement": statements})
        iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=document)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return key["AccessKeyId"], key["SecretAccessKey"]


def test_a_user_may_what_a_policy_allows(region: Region, served: Clients, functions: Any) -> None:
    """Without a policy a user is refused in AWS's words; the user's own policy or the function's lets them in."""
    key, secret = user(region, "ada", [])
    as_ada = served("lambda", key=key, secret=secret)
    with pytest.raises(ClientError) as refused:
        as_ada.invoke(FunctionName="f")
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    code, text = code_of(refused)
    assert code == "AccessDeniedException"
    assert text.startswith(
        "User: arn:aws:iam::123456789012:user/ada is not authorized to perform: lambda:InvokeFunction on resource: "
        "arn:aws:lambda:us-east-1:123456789012:function:f"
    )
    functions.add_permission(
        FunctionName="f",
        StatementId="ada",
        Action="lambda:InvokeFunction",
        Principal="arn:aws:iam::123456789012:user/ada",
    )
    assert as_ada.invoke(FunctionName="f")["Payload"].read() == b'"ran"'
    with pytest.raises(ClientError):
        as_ada.get_function(FunctionName="f")
    key, secret = user(region, "ben", [{"Effect": "Allow", "Action": "lambda:Get*", "Resource": "*"}])
    as_ben = served("lambda", key=key, secret=secret)
    assert as_ben.get_function(FunctionName="f")["Configuration"]["FunctionName"] == "f"
    with pytest.raises(ClientError):
        as_ben.delete_function(FunctionName="f")


@pytest.mark.parametrize("kind", ["role", "user"])
def test_a_principal_of_this_account_must_be_there(region: Region, functions: Any, kind: str) -> None:
    """A role or a user that was never made is no principal, one that is there is; other accounts' are taken."""
    a_role(region, "there", {})
    user(region, "there", [])

    def add(account: str, name: str) -> Any:
        return functions.add_permission(
            FunctionName="f",
            StatementId=f"{account}-{name}",
            Action="lambda:InvokeFunction",
            Principal=f"arn:aws:iam::{account}:{kind}/{name}",
        )

    with pytest.raises(ClientError) as refused:
        add("123456789012", "never-made")
    text = "The provided principal was invalid. Please check the principal and try again."
    assert code_of(refused) == ("InvalidParameterValueException", text)
    with pytest.raises(ClientError):
        functions.get_policy(FunctionName="f")
    assert "there" in add("123456789012", "there")["Statement"]
    assert "unknown" in add("999999999999", "unknown")["Statement"]


def test_a_wrong_secret_is_no_key(region: Region, served: Clients, functions: Any) -> None:
    """A key that the region gave out is held to its secret."""
    key, _ = user(region, "ada", [{"Effect": "Allow", "Action": "*", "Resource": "*"}])
    with pytest.raises(ClientError) as refused:
        served("lambda", key=key, secret="guessed").list_functions()
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_a_role_is_assumed_and_held_to_its_policy(region: Region, served: Clients, functions: Any) -> None:
    """Credentials of AssumeRole act as the role's session, and may what the role may."""
    iam = region.client("iam")
    trust = {**TRUST, "Statement": [{**TRUST["Statement"][0], "Principal": {"AWS": "*"}}]}  # type: ignore[dict-item]
    role = iam.create_role(RoleName="reader", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    given = served("sts").assume_role(RoleArn=role, RoleSessionName="me")["Credentials"]
    assert given["AccessKeyId"].startswith("ASIA")
    import boto3

    reader = boto3.client(
        "lambda",
        region_name="us-east-1",
        endpoint_url=region.endpoint,
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
    )
    with pytest.raises(ClientError) as refused:
        reader.list_functions()
    assert "assumed-role/reader/me is not authorized to perform: lambda:ListFunctions" in code_of(refused)[1]
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "lambda:List*", "Resource": "*"}]}
    iam.put_role_policy(RoleName="reader", PolicyName="list", PolicyDocument=json.dumps(document))
    assert [one["FunctionName"] for one in reader.list_functions()["Functions"]] == ["f"]
