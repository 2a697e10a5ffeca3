"""Layers: numbered versions that functions name, their policies, and what functions may name."""

import json
from typing import Any

import pytest

from tests.region.operations.material import ARN, CODE, ROLE, Create, refusal, zipped
from tutor.region.region import Region

LAYER = zipped(shared="VALUE = 1\n")
INVALID = "InvalidParameterValueException: "
GONE = "ResourceNotFoundException: The resource you requested does not exist."


def publish(client: Any, name: str = "tools", **settings: Any) -> dict[str, Any]:
    """Publish the next version of a layer."""
    made: dict[str, Any] = client.publish_layer_version(LayerName=name, Content={"ZipFile": LAYER}, **settings)
    return made


def test_versions_of_a_layer(client: Any) -> None:
    """Numbers go up and never come back; a version is found by number and by ARN; the newest is listed first."""
    first = publish(client, Description="one", CompatibleRuntimes=["python3.13"], LicenseInfo="MIT")
    assert (first["Version"], first["LayerArn"]) == (1, f"{ARN}:layer:tools")
    assert first["LayerVersionArn"] == f"{ARN}:layer:tools:1"
    assert first["Content"]["CodeSize"] == len(LAYER)
    second = publish(client)
    assert (second["Version"], second["Description"]) == (2, "")
    found = client.get_layer_version(LayerName="tools", VersionNumber=1)
    assert (found["Description"], found["LicenseInfo"]) == ("one", "MIT")
    assert client.get_layer_version_by_arn(Arn=f"{ARN}:layer:tools:2")["Version"] == 2
    listed = client.list_layer_versions(LayerName=f"{ARN}:layer:tools")["LayerVersions"]
    assert [(each["Version"], each.get("Description")) for each in listed] == [(2, None), (1, "one")]
    for number in (1, 2):
        client.delete_layer_version(LayerName="tools", VersionNumber=number)
    client.delete_layer_version(LayerName="tools", VersionNumber=2)
    assert client.list_layer_versions(LayerName="tools")["LayerVersions"] == []
    assert publish(client)["Version"] == 3


def test_layers_are_listed_with_the_newest_version_that_fits(client: Any) -> None:
    """A filter looks at each version; a layer without a fitting one is left out; pages follow the names."""
    publish(client, "a", CompatibleRuntimes=["python3.13"], CompatibleArchitectures=["x86_64"])
    publish(client, "a", CompatibleRuntimes=["nodejs22.x"])
    publish(client, "b", CompatibleRuntimes=["nodejs22.x"], CompatibleArchitectures=["arm64"])

    def newest(**wanted: str) -> list[tuple[str, int]]:
        found = client.list_layers(**wanted)["Layers"]
        return [(each["LayerName"], each["LatestMatchingVersion"]["Version"]) for each in found]

    assert newest() == [("a", 2), ("b", 1)]
    assert newest(CompatibleRuntime="python3.13") == [("a", 1)]
    assert newest(CompatibleArchitecture="arm64") == [("b", 1)]
    pages = client.get_paginator("list_layers").paginate(PaginationConfig={"PageSize": 1})
    assert [[each["LayerName"] for each in page["Layers"]] for page in pages] == [["a"], ["b"]]
    pages = client.get_paginator("list_layer_versions").paginate(LayerName="a", PaginationConfig={"PageSize": 1})
    assert [[each["Version"] for each in page["LayerVersions"]] for page in pages] == [[2], [1]]


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (0, INVALID + "Layer Version Cannot be less than 1"),
        (-1, INVALID + "Layer Version Cannot be less than 1"),
        (2, GONE),
        (10**12, GONE),
    ],
)
def test_a_version_that_is_not_there(client: Any, number: int, told: str) -> None:
    """Numbers below one are invalid, others do not exist."""
    publish(client)
    assert refusal(client.get_layer_version, LayerName="tools", VersionNumber=number) == told


def test_a_function_uses_layers(client: Any, create: Create, region: Region) -> None:
    """A function keeps its layers by ARN and size, also when the version is deleted; other changes leave them."""
    arn = publish(client)["LayerVersionArn"]
    made = create(Layers=[arn])
    assert made["Layers"] == [{"Arn": arn, "CodeSize": len(LAYER)}]
    client.delete_layer_version(LayerName="tools", VersionNumber=1)
    changed = client.update_function_configuration(FunctionName="fn", Timeout=9)
    assert changed["Layers"] == made["Layers"]
    blob = region.catalogue.target("us-east-1", "fn").configuration["layers"][0]
    assert region.state.blob(blob).read_bytes() == LAYER
    region.clock.drain(10)
    assert "Layers" not in client.update_function_configuration(FunctionName="fn", Layers=[])


