"""The service's words for what the model forbids, as they were recorded."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.fakes.quotas import QUOTAS
from tutor.awslambda.function import FunctionConfiguration, check_configuration
from tutor.errors import ServiceError
from tutor.region.api.constraints import check
from tutor.region.api.model import service_model
from tutor.region.api.rule import compile_pattern

ROLE = "arn:aws:iam::123456789012:role/r"
FUNCTION: Mapping[str, Any] = {"FunctionName": "f", "Role": ROLE, "Code": {}}
OF_LAYER_ARN = str(service_model().shape_for("LayerVersionArn").metadata["pattern"])

RECORDED: list[tuple[str, Mapping[str, Any], str]] = [
    (
        "CreateFunction",
        {**FUNCTION, "Role": "r1"},
        r"Value 'r1' at 'role' failed to satisfy constraint: Member must satisfy regular expression pattern: "
        r"arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+",
    ),
    (
        "CreateFunction",
        {**FUNCTION, "Architectures": ["x86_64", "arm64"]},
        "Value '[x86_64, arm64]' at 'architectures' failed to satisfy constraint: "
        "Member must have length less than or equal to 1",
    ),
    (
        "CreateFunction",
        {**FUNCTION, "Architectures": ["X86_64"]},
        "Value '[X86_64]' at 'architectures' failed to satisfy constraint: Member must satisfy constraint: "
        "[Member must satisfy enum value set: [x86_64, arm64], Member must not be null]",
    ),
    (
        "CreateFunction",
        {**FUNCTION, "Layers": ["l"]},
        "Value '[l]' at 'layers' failed to satisfy constraint: Member must satisfy constraint: [Member must have "
        "length less than or equal to 2048, Member must have length greater than or equal to 1, Member must satisfy "
        f"regular expression pattern: {OF_LAYER_ARN}, Member must not be null]",
    ),
    (
        "CreateFunction",
        {**FUNCTION, "VpcConfig": {"SubnetIds": ["bad"]}},
        "Value '[bad]' at 'vpcConfig.subnetIds' failed to satisfy constraint: Member must satisfy constraint: [Member "
        "must have length less than or equal to 1024, Member must have length greater than or equal to 0, Member must "
        "satisfy regular expression pattern: subnet-[0-9a-z]*]",
    ),
    (
        "CreateFunction",
        {**FUNCTION, "SnapStart": {"ApplyOn": "invalidOption"}},
        "Value 'invalidOption' at 'snapStart.applyOn' failed to satisfy constraint: "
        "Member must satisfy enum value set: [PublishedVersions, None]",
    ),
    (
        "UpdateAlias",
        {"FunctionName": "f", "Name": "a", "RoutingConfig": {"AdditionalVersionWeights": {"2": 2.0}}},
        "Value '{2=2.0}' at 'routingConfig.additionalVersionWeights' failed to satisfy constraint: Map value must "
        "satisfy constraint: [Member must have value less than or equal to 1.0, Member must have value greater than or "
        "equal to 0.0, Member must not be null]",
    ),
    (
        "UpdateAlias",
        {"FunctionName": "f", "Name": "a", "RoutingConfig": {"AdditionalVersionWeights": {"$LATEST": 0.5}}},
        "Value '{$LATEST=0.5}' at 'routingConfig.additionalVersionWeights' failed to satisfy constraint: Map keys must "
        "satisfy constraint: [Member must have length less than or equal to 1024, Member must have length greater than "
        "or equal to 1, Member must satisfy regular expression pattern: [0-9]+]",
    ),
    (
        "CreateAlias",
        {"FunctionName": "f", "Name": "2024", "FunctionVersion": "1"},
        "Value '2024' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: "
        "(?!^[0-9]+$)([a-zA-Z0-9-_]+)",
    ),
    (
        "CreateFunctionUrlConfig",
        {"FunctionName": "f", "AuthType": "NONE", "InvokeMode": "UNKNOWN"},
        "Value 'UNKNOWN' at 'invokeMode' failed to satisfy constraint: "
        "Member must satisfy enum value set: [RESPONSE_STREAM, BUFFERED]",
    ),
    (
        "CreateFunctionUrlConfig",
        {"FunctionName": "f", "AuthType": "NONE", "Qualifier": "$LATEST"},
        r"Value '$LATEST' at 'qualifier' failed to satisfy constraint: Member must satisfy regular expression pattern: "
        r"((?!^\d+$)^[0-9a-zA-Z-_]+$)",
    ),
    (
        "PutProvisionedConcurrencyConfig",
        {"FunctionName": "f", "Qualifier": "1", "ProvisionedConcurrentExecutions": 0},
        "Value '0' at 'provisionedConcurrentExecutions' failed to satisfy constraint: "
        "Member must have value greater than or equal to 1",
    ),
    (
        "PutFunctionRecursionConfig",
        {"FunctionName": "f", "RecursiveLoop": "InvalidValue"},
        "Value 'InvalidValue' at 'recursiveLoop' failed to satisfy constraint: "
        "Member must satisfy enum value set: [Terminate, Allow]",
    ),
    (
        "CreateEventSourceMapping",
        {"FunctionName": "f", "StartingPosition": "invalid"},
        "Value 'invalid' at 'startingPosition' failed to satisfy constraint: "
        "Member must satisfy enum value set: [LATEST, AT_TIMESTAMP, TRIM_HORIZON]",
    ),
    (
        "UntagResource",
        {"Resource": "arn:aws:lambda:us-east-1:123456789012:function:f"},
        "Value null at 'tagKeys' failed to satisfy constraint: Member must not be null",
    ),
    (
        "AddLayerVersionPermission",
        {"LayerName": "l", "VersionNumber": 1, "StatementId": "s", "Action": "*", "Principal": "*"},
        "Value '*' at 'action' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: lambda:GetLayerVersion",
    ),
    (
        "ListFunctions",
        {"FunctionVersion": "invalid"},
        "Value 'invalid' at 'functionVersion' failed to satisfy constraint: Member must satisfy enum value set: [ALL]",
    ),
]


def refused(operation: str, parameters: Mapping[str, Any]) -> str:
    with pytest.raises(ServiceError) as refusal:
        check(operation, parameters)
    assert refusal.value.code == "ValidationException"
    return refusal.value.message


@pytest.mark.parametrize(("operation", "parameters", "text"), RECORDED)
def test_one_error_is_told_as_recorded(operation: str, parameters: Mapping[str, Any], text: str) -> None:
    """The text is the service's, to the letter."""
    assert refused(operation, parameters) == f"1 validation error detected: {text}"


