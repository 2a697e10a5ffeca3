"""Code signing configurations, and that nothing unsigned comes into a function that enforces one."""

from typing import Any

from tests.region.operations.material import ARN, CODE, OTHER, ROLE, Create, refusal
from tutor.region.region import Region

PUBLISHERS = {"SigningProfileVersionArns": ["arn:aws:signer:us-east-1:123456789012:/signing-profiles/test"]}
NOWHERE = f"{ARN}:code-signing-config:csc-{'0' * 17}"


def make(client: Any, policy: str = "Warn", **settings: Any) -> str:
    """A configuration's ARN."""
    policies = {"UntrustedArtifactOnDeployment": policy}
    made = client.create_code_signing_config(AllowedPublishers=PUBLISHERS, CodeSigningPolicies=policies, **settings)
    return str(made["CodeSigningConfig"]["CodeSigningConfigArn"])


def test_the_life_of_a_configuration(client: Any, create: Create) -> None:
    """Made, changed, given to a function, listed both ways, taken away again, deleted."""
    create()
    arn = make(client, "Enforce", Description="ours", Tags={"a": "1"})
    changed = client.update_code_signing_config(
        CodeSigningConfigArn=arn, CodeSigningPolicies={"UntrustedArtifactOnDeployment": "Warn"}
    )["CodeSigningConfig"]
    assert (changed["Description"], changed["AllowedPublishers"]) == ("ours", PUBLISHERS)
    assert client.get_code_signing_config(CodeSigningConfigArn=arn)["CodeSigningConfig"] == changed
    assert client.list_tags(Resource=arn)["Tags"] == {"a": "1"}
    both = {"FunctionName": "fn", "CodeSigningConfigArn": arn}
    assert "CodeSigningConfigArn" not in client.get_function_code_signing_config(FunctionName="fn")
    client.put_function_code_signing_config(**both)
    found = client.get_function_code_signing_config(FunctionName="fn")
    assert {member: found[member] for member in both} == both
    users = client.list_functions_by_code_signing_config(CodeSigningConfigArn=arn)["FunctionArns"]
    assert users == [f"{ARN}:function:fn"]
    assert "in use" in refusal(client.delete_code_signing_config, CodeSigningConfigArn=arn)
    client.delete_function_code_signing_config(FunctionName="fn")
    client.delete_code_signing_config(CodeSigningConfigArn=arn)
    assert client.list_code_signing_configs()["CodeSigningConfigs"] == []


def test_what_is_not_there(client: Any, create: Create) -> None:
    """The service's two texts for a missing configuration, and the function's own before them or after."""
    create()
    missing = f"ResourceNotFoundException: The Lambda code signing configuration {NOWHERE} can not be found."
    for call in (
        client.get_code_signing_config,
        client.update_code_signing_config,
        client.delete_code_signing_config,
        client.list_functions_by_code_signing_config,
    ):
        assert refusal(call, CodeSigningConfigArn=NOWHERE) == missing
    for name in ("fn", "gone"):
        assert refusal(client.put_function_code_signing_config, FunctionName=name, CodeSigningConfigArn=NOWHERE) == (
            "CodeSigningConfigNotFoundException: The code signing configuration cannot be found. "
            f"Check that the provided configuration is not deleted: {NOWHERE}."
        )
    gone = f"ResourceNotFoundException: Function not found: {ARN}:function:gone"
    arn = make(client)
    assert refusal(client.put_function_code_signing_config, FunctionName="gone", CodeSigningConfigArn=arn) == gone
    assert refusal(client.get_function_code_signing_config, FunctionName="gone") == gone
    assert refusal(client.delete_function_code_signing_config, FunctionName="gone") == gone


def test_enforced_signatures_keep_code_out(client: Any, create: Create, region: Region) -> None:
    """With Enforce no unsigned code is taken, neither at creation nor later; with Warn it is."""
    enforcing = make(client, "Enforce")
    told = refusal(
        client.create_function, FunctionName="fn", Runtime="python3.13", Handler="a.b", Role=ROLE,
        Code={"ZipFile": CODE}, CodeSigningConfigArn=enforcing,
    )  # fmt: skip
    assert told.startswith("CodeVerificationFailedException: ")
    assert client.list_functions()["Functions"] == []
    assert client.list_functions_by_code_signing_config(CodeSigningConfigArn=enforcing)["FunctionArns"] == []
    create(CodeSigningConfigArn=make(client, "Warn"))
    client.update_function_code(FunctionName="fn", ZipFile=OTHER)
    region.clock.drain(10)
    client.put_function_code_signing_config(FunctionName="fn", CodeSigningConfigArn=enforcing)
    assert refusal(client.update_function_code, FunctionName="fn", ZipFile=CODE) == told