def test_layers_that_are_refused(client: Any, create: Create) -> None:
    """Not there, another Region's, another account's, one twice, more than five: the service's texts."""
    create()
    for _ in range(2):
        publish(client)

    def told(*arns: str) -> str:
        return refusal(client.update_function_configuration, FunctionName="fn", Layers=list(arns))

    assert told(f"{ARN}:layer:gone:1") == f"{INVALID}Layer version {ARN}:layer:gone:1 does not exist."
    assert told(f"{ARN}:layer:tools:9") == f"{INVALID}Layer version {ARN}:layer:tools:9 does not exist."
    assert told("arn:aws:lambda:eu-west-1:123456789012:layer:tools:1") == (
        f"{INVALID}Layers are not in the same region as the function. Layers are expected to be in region us-east-1."
    )
    for second in ("1", "2"):
        assert told(f"{ARN}:layer:tools:1", f"{ARN}:layer:tools:{second}") == (
            f"{INVALID}Two different versions of the same layer are not allowed to be referenced in the same "
            f"function. {ARN}:layer:tools:1 and {ARN}:layer:tools:{second} are versions of the same layer."
        )
    six = [f"{ARN}:layer:l{number}:1" for number in range(6)]
    assert told(*six) == f"{INVALID}Cannot reference more than 5 layers."
    assert told("arn:aws:lambda:us-east-1:999999999999:layer:theirs:1").startswith("AccessDeniedException: User: ")


def test_code_and_layers_together_have_a_limit(client: Any, region: Region) -> None:
    """Code and layers that are small enough alone may be too large together, in any order of coming."""
    half = zipped(big="#" * 140_000_000)
    client.publish_layer_version(LayerName="big", Content={"ZipFile": half})
    function = {"Runtime": "python3.13", "Handler": "app.handler", "Role": ROLE}
    layer = f"{ARN}:layer:big:1"
    told = refusal(client.create_function, FunctionName="fn", Code={"ZipFile": half}, Layers=[layer], **function)
    assert told == (
        f"{INVALID}Function code combined with layers exceeds the maximum allowed size of 262144000 bytes. "
        "The actual size is 280000000 bytes."
    )
    client.create_function(FunctionName="fn", Code={"ZipFile": CODE}, Layers=[layer], **function)
    region.clock.drain(10)
    assert refusal(client.update_function_code, FunctionName="fn", ZipFile=half) == told


def test_a_layer_version_has_a_policy(client: Any) -> None:
    """Statements are added, read and removed; the revision changes with each; without any there is no policy."""
    publish(client)
    which = {"LayerName": "tools", "VersionNumber": 1}
    statement = {"Action": "lambda:GetLayerVersion", "Principal": "*"}
    assert refusal(client.get_layer_version_policy, **which) == (
        "ResourceNotFoundException: No policy is associated with the given resource."
    )
    added = client.add_layer_version_permission(**which, StatementId="s1", **statement)
    expected = {
        "Sid": "s1", "Effect": "Allow", "Principal": "*", "Action": "lambda:GetLayerVersion",
        "Resource": f"{ARN}:layer:tools:1",
    }  # fmt: skip
    assert json.loads(added["Statement"]) == expected
    policy = client.get_layer_version_policy(**which)
    assert json.loads(policy["Policy"]) == {"Version": "2012-10-17", "Id": "default", "Statement": [expected]}
    assert policy["RevisionId"] == added["RevisionId"]
    again = client.add_layer_version_permission(
        **which, StatementId="s2", **{**statement, "Principal": "999999999999"}, RevisionId=added["RevisionId"]
    )
    assert again["RevisionId"] != added["RevisionId"]
    assert json.loads(again["Statement"])["Principal"] == {"AWS": "arn:aws:iam::999999999999:root"}
    for sid in ("s1", "s2"):
        client.remove_layer_version_permission(**which, StatementId=sid)
    assert "No policy" in refusal(client.get_layer_version_policy, **which)


def test_refusals_of_layer_policies(client: Any) -> None:
    """One statement twice, an old revision, a statement or a version that is not there: the service's texts."""
    publish(client)
    which = {"LayerName": "tools", "VersionNumber": 1}
    statement = {"StatementId": "s1", "Action": "lambda:GetLayerVersion", "Principal": "*"}
    client.add_layer_version_permission(**which, **statement)
    assert refusal(client.add_layer_version_permission, **which, **statement) == (
        "ResourceConflictException: The statement id (s1) provided already exists. "
        "Please provide a new statement id, or remove the existing statement."
    )
    stale = (
        "PreconditionFailedException: The Revision Id provided does not match the latest Revision Id. "
        "Call the GetLayerPolicy API to retrieve the latest Revision Id"
    )
    wrong = {"RevisionId": "00000000-0000-0000-0000-000000000000"}
    assert refusal(client.add_layer_version_permission, **which, **{**statement, "StatementId": "s2"}, **wrong) == stale
    assert refusal(client.remove_layer_version_permission, **which, StatementId="s1", **wrong) == stale
    assert refusal(client.remove_layer_version_permission, **which, StatementId="doesnotexist") == (
        "ResourceNotFoundException: Statement doesnotexist is not found in resource policy."
    )
    missing = f"ResourceNotFoundException: Layer version {ARN}:layer:tools:2 does not exist."
    other = {"LayerName": "tools", "VersionNumber": 2}
    assert refusal(client.add_layer_version_permission, **other, **statement) == missing
    assert refusal(client.get_layer_version_policy, **other) == missing
    assert refusal(client.remove_layer_version_permission, **other, StatementId="s1") == missing
