"""What EventBridge and CloudWatch Logs refuse when it is set, not when it fails."""

import json
from collections.abc import Mapping
from functools import partial

import pytest
from botocore.exceptions import ClientError

from tests.region.neighbours.neighbourhood import FUNCTION
from tests.region.neighbours.street import QUEUE, URL, Street


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


@pytest.mark.parametrize("pattern", ["{ $.a = ", "[a, b"])
def test_a_search_by_no_pattern(street: Street, pattern: str) -> None:
    """Who searches or counts by what is no pattern hears of it, and does not find nothing."""
    logs = street.client("logs")
    logs.create_log_group(logGroupName="g")
    with pytest.raises(ClientError, match="Invalid filter pattern"):
        logs.filter_log_events(logGroupName="g", filterPattern=pattern)
    count = {"metricName": "m", "metricNamespace": "n", "metricValue": "1"}
    with pytest.raises(ClientError, match="Invalid filter pattern"):
        logs.put_metric_filter(logGroupName="g", filterName="f", filterPattern=pattern, metricTransformations=[count])


def test_a_log_stream_that_is_not_there(street: Street) -> None:
    """It is the stream that is missing, not its group."""
    logs = street.client("logs")
    logs.create_log_group(logGroupName="g")
    with pytest.raises(ClientError, match="The specified log stream does not exist"):
        logs.get_log_events(logGroupName="g", logStreamName="s")


def _redriving(**policy: object) -> dict[str, str]:
    return {"RedrivePolicy": json.dumps(policy)}


@pytest.mark.parametrize(
    ("attributes", "code", "told"),
    [
        ({"VisibilityTimeout": "43201"}, "InvalidAttributeValue", "Invalid value for the parameter VisibilityTimeout."),
        ({"DelaySeconds": "-1"}, "InvalidAttributeValue", "Invalid value for the parameter DelaySeconds."),
        ({"DelaySeconds": "soon"}, "InvalidAttributeValue", "Invalid value for the parameter DelaySeconds."),
        ({"MessageRetentionPeriod": "59"}, "InvalidAttributeValue", "Invalid value for the parameter MessageRet"),
        ({"SqsManagedSseEnabled": "perhaps"}, "InvalidAttributeValue", "Invalid value for the parameter SqsManaged"),
        ({"Colour": "red"}, "InvalidAttributeName", "Unknown Attribute Colour."),
        (
            {"RedrivePolicy": "none"},
            "InvalidAttributeValue",
            "Invalid value for the parameter RedrivePolicy. Reason: Re",
        ),
        (_redriving(maxReceiveCount=1), "InvalidParameterValue", "Value {"),
        (_redriving(deadLetterTargetArn=QUEUE), "InvalidParameterValue", "Value {"),
        (_redriving(deadLetterTargetArn=QUEUE, maxReceiveCount=0), "InvalidParameterValue", "Value {"),
        (_redriving(deadLetterTargetArn=QUEUE + "-no", maxReceiveCount=1), "InvalidParameterValue", "Value {"),
    ],
    ids=str,
)
def test_a_queue_s_attributes(street: Street, attributes: dict[str, str], code: str, told: str) -> None:
    """Neither a new queue nor one that is there takes what SQS does not."""
    sqs = street.client("sqs")
    before = sqs.get_queue_attributes(QueueUrl=URL, AttributeNames=["All"])["Attributes"]
    for ask in (
        partial(sqs.create_queue, QueueName="new"),
        partial(sqs.set_queue_attributes, QueueUrl=URL),
    ):
        with pytest.raises(ClientError) as refused:
            ask(Attributes=attributes)
        assert refused.value.response["Error"]["Code"] == code
        assert refused.value.response["Error"]["Message"].startswith(told)
    assert len(sqs.list_queues()["QueueUrls"]) == 1
    assert sqs.get_queue_attributes(QueueUrl=URL, AttributeNames=["All"])["Attributes"] == before


def test_a_queue_that_is_there_already(street: Street) -> None:
    """It is told which attribute differs; the same again is the same queue. A FIFO queue says that it is one."""
    sqs = street.client("sqs")
    settings = {"VisibilityTimeout": "5", "DelaySeconds": "1"}
    url = sqs.create_queue(QueueName="n", Attributes=settings)["QueueUrl"]
    assert sqs.create_queue(QueueName="n", Attributes=settings)["QueueUrl"] == url
    with pytest.raises(ClientError, match="same name and a different value for attribute DelaySeconds"):
        sqs.create_queue(QueueName="n", Attributes={**settings, "DelaySeconds": "2"})
    with pytest.raises(ClientError, match="Can only include alphanumeric characters"):
        sqs.create_queue(QueueName="n.fifo")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (
            {"MaxNumberOfMessages": 11},
            "Value 11 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1",
        ),
        ({"MaxNumberOfMessages": 0}, "Value 0 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1"),
        ({"WaitTimeSeconds": 21}, "Value 21 for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20"),
        ({"WaitTimeSeconds": -1}, "Value -1 for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20"),
    ],
    ids=str,
)
def test_a_receive(street: Street, given: Mapping[str, int], told: str) -> None:
    """What is out of range is refused at once, also where a message is there."""
    sqs = street.client("sqs")
    sqs.send_message(QueueUrl=URL, MessageBody="m")
    with pytest.raises(ClientError) as refused:
        sqs.receive_message(QueueUrl=URL, **given)
    assert refused.value.response["Error"]["Code"] == "InvalidParameterValue"
    assert refused.value.response["Error"]["Message"].startswith(told)
