"""The settings of queued events: what is kept, what is told, what is refused, as recorded from the service."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.region.conftest import a_role
from tests.region.invoking.conftest import ANSWERS, a_queue, a_quick_function
from tutor.region.region import Region

ARN = "arn:aws:lambda:us-east-1:123456789012:function:f"
NO_DESTINATIONS: dict[str, Any] = {"OnSuccess": {}, "OnFailure": {}}


@pytest.fixture
def client(region: Region) -> Any:
    """A client; there is a function with a version and an alias."""
    a_quick_function(region)
    made = region.client("lambda")
    made.publish_version(FunctionName="f")
    made.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    region.clock.drain()
    return made


def kept(answer: dict[str, Any]) -> dict[str, Any]:
    """The members of an answer but its time and the client's own."""
    assert answer.pop("LastModified").year == 2026
    answer.pop("ResponseMetadata", None)
    return answer


def refused(call: Any, **parameters: Any) -> dict[str, str]:
    """Code and text of a refusal."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    error: dict[str, str] = caught.value.response["Error"]
    return error


@pytest.mark.parametrize(
    ("reference", "qualifier", "arn"),
    [
        ("f", None, f"{ARN}:$LATEST"),
        ("f", "$LATEST", f"{ARN}:$LATEST"),
        ("f:$LATEST", None, f"{ARN}:$LATEST"),
        ("f", "1", f"{ARN}:1"),
        ("f:1", None, f"{ARN}:1"),
        ("f", "live", f"{ARN}:live"),
        (f"{ARN}:live", "live", f"{ARN}:live"),
    ],
)
def test_every_way_to_name_what_it_is_for(client: Any, reference: str, qualifier: str | None, arn: str) -> None:
    """The answer has the qualified ARN; what was set by one name is read by it."""
    named = {"FunctionName": reference, **({"Qualifier": qualifier} if qualifier else {})}
    put = client.put_function_event_invoke_config(**named, MaximumRetryAttempts=1)
    expected = {"FunctionArn": arn, "MaximumRetryAttempts": 1, "DestinationConfig": NO_DESTINATIONS}
    assert kept(put) == expected
    assert kept(client.get_function_event_invoke_config(**named)) == expected


def test_put_replaces_and_update_keeps(client: Any) -> None:
    """What a Put does not name has its default again; what an Update does not name stays."""
    put, update = client.put_function_event_invoke_config, client.update_function_event_invoke_config
    put(FunctionName="f", MaximumRetryAttempts=2, MaximumEventAgeInSeconds=60)
    assert kept(put(FunctionName="f", MaximumRetryAttempts=0)) == {
        "FunctionArn": f"{ARN}:$LATEST",
        "MaximumRetryAttempts": 0,
        "DestinationConfig": NO_DESTINATIONS,
    }
    assert kept(update(FunctionName="f", MaximumEventAgeInSeconds=120)) == {
        "FunctionArn": f"{ARN}:$LATEST",
        "MaximumRetryAttempts": 0,
        "MaximumEventAgeInSeconds": 120,
        "DestinationConfig": NO_DESTINATIONS,
    }


def test_destinations_side_by_side(client: Any, region: Region) -> None:
    """An Update of one side leaves the other; an empty one takes it away."""
    queue, topic = a_queue(region)[1], region.client("sns").create_topic(Name="t")["TopicArn"]
    client.put_function_event_invoke_config(FunctionName="f", DestinationConfig={"OnSuccess": {"Destination": queue}})
    update = client.update_function_event_invoke_config
    both = update(FunctionName="f", DestinationConfig={"OnFailure": {"Destination": topic}})
    assert both["DestinationConfig"] == {"OnSuccess": {"Destination": queue}, "OnFailure": {"Destination": topic}}
    one = update(FunctionName="f", DestinationConfig={"OnSuccess": {}})
    assert one["DestinationConfig"] == {"OnSuccess": {}, "OnFailure": {"Destination": topic}}


def test_listing_and_deleting(client: Any) -> None:
    """Every qualifier that has settings is listed; deleted ones are not, and page by page it is the same."""
    for qualifier in ("$LATEST", "1", "live"):
        client.put_function_event_invoke_config(FunctionName="f", Qualifier=qualifier, MaximumRetryAttempts=1)
    listing = client.list_function_event_invoke_configs
    arns = [config["FunctionArn"] for config in listing(FunctionName="f")["FunctionEventInvokeConfigs"]]
    assert arns == [f"{ARN}:$LATEST", f"{ARN}:1", f"{ARN}:live"]
    paged = [
        config["FunctionArn"]
        for page in client.get_paginator("list_function_event_invoke_configs").paginate(
            FunctionName="f", PaginationConfig={"PageSize": 1}
        )
        for config in page["FunctionEventInvokeConfigs"]
    ]
    assert paged == arns
    for qualifier in ("$LATEST", "1", "live"):
        deleted = client.delete_function_event_invoke_config(FunctionName="f", Qualifier=qualifier)
        assert deleted["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert listing(FunctionName="f")["FunctionEventInvokeConfigs"] == []


def test_what_is_not_there(client: Any) -> None:
    """Each operation has its own words for a function and for settings that are not there."""
    put, update = client.put_function_event_invoke_config, client.update_function_event_invoke_config
    get, delete = client.get_function_event_invoke_config, client.delete_function_event_invoke_config
    missing = "ResourceNotFoundException"
    for call in (put, update):
        for name, more in (("doesnotexist", {}), ("f", {"Qualifier": "none"})):
            error = refused(call, FunctionName=name, MaximumRetryAttempts=1, **more)
            assert error == {"Code": missing, "Message": "The function doesn't exist."}
    assert refused(client.list_function_event_invoke_configs, FunctionName="doesnotexist") == {
        "Code": missing,
        "Message": "The function doesn't exist.",
    }
    for call in (get, delete):
        elsewhere = f"{ARN[:-1]}doesnotexist"
        assert refused(call, FunctionName="doesnotexist")["Message"] == (
            f"The function {elsewhere}:$LATEST doesn't have an EventInvokeConfig"
        )
        assert refused(call, FunctionName="f", Qualifier="live")["Message"] == (
            f"The function {ARN}:live doesn't have an EventInvokeConfig"
        )
    assert refused(update, FunctionName="f", MaximumRetryAttempts=1) == {
        "Code": missing,
        "Message": f"The function {ARN}:$LATEST doesn't have an EventInvokeConfig",
    }


def test_what_cannot_be_set(client: Any) -> None:
    """Nothing at all, a destination of another service, a function that is not there, the function itself."""
    put, invalid = client.put_function_event_invoke_config, "InvalidParameterValueException"

    def to(arn: str, side: str = "OnSuccess") -> dict[str, Any]:
        return {"DestinationConfig": {side: {"Destination": arn}}}

    iam = "arn:aws:iam:us-east-1:123456789012:function:f"
    for parameters, text in (
        ({}, "You must specify at least one of error handling or destination setting."),
        (to(iam),
         f"The provided destination config DestinationConfig(onSuccess=OnSuccess(destination={iam}), onFailure=null) "
         "is invalid."),
        (to(f"{ARN[:-1]}doesnotexist"), f"The destination ARN {ARN[:-1]}doesnotexist is invalid."),
        (to(ARN, "OnFailure"), "You can't specify the function as a destination for itself."),
    ):  # fmt: skip
        assert refused(put, FunctionName="f", **parameters) == {"Code": invalid, "Message": text}
    conflict = "The derived qualifier from the function name does not match the specified qualifier."
    assert refused(put, FunctionName="f:1", Qualifier="live", MaximumRetryAttempts=1)["Message"] == conflict


def test_settings_go_with_what_they_are_for(client: Any) -> None:
    """An alias that is deleted takes its settings along; so does a function."""
    put = client.put_function_event_invoke_config
    put(FunctionName="f", Qualifier="live", MaximumRetryAttempts=1)
    client.delete_alias(FunctionName="f", Name="live")
    assert client.list_function_event_invoke_configs(FunctionName="f")["FunctionEventInvokeConfigs"] == []


@pytest.mark.parametrize(
    "destination",
    [
        "arn:aws:sqs:us-east-1:123456789012:nowhere",
        "arn:aws:sns:us-east-1:123456789012:nowhere",
        "arn:aws:events:us-east-1:123456789012:event-bus/nowhere",
        "arn:aws:s3:::nowhere",
        "arn:aws:lambda:us-east-1:123456789012:function:nowhere",
        "arn:aws:lambda:eu-west-1:123456789012:function:f",
    ],
)
def test_a_destination_must_be_there(client: Any, destination: str) -> None:
    """Of whatever service it is."""
    assert refused(
        client.put_function_event_invoke_config,
        FunctionName="f",
        DestinationConfig={"OnFailure": {"Destination": destination}},
    ) == {
        "Code": "InvalidParameterValueException",
        "Message": f"The destination ARN {destination} is invalid.",
    }


def test_a_destination_that_the_role_may_not_write_to(region: Region) -> None:
    """The refusal names the call and the destination, of each kind; the role of the version in question counts."""
    a_quick_function(region, ANSWERS, role=a_role(region, "narrow", {}))
    a_quick_function(region, name="after")
    region.client("s3").create_bucket(Bucket="bucket")
    kinds = {
        a_queue(region)[1]: "SendMessage",
        region.client("sns").create_topic(Name="t")["TopicArn"]: "Publish",
        "arn:aws:events:us-east-1:123456789012:event-bus/default": "PutEvents",
        "arn:aws:s3:::bucket": "PutObject",
        "arn:aws:lambda:us-east-1:123456789012:function:after": "InvokeFunction",
    }
    put = region.client("lambda").put_function_event_invoke_config
    for arn, call in kinds.items():
        told = refused(put, FunctionName="f", DestinationConfig={"OnFailure": {"Destination": arn}})["Message"]
        assert told == f"The function's execution role does not have permissions to call {call} on {arn}"
