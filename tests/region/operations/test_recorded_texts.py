"""Refusals that were recorded from the real service, call by call: who checks what first shows in them too."""

from typing import Any

import pytest

from tests.region.operations.material import ARN, CODE, ROLE, Create, refusal

FUNCTION = {"FunctionName": "new", "Runtime": "python3.13", "Handler": "a.b", "Role": ROLE, "Code": {"ZipFile": CODE}}
INVALID = "InvalidParameterValueException: "
MISSING = "ResourceNotFoundException: Function not found: "
ONE = "ValidationException: 1 validation error detected: "
NAME = (
    r"(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?"
    r"(\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?"
)
DIFFERS = INVALID + "The derived qualifier from the function name does not match the specified qualifier."
WEIGHTS = "at 'routingConfig.additionalVersionWeights' failed to satisfy constraint: "

RECORDED: list[tuple[str, dict[str, Any], str]] = [
    (
        "create_function",
        {**FUNCTION, "Role": "r1"},
        ONE + "Value 'r1' at 'role' failed to satisfy constraint: Member must satisfy regular expression pattern: "
        r"arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+",
    ),
    (
        "create_function",
        {**FUNCTION, "Architectures": ["x86_64", "arm64"]},
        ONE + "Value '[x86_64, arm64]' at 'architectures' failed to satisfy constraint: "
        "Member must have length less than or equal to 1",
    ),
    (
        "create_function",
        {**FUNCTION, "Architectures": ["X86_64"]},
        ONE + "Value '[X86_64]' at 'architectures' failed to satisfy constraint: Member must satisfy constraint: "
        "[Member must satisfy enum value set: [x86_64, arm64], Member must not be null]",
    ),
    (
        "create_function",
        {**FUNCTION, "FunctionName": "a" * 65},
        f"{INVALID}1 validation error detected: Value '{'a' * 65}' at 'functionName' failed to satisfy constraint: "
        "Member must have length less than or equal to 64",
    ),
    (
        "create_function",
        {**FUNCTION, "FunctionName": "invalid:function:name"},
        ONE + "Value 'invalid:function:name' at 'functionName' failed to satisfy constraint: "
        f"Member must satisfy regular expression pattern: {NAME}",
    ),
    (
        "create_function",
        {**FUNCTION, "SnapStart": {"ApplyOn": "invalidOption"}},
        ONE + "Value 'invalidOption' at 'snapStart.applyOn' failed to satisfy constraint: "
        "Member must satisfy enum value set: [PublishedVersions, None]",
    ),
    (
        "create_function",
        {**FUNCTION, "Code": {"ZipFile": b"this is not a zip file, just a random string"}},
        INVALID + "Could not unzip uploaded file. Please check your file, then try to upload again.",
    ),
    ("create_function", {**FUNCTION, "FunctionName": "fn"}, "ResourceConflictException: Function already exist: fn"),
    (
        "get_function",
        {"FunctionName": f"{ARN}:function:some-function:$LATEST", "Qualifier": "$LATEST"},
        f"{MISSING}{ARN}:function:some-function:$LATEST",
    ),
    ("get_function", {"FunctionName": f"{ARN}:function:fn:$LATEST", "Qualifier": "1"}, DIFFERS),
    ("get_function", {"FunctionName": "fn", "Qualifier": "1221"}, f"{MISSING}{ARN}:function:fn:1221"),
    ("get_function", {"FunctionName": "fn:gone"}, f"{MISSING}{ARN}:function:fn:gone"),
    ("get_function", {"FunctionName": "function"}, f"{MISSING}{ARN}:function:function"),
    ("get_function", {"FunctionName": "my", "Qualifier": "$latest"}, f"{MISSING}{ARN}:function:my:$latest"),
    (
        "get_function",
        {"FunctionName": "my", "Qualifier": "a" * 129},
        f"{ONE}Value '{'a' * 129}' at 'qualifier' failed to satisfy constraint: "
        "Member must have length less than or equal to 128",
    ),
    ("delete_function", {"FunctionName": "my", "Qualifier": "$latest"}, f"{MISSING}{ARN}:function:my"),
    (
        "delete_function",
        {"FunctionName": f"{ARN}:function:my:$LATEST", "Qualifier": "$LATEST"},
        INVALID + "$LATEST version cannot be deleted without deleting the function.",
    ),
    ("delete_function", {"FunctionName": f"{ARN}:function:my:$LATEST", "Qualifier": "1"}, DIFFERS),
    ("delete_function", {"FunctionName": "my:prod"}, INVALID + "Deletion of aliases is not currently supported."),
    ("delete_function", {"FunctionName": "my", "Qualifier": "7"}, f"{MISSING}{ARN}:function:my"),
    (
        "list_functions",
        {"FunctionVersion": "invalid"},
        ONE + "Value 'invalid' at 'functionVersion' failed to satisfy constraint: "
        "Member must satisfy enum value set: [ALL]",
    ),
    (
        "create_alias",
        {
            "FunctionName": "fn", "Name": "x", "FunctionVersion": "1",
            "RoutingConfig": {"AdditionalVersionWeights": {"2": -1}},
        },
        f"{ONE}Value '{{2=-1.0}}' {WEIGHTS}Map value must satisfy constraint: [Member must have value less than or "
        "equal to 1.0, Member must have value greater than or equal to 0.0, Member must not be null]",
    ),
    (
        "create_alias",
        {
            "FunctionName": "fn", "Name": "x", "FunctionVersion": "1",
            "RoutingConfig": {"AdditionalVersionWeights": {"$LATEST": 0.5}},
        },
        f"{ONE}Value '{{$LATEST=0.5}}' {WEIGHTS}Map keys must satisfy constraint: [Member must have length less than "
        "or equal to 1024, Member must have length greater than or equal to 1, Member must satisfy regular "
        "expression pattern: [0-9]+]",
    ),
    (
        "list_layers",
        {"CompatibleArchitecture": "archdoesnotexist"},
        ONE + "Value 'archdoesnotexist' at 'compatibleArchitecture' failed to satisfy constraint: "
        "Member must satisfy enum value set: [x86_64, arm64]",
    ),
    (
        "add_layer_version_permission",
        {"LayerName": "l", "VersionNumber": 1, "StatementId": "s1", "Action": "*", "Principal": "*"},
        ONE + "Value '*' at 'action' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: lambda:GetLayerVersion",
    ),
    (
        "put_function_recursion_config",
        {"FunctionName": "fn", "RecursiveLoop": "InvalidValue"},
        ONE + "Value 'InvalidValue' at 'recursiveLoop' failed to satisfy constraint: "
        "Member must satisfy enum value set: [Terminate, Allow]",
    ),
    (
        "put_function_event_invoke_config",
        {"FunctionName": "gone"},
        INVALID + "You must specify at least one of error handling or destination setting.",
    ),
    (
        "list_function_url_configs",
        {"FunctionName": "gone"},
        "ResourceNotFoundException: Function does not exist",
    ),
    (
        "create_event_source_mapping",
        {
            "FunctionName": "gone", "EventSourceArn": "arn:aws:sqs:us-east-1:123456789012:q",
            "DestinationConfig": {"OnSuccess": {"Destination": "arn:aws:sqs:us-east-1:123456789012:d"}},
        },
        INVALID + "Unsupported DestinationConfig parameter for given event source mapping type.",
    ),
    (
        "untag_resource",
        {"Resource": f"{ARN}:function:fn", "TagKeys": []},
        ONE + "Value null at 'tagKeys' failed to satisfy constraint: Member must not be null",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("call", "parameters", "told"), RECORDED)
def test_what_the_service_was_heard_to_say(
    client: Any, create: Create, call: str, parameters: dict[str, Any], told: str
) -> None:
    """The same code and the same text, with a function ``fn`` there and no other."""
    create(Publish=True)
    assert refusal(getattr(client, call), **parameters) == told


BLOCKED = ("dotnetcore3.1", "go1.x", "java8", "nodejs12.x", "nodejs14.x", "provided", "python3.7", "ruby2.7")


def test_runtimes_that_are_no_longer_supported(client: Any) -> None:
    """Every runtime that was recorded as refused is refused, to new functions."""
    for runtime in BLOCKED:
        assert refusal(client.create_function, **{**FUNCTION, "Runtime": runtime}) == (
            f"{INVALID}The runtime parameter of {runtime} is no longer supported for creating or updating AWS Lambda "
            "functions. We recommend you use a supported runtime while creating or updating functions."
        )


def test_a_runtime_that_never_was(client: Any, create: Create) -> None:
    """The service's own text, with the runtimes that it would take."""
    create()
    update = {"FunctionName": "fn"}
    for call, given in ((client.create_function, FUNCTION), (client.update_function_configuration, update)):
        for runtime in ("non-existent-runtime", "PYTHON3.9"):
            told = refusal(call, **{**given, "Runtime": runtime})
            assert told.startswith(
                f"{INVALID}Value {runtime} at 'runtime' failed to satisfy constraint: "
                "Member must satisfy enum value set: ["
            )
            assert "python3.14" in told
            assert told.endswith("] or be a valid ARN")


def test_an_oversized_request(client: Any) -> None:
    """A body over the limit is refused before it is read."""
    code = bytes(60_000_000)
    assert refusal(client.create_function, **{**FUNCTION, "Code": {"ZipFile": code}}) == (
        "RequestEntityTooLargeException: Request must be smaller than 70167211 bytes for the CreateFunction operation"
    )