def test_all_that_is_wrong_is_told_at_once() -> None:
    """Two errors stand in one answer, joined by a semicolon, and are counted."""
    given = {"LayerName": "l", "Content": {}, "CompatibleArchitectures": ["a"], "CompatibleRuntimes": ["r"]}
    told = refused("PublishLayerVersion", given)
    assert told.startswith("2 validation errors detected: Value '[a]' at 'compatibleArchitectures' failed to satisfy ")
    assert "; Value '[r]' at 'compatibleRuntimes' failed to satisfy constraint: Member must satisfy enum value" in told


def test_a_member_of_a_structure_in_a_list_has_its_place() -> None:
    """An element's member is told by the element's number, from one."""
    given = {"FunctionName": "f", "FileSystemConfigs": [{"Arn": "x"}]}
    told = refused("UpdateFunctionConfiguration", given)
    assert "Value null at 'fileSystemConfigs.1.member.localMountPath' failed" in told


def test_what_is_sensitive_is_not_shown() -> None:
    """Environment variables are never written into an error."""
    told = refused("CreateFunction", {**FUNCTION, "Environment": {"Variables": {"1": "secret"}}})
    assert told == (
        "1 validation error detected: Value at 'environment.variables' failed to satisfy constraint: Map keys must "
        "satisfy constraint: [Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+]"
    )


def test_the_runtime_is_judged_by_the_operation() -> None:
    """The service has an error of its own for a runtime that it does not know."""
    check("CreateFunction", {**FUNCTION, "Runtime": "python9.99"})


def test_tags_may_have_letters_of_any_script() -> None:
    """The model's Unicode properties mean what they mean in Java."""
    arn = "arn:aws:lambda:us-east-1:123456789012:function:f"
    check("TagResource", {"Resource": arn, "Tags": {"größe 大きさ_１": "x"}})
    assert "'tags'" in refused("TagResource", {"Resource": arn, "Tags": {"a!": "x"}})


def test_every_pattern_of_the_model_can_be_matched() -> None:
    """A new botocore's patterns are known to be understood, or this fails."""
    for name in service_model().shape_names:
        pattern = service_model().shape_for(name).metadata.get("pattern")
        if pattern is not None:
            compile_pattern(pattern)


@pytest.mark.parametrize(
    ("settings", "parameters"),
    [
        ({"memory_size": 100}, {"MemorySize": 100}),
        ({"timeout": 0}, {"Timeout": 0}),
        ({"ephemeral_storage": 511}, {"EphemeralStorage": {"Size": 511}}),
        ({"handler": "a b"}, {"Handler": "a b"}),
        ({"handler": "x" * 129}, {"Handler": "x" * 129}),
        ({"logging_format": "XML"}, {"LoggingConfig": {"LogFormat": "XML"}}),
    ],
)
def test_the_rules_without_a_model_say_the_same(settings: Mapping[str, Any], parameters: Mapping[str, Any]) -> None:
    """What is invoked without the region is refused in the same words."""
    usual = {"handler": "m.f", "memory_size": 128, "timeout": 3, "ephemeral_storage": 512, "runtime": "python3.12"}
    with pytest.raises(ServiceError) as pure:
        check_configuration(FunctionConfiguration(**{**usual, **settings}), QUOTAS)
    assert pure.value.message == refused("CreateFunction", {**FUNCTION, **parameters})
