"""What is refused of a function's settings: runtimes, layers, VPC, dead letters, SnapStart, images, tags."""

from datetime import date
from typing import Any

import pytest

from tests.awslambda.refusal import refused
from tests.fakes.quotas import QUOTAS
from tutor.awslambda.function_request import (
    check_create,
    check_layers,
    check_runtime,
    check_settings,
    check_update_code,
    function_exists,
    snap_start_supported,
)
from tutor.awslambda.names import Place
from tutor.awslambda.runtime import Runtime, Runtimes
from tutor.awslambda.tag import check_tag_request, check_taggable, check_tags

HERE, TODAY = Place(), date(2026, 11, 20)
RUNTIMES = Runtimes((Runtime("python3.13"), Runtime("python3.7", blocked=True), Runtime("java21")))
REQUEST = {"Runtime": "python3.13", "Handler": "m.f", "Code": {"ZipFile": b"PK"}}
LAYER = "arn:aws:lambda:us-east-1:123456789012:layer:{}:{}"


def refused_settings(**members: Any) -> str:
    return refused(check_create, {**REQUEST, **members}, HERE, RUNTIMES, TODAY, QUOTAS)[1]


def test_an_ordinary_function_is_fine() -> None:
    """With everything that may be set, and with nothing more than must be."""
    check_create(REQUEST, HERE, RUNTIMES, TODAY, QUOTAS)
    check_settings({}, HERE, RUNTIMES, TODAY, QUOTAS)
    full = {
        "MemorySize": 10240, "Timeout": 900, "EphemeralStorage": {"Size": 512},
        "Environment": {"Variables": {"AB": "1"}},
        "VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
        "DeadLetterConfig": {"TargetArn": "arn:aws:sqs:us-east-1:123456789012:q"},
        "Layers": [LAYER.format("a", 1), LAYER.format("b", 1)], "SnapStart": {"ApplyOn": "PublishedVersions"},
        "KMSKeyArn": "arn:aws:kms:us-east-1:123456789012:key/1", "LoggingConfig": {"LogFormat": "JSON"},
    }  # fmt: skip
    check_create({**REQUEST, **full}, HERE, RUNTIMES, TODAY, QUOTAS)


@pytest.mark.parametrize("image", [{"PackageType": "Image"}, {"Code": {"ImageUri": "x"}}])
def test_an_image_is_refused_with_a_sentence(image: dict[str, Any]) -> None:
    """It says what to do instead."""
    assert ".zip file archive" in refused_settings(**image)


def test_runtimes() -> None:
    """Recorded texts of a blocked and of an unknown one; both needed beside the handler."""
    check_runtime("java21", RUNTIMES, TODAY)
    assert refused_settings(Runtime="python3.7").startswith("The runtime parameter of python3.7 is no longer supported")
    assert refused_settings(Runtime="PYTHON3.9") == (
        "Value PYTHON3.9 at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: "
        "[python3.13, java21] or be a valid ARN"
    )
    assert refused_settings(Handler="").startswith("Runtime and Handler are mandatory parameters")


@pytest.mark.parametrize(
    ("members", "text"),
    [
        ({"MemorySize": 10241}, "at 'memorySize' failed to satisfy constraint: Member must have value less than"),
        ({"Timeout": 901}, "at 'timeout' failed"),
        ({"EphemeralStorage": {"Size": 511}}, "at 'ephemeralStorage.size' failed"),
        ({"Environment": {"Variables": {"AWS_REGION": "x"}}}, "Reserved keys used in this request: AWS_REGION"),
        ({"VpcConfig": {"SubnetIds": [f"subnet-{n}" for n in range(17)]}}, "less than or equal to 16"),
        ({"VpcConfig": {"SecurityGroupIds": [f"sg-{n}" for n in range(6)]}}, "less than or equal to 5"),
        ({"VpcConfig": {"SubnetIds": ["subnet-1"]}}, "SubnetIds and SecurityIds must coexist or be both empty list."),
        ({"FileSystemConfigs": [{"Arn": "arn:x"}]}, "must be configured to execute in a VPC"),
        ({"DeadLetterConfig": {"TargetArn": "arn:aws:s3:::b"}}, "neither the ARN of an SQS queue"),
        ({"DeadLetterConfig": {"TargetArn": "arn:aws:sqs:us-east-1:123456789012:q.fifo"}}, "FIFO"),
        ({"KMSKeyArn": "arn:aws:s3:::b"}, "KMS key"),
    ],
)
def test_settings_that_are_refused(members: dict[str, Any], text: str) -> None:
    """Each with a text that names what is wrong."""
    assert text in refused_settings(**members)


