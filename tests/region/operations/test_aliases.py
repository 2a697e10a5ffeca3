"""Aliases: names for one version or for two with weights, under the service's conditions."""

from typing import Any

import pytest

from tests.region.operations.material import ARN, Create, refusal
from tutor.region.region import Region

INVALID = "InvalidParameterValueException: "


@pytest.fixture
def versions(client: Any, create: Create, region: Region) -> None:
    """A function ``fn`` with the versions 1 and 2."""
    create(Publish=True)
    client.update_function_configuration(FunctionName="fn", Description="two")
    region.clock.drain(10)
    client.publish_version(FunctionName="fn")


@pytest.mark.usefixtures("versions")
def test_an_alias_leads_to_its_version(client: Any) -> None:
    """An alias is kept, found by name, moved, and gone; the function under its name is its version's."""
    made = client.create_alias(FunctionName="fn", Name="prod", FunctionVersion="1", Description="live")
    assert made["AliasArn"] == f"{ARN}:function:fn:prod"
    assert "RoutingConfig" not in made
    found = client.get_function_configuration(FunctionName="fn", Qualifier="prod")
    assert (found["FunctionArn"], found["Version"]) == (f"{ARN}:function:fn:prod", "1")
    moved = client.update_alias(FunctionName="fn", Name="prod", FunctionVersion="2")
    assert (moved["FunctionVersion"], moved["Description"]) == ("2", "live")
    assert moved["RevisionId"] != made["RevisionId"]
    assert client.get_function_configuration(FunctionName="fn", Qualifier="prod")["Version"] == "2"
    client.delete_alias(FunctionName="fn", Name="prod")
    assert refusal(client.get_alias, FunctionName="fn", Name="prod") == (
        f"ResourceNotFoundException: Cannot find alias arn: {ARN}:function:fn:prod"
    )


@pytest.mark.usefixtures("versions")
def test_weights_stay_until_they_are_emptied(client: Any) -> None:
    """An update that does not speak of routing keeps it; an empty one takes it away."""
    routing = {"AdditionalVersionWeights": {"2": 0.05}}
    client.create_alias(FunctionName="fn", Name="prod", FunctionVersion="1", RoutingConfig=routing)
    assert client.update_alias(FunctionName="fn", Name="prod", Description="x")["RoutingConfig"] == routing
    empty = client.update_alias(FunctionName="fn", Name="prod", RoutingConfig={"AdditionalVersionWeights": {}})
    assert "RoutingConfig" not in empty


@pytest.mark.usefixtures("versions")
@pytest.mark.parametrize(
    ("main", "weights", "told"),
    [
        ("1", {"2": 0.3, "3": 0.3}, INVALID + "Number of items in AdditionalVersionWeights cannot be greater than 1"),
        ("$LATEST", {"2": 0.3}, INVALID + "$LATEST is not supported for an alias pointing to more than 1 version"),
        (
            "1",
            {"1": 0.3},
            INVALID + "Invalid function version 1. Function version 1 is already included in routing configuration.",
        ),
        ("1", {"10": 0.3}, f"ResourceNotFoundException: Function not found: {ARN}:function:fn:10"),
        ("10", {}, f"ResourceNotFoundException: Function not found: {ARN}:function:fn:10"),
        (
            "1",
            {"2": 2.0},
            "ValidationException: 1 validation error detected: Value '{2=2.0}' at "
            "'routingConfig.additionalVersionWeights' failed to satisfy constraint: Map value must satisfy "
            "constraint: [Member must have value less than or equal to 1.0, Member must have value greater than or "
            "equal to 0.0, Member must not be null]",
        ),
    ],
)
def test_routing_that_is_refused(client: Any, main: str, weights: dict[str, float], told: str) -> None:
    """Too many versions, $LATEST in a split, one twice, one that is not there, a weight that is none."""
    alias = {"FunctionName": "fn", "Name": "prod", "FunctionVersion": main}
    if weights:
        alias["RoutingConfig"] = {"AdditionalVersionWeights": weights}  # type: ignore[assignment]
    assert refusal(client.create_alias, **alias) == told


@pytest.mark.usefixtures("versions")
def test_other_refusals(client: Any) -> None:
    """A name twice, of digits, of no function, an alias that is not there, an old revision."""
    made = client.create_alias(FunctionName="fn", Name="prod", FunctionVersion="1")
    assert refusal(client.create_alias, FunctionName="fn", Name="prod", FunctionVersion="2") == (
        f"ResourceConflictException: Alias already exists: {ARN}:function:fn:prod"
    )
    assert refusal(client.create_alias, FunctionName="fn", Name="2024", FunctionVersion="2") == (
        "ValidationException: 1 validation error detected: Value '2024' at 'name' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)"
    )
    assert refusal(client.create_alias, FunctionName="gone", Name="prod", FunctionVersion="1") == (
        f"ResourceNotFoundException: Function not found: {ARN}:function:gone:1"
    )
    assert refusal(client.update_alias, FunctionName="fn", Name="gone", FunctionVersion="1") == (
        f"ResourceNotFoundException: Alias not found: {ARN}:function:fn:gone"
    )
    client.update_alias(FunctionName="fn", Name="prod", Description="x")
    assert refusal(client.update_alias, FunctionName="fn", Name="prod", RevisionId=made["RevisionId"]) == (
        "PreconditionFailedException: The Revision Id provided does not match the latest Revision Id. "
        "Call the GetFunction/GetAlias API to retrieve the latest Revision Id"
    )


def test_a_split_needs_one_role_and_one_dead_letter_queue(client: Any, create: Create, region: Region) -> None:
    """Two versions of a weighted alias have the same role and the same dead-letter queue."""
    create(Publish=True)
    queue = {"TargetArn": "arn:aws:sqs:us-east-1:123456789012:failed"}
    client.update_function_configuration(FunctionName="fn", DeadLetterConfig=queue)
    region.clock.drain(10)
    client.publish_version(FunctionName="fn")
    routing = {"AdditionalVersionWeights": {"2": 0.5}}
    told = refusal(client.create_alias, FunctionName="fn", Name="prod", FunctionVersion="1", RoutingConfig=routing)
    assert told.startswith(INVALID)
    assert "dead-letter" in told


@pytest.mark.usefixtures("versions")
def test_aliases_are_listed_by_name_and_by_version(client: Any) -> None:
    """All of them in pages, or those with one main version."""
    for name, version in (("c", "1"), ("a", "2"), ("b", "1")):
        client.create_alias(FunctionName="fn", Name=name, FunctionVersion=version)
    pages = client.get_paginator("list_aliases").paginate(FunctionName="fn", PaginationConfig={"PageSize": 2})
    assert [[each["Name"] for each in page["Aliases"]] for page in pages] == [["a", "b"], ["c"]]
    found = client.list_aliases(FunctionName="fn", FunctionVersion="1")["Aliases"]
    assert [each["Name"] for each in found] == ["b", "c"]
