"""Environment variables under a key of the customer's: who may set it, who may read them, what a lost key means."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.region.conftest import Clients, a_function, a_role
from tutor.region.region import Region

VARIABLES = {"Variables": {"SECRET": "seen"}}
CODE = "import os\n\ndef handler(event, context):\n    return os.environ['SECRET']\n"


@pytest.fixture
def key(region: Region) -> str:
    """A KMS key's ARN."""
    return str(region.client("kms").create_key()["KeyMetadata"]["Arn"])


def a_user(region: Region, served: Clients, *actions: str) -> Any:
    """A Lambda client of somebody who may do all with functions, and these things beside."""
    iam = region.client("iam")
    iam.create_user(UserName="user")
    statement = {"Effect": "Allow", "Action": ["lambda:*", "iam:PassRole", *actions], "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_user_policy(UserName="user", PolicyName="p", PolicyDocument=document)
    made = iam.create_access_key(UserName="user")["AccessKey"]
    return served("lambda", key=made["AccessKeyId"], secret=made["SecretAccessKey"])


def test_variables_are_for_those_who_may_decrypt(region: Region, served: Clients, key: str) -> None:
    """The function has them, its role needs no right for it; a reader without the key is given an error instead."""
    role = a_role(region, "plain", {})
    a_function(region, CODE, role=role, Environment=VARIABLES, KMSKeyArn=key)
    functions = region.client("lambda")
    assert functions.invoke(FunctionName="f")["Payload"].read() == b'"seen"'
    assert functions.get_function_configuration(FunctionName="f")["Environment"] == VARIABLES
    reader = a_user(region, served)
    for answer in (
        reader.get_function(FunctionName="f")["Configuration"],
        reader.get_function_configuration(FunctionName="f"),
    ):
        error = answer["Environment"]["Error"]
        assert "Variables" not in answer["Environment"]
        assert error["ErrorCode"] == "AccessDeniedException"
        assert error["Message"].startswith("Lambda was unable to decrypt your environment variables")


def test_who_sets_a_key_must_be_able_to_use_it(region: Region, served: Clients, key: str) -> None:
    """Lambda makes a grant for the role in the caller's name; a key that is not there cannot be set at all."""
    a_function(region, CODE, Environment=VARIABLES)
    user = a_user(region, served, "kms:Encrypt")
    for client, arn, word in (
        (user, key, "AccessDeniedException"),
        (region.client("lambda"), key[:-4] + "0000", "NotFoundException"),
    ):
        with pytest.raises(ClientError) as refused:
            client.update_function_configuration(FunctionName="f", KMSKeyArn=arn)
        error = refused.value.response["Error"]
        assert error["Code"] == "InvalidParameterValueException"
        assert "because the KMS key is invalid for CreateGrant." in error["Message"]
        assert f"KMS Exception: {word} KMS Message: " in error["Message"]


def test_a_disabled_key_stops_new_environments(region: Region, key: str) -> None:
    """502 with the reason, where an environment would have to be made."""
    a_function(region, CODE, Environment=VARIABLES, KMSKeyArn=key)
    region.client("kms").disable_key(KeyId=key)
    with pytest.raises(ClientError) as refused:
        region.client("lambda").invoke(FunctionName="f")
    assert refused.value.response["Error"] == {
        "Code": "KMSDisabledException",
        "Message": "Lambda was unable to decrypt the environment variables because the KMS key used is disabled. "
        "Please check the function's KMS key settings.",
    }
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 502