def test_an_update_to_an_ageing_runtime_is_blocked_later_than_a_new_function() -> None:
    """Two days for each runtime; what is long gone is refused to both."""
    ageing = Runtime("python3.9", block_create=date(2026, 11, 1), block_update=date(2026, 12, 1))
    runtimes = Runtimes((*RUNTIMES.all, ageing))
    request = {"Runtime": "python3.9"}
    check_settings(request, HERE, runtimes, TODAY, QUOTAS)
    assert "no longer supported" in refused(check_runtime, "python3.9", runtimes, TODAY)[1]
    for when, asked in ((date(2026, 12, 1), request), (TODAY, {"Runtime": "python3.7"})):
        assert "no longer supported" in refused(check_settings, asked, HERE, runtimes, when, QUOTAS)[1]


def test_layers() -> None:
    """Recorded texts: five at most, none of another Region, none twice in any version."""
    check_layers([LAYER.format(name, 1) for name in "abcde"], HERE, QUOTAS)
    six = [LAYER.format(name, 1) for name in "abcdef"]
    assert refused(check_layers, six, HERE, QUOTAS)[1] == "Cannot reference more than 5 layers."
    one, two = LAYER.format("a", 1), LAYER.format("a", 2)
    assert refused(check_layers, [one, LAYER.format("b", 1), two], HERE, QUOTAS)[1] == (
        "Two different versions of the same layer are not allowed to be referenced in the same function. "
        f"{one} and {two} are versions of the same layer."
    )
    assert refused(check_layers, [one.replace("us-east-1", "eu-west-1")], HERE, QUOTAS)[1] == (
        "Layers are not in the same region as the function. Layers are expected to be in region us-east-1."
    )


@pytest.mark.parametrize(
    ("runtime", "supported"),
    [
        ("python3.12", True), ("python3.11", False), ("java11", True), ("java17.al2023", True), ("java8.al2", False),
        ("dotnet8", True), ("dotnet6", False), ("nodejs22.x", False), ("provided.al2023", False),
    ],
)  # fmt: skip
def test_which_runtimes_snap_start_knows(runtime: str, supported: bool) -> None:
    """Java 11, Python 3.12 and .NET 8 upwards."""
    assert snap_start_supported(runtime) is supported


def test_snap_start_refuses_what_it_cannot_snapshot() -> None:
    """Other runtimes, a larger /tmp, file systems."""
    on = {"SnapStart": {"ApplyOn": "PublishedVersions"}}
    for members, word in (
        ({"Runtime": "nodejs22.x"}, "nodejs22.x is not supported for SnapStart enabled functions."),
        ({"EphemeralStorage": {"Size": 513}}, "512 MB"),
    ):
        runtimes = Runtimes((*RUNTIMES.all, Runtime("nodejs22.x")))
        assert word in refused(check_create, {**REQUEST, **on, **members}, HERE, runtimes, TODAY, QUOTAS)[1]
    vpc = {"VpcConfig": {"SubnetIds": ["s"], "SecurityGroupIds": ["g"]}, "FileSystemConfigs": [{"Arn": "arn:x"}]}
    assert "file system" in refused_settings(**on, **vpc)


def test_updates_of_code() -> None:
    """Recorded text about images; code must come from somewhere."""
    check_update_code({"ZipFile": b"PK"})
    check_update_code({"S3Bucket": "b", "S3Key": "k"})
    text = "Please don't provide ImageUri when updating a function with packageType Zip."
    assert refused(check_update_code, {"ImageUri": "x"})[1] == text
    for nothing in ({}, {"S3Bucket": "b"}, {"S3Key": "k"}):
        assert "source" in refused(check_update_code, nothing)[1]
    assert function_exists("fn").message == "Function already exist: fn"


def test_tags() -> None:
    """Fifty a resource, none on versions and aliases; recorded texts."""
    fifty = {str(n): "" for n in range(50)}
    assert check_tags(fifty, {"0": "again"}, QUOTAS)["0"] == "again"
    assert refused(check_tags, fifty, {"new": ""}, QUOTAS)[1] == "Number of tags exceeds resource tag limit."
    check_tag_request({"a": "b"})
    assert refused(check_tag_request, {})[1] == "An error occurred and the request cannot be processed."
    arn = "arn:aws:lambda:us-east-1:123456789012:function:fn"
    check_taggable(arn)
    check_taggable("arn:aws:lambda:us-east-1:123456789012:event-source-mapping:u")
    text = "Tags on function aliases and versions are not supported. Please specify a function ARN."
    assert refused(check_taggable, f"{arn}:1")[1] == text
