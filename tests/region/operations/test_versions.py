"""Versions are immutable, numbered for ever, and made only where something changed."""

from typing import Any

from tests.region.operations.material import ARN, CODE, OTHER, Create, refusal
from tutor.region.region import Region


def test_publishing_without_a_change_gives_the_same_version(client: Any, create: Create, region: Region) -> None:
    """A version comes to be where code or settings changed since the last one, not for a description alone."""
    create()
    first = client.publish_version(FunctionName="fn", Description="the first")
    assert (first["Version"], first["Description"], first["State"]) == ("1", "the first", "Active")
    again = client.publish_version(FunctionName="fn")
    assert (again["Version"], again["RevisionId"]) == ("1", first["RevisionId"])
    client.update_function_configuration(FunctionName="fn", MemorySize=256)
    region.clock.drain(10)
    assert client.publish_version(FunctionName="fn")["Version"] == "2"
    assert client.get_function_configuration(FunctionName="fn", Qualifier="1")["MemorySize"] == 128


def test_publishing_changes_the_revision_of_latest(client: Any, create: Create) -> None:
    """$LATEST has another revision after a version was made of it, and the same where none was."""
    create()
    before = client.get_function_configuration(FunctionName="fn")["RevisionId"]
    client.publish_version(FunctionName="fn")
    after = client.get_function_configuration(FunctionName="fn")["RevisionId"]
    assert after != before
    client.publish_version(FunctionName="fn")
    assert client.get_function_configuration(FunctionName="fn")["RevisionId"] == after


def test_numbers_are_never_used_twice(client: Any, create: Create, region: Region) -> None:
    """A deleted version's number does not come back, also not with a function made again under its name."""
    create()
    client.publish_version(FunctionName="fn")
    client.delete_function(FunctionName="fn", Qualifier="1")
    assert client.publish_version(FunctionName="fn")["Version"] == "2"
    client.delete_function(FunctionName="fn")
    assert create(Publish=True)["Version"] == "3"


def test_publishing_is_guarded(client: Any, create: Create) -> None:
    """The hash and the revision that the caller has seen must be the latest ones."""
    made = create()
    sha = made["CodeSha256"]
    assert refusal(client.publish_version, FunctionName="fn", CodeSha256="somenonexistentsha256") == (
        "InvalidParameterValueException: CodeSHA256 (somenonexistentsha256) is different from current CodeSHA256 in "
        f"$LATEST ({sha}). Please try again with the CodeSHA256 in $LATEST."
    )
    assert refusal(client.publish_version, FunctionName="fn", RevisionId=made["RevisionId"]) == (
        "PreconditionFailedException: The Revision Id provided does not match the latest Revision Id. "
        "Call the GetFunction/GetAlias API to retrieve the latest Revision Id"
    )
    latest = client.get_function_configuration(FunctionName="fn")["RevisionId"]
    assert client.publish_version(FunctionName="fn", CodeSha256=sha, RevisionId=latest)["Version"] == "1"


def test_versions_are_listed_in_pages(client: Any, create: Create, region: Region) -> None:
    """$LATEST first, then the numbers as numbers, eleven after two."""
    create()
    for number in range(11):
        client.update_function_configuration(FunctionName="fn", Description=str(number))
        region.clock.drain(10)
        client.publish_version(FunctionName="fn")
    pages = client.get_paginator("list_versions_by_function").paginate(
        FunctionName="fn", PaginationConfig={"PageSize": 5}
    )
    found = [each["Version"] for page in pages for each in page["Versions"]]
    assert found == ["$LATEST", *(str(number) for number in range(1, 12))]


def test_a_version_with_snap_start_takes_its_time(client: Any, create: Create, region: Region) -> None:
    """It is Pending while its snapshot is made, and then Active with the optimisation on; $LATEST has none."""
    create(SnapStart={"ApplyOn": "PublishedVersions"})
    region.clock.pause()
    made = client.publish_version(FunctionName="fn")
    assert made["State"] == "Pending"
    assert made["SnapStart"] == {"ApplyOn": "PublishedVersions", "OptimizationStatus": "Off"}
    region.clock.run()
    client.get_waiter("published_version_active").wait(
        FunctionName="fn", Qualifier="1", WaiterConfig={"Delay": 0, "MaxAttempts": 5000}
    )
    now = client.get_function_configuration(FunctionName="fn", Qualifier="1")["SnapStart"]
    assert now == {"ApplyOn": "PublishedVersions", "OptimizationStatus": "On"}
    latest = client.get_function_configuration(FunctionName="fn")["SnapStart"]
    assert latest["OptimizationStatus"] == "Off"


def test_a_version_keeps_its_code(client: Any, create: Create, region: Region) -> None:
    """New code of $LATEST does not touch what was published."""
    create(Publish=True)
    client.update_function_code(FunctionName="fn", ZipFile=OTHER)
    blobs = {
        version: region.catalogue.target("us-east-1", "fn", version).configuration["blob"]
        for version in ("1", "$LATEST")
    }
    assert region.state.blob(blobs["1"]).read_bytes() == CODE
    assert region.state.blob(blobs["$LATEST"]).read_bytes() == OTHER
    assert client.get_function_configuration(FunctionName="fn:1")["FunctionArn"] == f"{ARN}:function:fn:1"
