"""What EventBridge and CloudWatch Logs refuse when it is set, not when it fails."""

import json
from collections.abc import Mapping

import pytest
from botocore.exceptions import ClientError

from tests.region.neighbours.neighbourhood import FUNCTION
from tests.region.neighbours.street import QUEUE, Street


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (
            {"Input": "env:dev"},
            'JSON syntax error in input for target 1: [Source: (String)"env:dev"; line: 1, column: ',
        ),
        (
            {"Input": "{}", "InputPath": "$.detail"},
            "Only one of Input, InputPath, or InputTransformer must be provided for target 1.",
        ),
    ],
    ids=["no JSON", "two inputs"],
)
def test_a_target_s_input(street: Street, given: Mapping[str, str], told: str) -> None:
    """An input that is no JSON, or one input too many, is refused, and the target is not there."""
    events = street.client("events")
    events.put_rule(Name="r", EventPattern='{"source": ["s"]}')
    with pytest.raises(ClientError) as refused:
        events.put_targets(Rule="r", Targets=[{"Id": "1", "Arn": QUEUE, **given}])
    assert refused.value.response["Error"]["Code"] == "ValidationException"
    assert refused.value.response["Error"]["Message"].startswith(told)
    assert events.list_targets_by_rule(Rule="r")["Targets"] == []


def test_five_targets(street: Street) -> None:
    """A rule has five targets; one that is there can be put again."""
    events = street.client("events")
    events.put_rule(Name="r", EventPattern='{"source": ["s"]}')
    targets = [{"Id": str(number), "Arn": QUEUE} for number in range(6)]
    events.put_targets(Rule="r", Targets=targets[:5])
    events.put_targets(Rule="r", Targets=targets[:5])
    with pytest.raises(ClientError) as refused:
        events.put_targets(Rule="r", Targets=targets[5:])
    assert refused.value.response["Error"]["Code"] == "LimitExceededException"


def test_a_detail_that_is_no_object(street: Street) -> None:
    """An event tells an object; the others of the call are taken, each answer in its place."""
    details = ["[]", "{}", "no JSON", '"text"', '{"a": 1}']
    entries = [{"Source": "s", "DetailType": "d", "Detail": each} for each in details]
    answer = street.client("events").put_events(Entries=entries)
    assert [each.get("ErrorCode") for each in answer["Entries"]] == [
        "MalformedDetail",
        None,
        "MalformedDetail",
        "MalformedDetail",
        None,
    ]
    assert answer["FailedEntryCount"] == 3


@pytest.mark.parametrize("pattern", ["{ $.a = ", "{ $.a }", "[a, b", "[a b]", "{ a = 1 }"])
def test_a_filter_pattern_that_is_none(street: Street, pattern: str) -> None:
    """A subscription's pattern is read when it is put."""
    logs = street.client("logs")
    logs.create_log_group(logGroupName="g")
    with pytest.raises(ClientError) as refused:
        logs.put_subscription_filter(logGroupName="g", filterName="f", filterPattern=pattern, destinationArn=FUNCTION)
    error = refused.value.response["Error"]
    assert (error["Code"], error["Message"]) == ("InvalidParameterException", "Invalid filter pattern")


@pytest.mark.parametrize(
    "pattern", ["", "ERROR", "?a ?b -c", '{ $.a = "x" && $.b NOT EXISTS }', "[a, b=1, ...]", "%x%"]
)
def test_filter_patterns(street: Street, pattern: str) -> None:
    """What is a pattern is taken."""
    logs = street.client("logs")
    logs.create_log_group(logGroupName="g")
    logs.put_subscription_filter(logGroupName="g", filterName="f", filterPattern=pattern, destinationArn=FUNCTION)
    assert logs.describe_subscription_filters(logGroupName="g")["subscriptionFilters"][0]["filterPattern"] == pattern


def test_a_destination_that_is_no_arn(street: Street) -> None:
    """It is a client's mistake, not a fault of the service."""
    logs = street.client("logs")
    logs.create_log_group(logGroupName="g")
    with pytest.raises(ClientError) as refused:
        logs.put_subscription_filter(logGroupName="g", filterName="f", filterPattern="", destinationArn="nowhere")
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert json.dumps(refused.value.response["Error"]).find("InvalidParameterException") > 0
