"""Dead letters and destinations: the exact messages, who may send them, and what is told when nobody may."""

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from tests.region.conftest import a_role
from tests.region.invoking.conftest import ANSWERS, a_queue, a_quick_function, lines, messages, queue_up
from tests.region.neighbours.neighbourhood import open_to
from tutor.region.region import Region

ARN = "arn:aws:lambda:us-east-1:123456789012:function:f"
WRITES_LOGS = {"logs": [{"Effect": "Allow", "Action": "logs:*", "Resource": "*"}]}


def set_destinations(region: Region, failure: str | None = None, success: str | None = None, **more: Any) -> None:
    """Where the results of ``f`` go; a failure is not tried again."""
    sides = {"OnFailure": failure, "OnSuccess": success}
    region.client("lambda").put_function_event_invoke_config(
        FunctionName="f",
        DestinationConfig={side: {"Destination": arn} for side, arn in sides.items() if arn},
        **{"MaximumRetryAttempts": 0, **more},
    )


def failure_record(record: Mapping[str, Any], event: Mapping[str, Any], count: int = 1) -> dict[str, Any]:
    """What a failure's record must be; ids, times and the stack come from the record itself."""
    request_id = record["requestContext"]["requestId"]
    assert re.fullmatch(r"[0-9a-f-]{36}", request_id)
    assert re.fullmatch(r"2026-01-01T00:\d\d:\d\d\.\d{3}Z", record["timestamp"])
    return {
        "version": "1.0",
        "timestamp": record["timestamp"],
        "requestContext": {
            "requestId": request_id,
            "functionArn": f"{ARN}:$LATEST",
            "condition": "RetriesExhausted",
            "approximateInvokeCount": count,
        },
        "requestPayload": event,
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
        "responsePayload": {
            "errorMessage": "no",
            "errorType": "ValueError",
            "requestId": request_id,
            "stackTrace": record["responsePayload"]["stackTrace"],
        },
    }


def test_a_failure_goes_to_a_queue(region: Region) -> None:
    """The record of a failure after all retries, member for member as recorded from the service."""
    a_quick_function(region)
    url, arn = a_queue(region)
    set_destinations(region, failure=arn, MaximumRetryAttempts=2)
    queue_up(region, {"fails": "no"})
    assert region.clock.drain(60)
    (message,) = messages(region, url)
    record = json.loads(message["Body"])
    assert record == failure_record(record, {"fails": "no"}, 3)
    assert list(record) == [
        "version", "timestamp", "requestContext", "requestPayload", "responseContext", "responsePayload",
    ]  # fmt: skip
    assert "MessageAttributes" not in message
    assert re.search(r"Lineage=1:[0-9a-f]{8}:1$", message["Attributes"]["AWSTraceHeader"])
    assert lines(region)[-1].endswith(f"f destination delivered to {arn}")


def test_a_success_goes_to_a_queue(region: Region) -> None:
    """A success has no functionError, and its own answer."""
    a_quick_function(region)
    url, arn = a_queue(region)
    set_destinations(region, success=arn, failure=arn)
    queue_up(region, {"n": 1})
    assert region.clock.drain(60)
    (message,) = messages(region, url)
    record = json.loads(message["Body"])
    assert record["requestContext"] == {
        "requestId": record["requestContext"]["requestId"],
        "functionArn": f"{ARN}:$LATEST",
        "condition": "Success",
        "approximateInvokeCount": 1,
    }
    assert (record["requestPayload"], record["responsePayload"]) == ({"n": 1}, {"n": 1})
    assert record["responseContext"] == {"statusCode": 200, "executedVersion": "$LATEST"}


def test_a_dead_letter_is_the_event_itself(region: Region) -> None:
    """The body is unchanged; three attributes say what happened, as recorded from the service."""
    url, arn = a_queue(region)
    a_quick_function(region, DeadLetterConfig={"TargetArn": arn})
    queue_up(region, {"fails": "x" * 2000, "n": 1})
    assert region.clock.drain(60)
    (message,) = messages(region, url)
    assert json.loads(message["Body"]) == {"fails": "x" * 2000, "n": 1}
    assert message["MessageAttributes"] == {
        "RequestID": {"StringValue": region.invoking.done[0].report.request_id, "DataType": "String"},
        "ErrorCode": {"StringValue": "200", "DataType": "Number"},
        "ErrorMessage": {"StringValue": "x" * 1024, "DataType": "String"},
    }


def test_a_topic_takes_dead_letters_and_records(region: Region) -> None:
    """A topic passes the event, its attributes, and the record on to its subscribers."""
    url, arn = a_queue(region, Policy=open_to("sns.amazonaws.com"))
    sns = region.client("sns")
    topic = sns.create_topic(Name="t")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    a_quick_function(region, DeadLetterConfig={"TargetArn": topic})
    set_destinations(region, failure=topic)
    queue_up(region, {"fails": "no"})
    assert region.clock.drain(60)
    letter, record = (json.loads(message["Body"]) for message in messages(region, url))
    assert json.loads(letter["Message"]) == {"fails": "no"}
    assert letter["MessageAttributes"]["ErrorCode"] == {"Type": "Number", "Value": "200"}
    assert letter["MessageAttributes"]["ErrorMessage"] == {"Type": "String", "Value": "no"}
    found = json.loads(record["Message"])
    assert found == failure_record(found, {"fails": "no"})


def test_a_function_takes_records(region: Region) -> None:
    """Another function is invoked with the record, asynchronously."""
    a_quick_function(region)
    a_quick_function(region, name="after")
    set_destinations(region, success="arn:aws:lambda:us-east-1:123456789012:function:after")
    queue_up(region, {"n": 1})
    assert region.clock.drain(60)
    record = region.invoking.done[-1].payload
    assert record["requestContext"]["functionArn"] == f"{ARN}:$LATEST"
    assert record["responsePayload"] == {"n": 1}


@pytest.mark.parametrize(("event", "result"), [({"n": 1}, "Success"), ({"fails": "no"}, "Failure")])
def test_a_bus_takes_records(region: Region, event: Mapping[str, Any], result: str) -> None:
    """EventBridge gets source, detail-type, resources and the record as detail."""
    a_quick_function(region)
    url, queue = a_queue(region, Policy=open_to("events.amazonaws.com"))
    events = region.client("events")
    bus = events.create_event_bus(Name="bus")["EventBusArn"]
    events.put_rule(Name="all", EventBusName="bus", EventPattern=json.dumps({"source": ["lambda"]}))
    events.put_targets(Rule="all", EventBusName="bus", Targets=[{"Id": "q", "Arn": queue}])
    set_destinations(region, success=bus, failure=bus)
    queue_up(region, event)
    assert region.clock.drain(60)
    (message,) = messages(region, url)
    told = json.loads(message["Body"])
    assert told["source"] == "lambda"
    assert told["detail-type"] == f"Lambda Function Invocation Result - {result}"
    assert told["resources"] == [bus, f"{ARN}:$LATEST"]
    assert told["detail"]["requestPayload"] == event


def test_a_bucket_takes_failures(region: Region) -> None:
    """The record lies under the documented key."""
    a_quick_function(region)
    s3 = region.client("s3")
    s3.create_bucket(Bucket="failures")
    set_destinations(region, failure="arn:aws:s3:::failures")
    queue_up(region, {"fails": "no"})
    assert region.clock.drain(60)
    (found,) = s3.list_objects_v2(Bucket="failures")["Contents"]
    pattern = r"aws/lambda/async/f/2026/01/01/2026-01-01T00\.00\.\d\d-[0-9a-f]{8}-[0-9a-f-]{27}"
    assert re.fullmatch(pattern, found["Key"])
    record = json.loads(s3.get_object(Bucket="failures", Key=found["Key"])["Body"].read())
    assert record == failure_record(record, {"fails": "no"})


def test_nothing_reserved_sends_events_straight_on(region: Region) -> None:
    """With a reservation of zero an event is not tried: the record has no response, the letter no error text of it."""
    records, arn = a_queue(region, "records")
    letters, dead = a_queue(region, "letters")
    a_quick_function(region, DeadLetterConfig={"TargetArn": dead})
    set_destinations(region, failure=arn)
    region.client("lambda").put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=0)
    begun = region.clock.now()
    queue_up(region, {"n": 1})
    assert region.clock.drain(60)
    assert region.clock.now() == begun
    assert region.invoking.done == ()
    (message,) = messages(region, records)
    record = json.loads(message["Body"])
    assert record["requestContext"]["condition"] == "ZeroReservedConcurrency"
    assert record["requestContext"]["approximateInvokeCount"] == 0
    assert list(record) == ["version", "timestamp", "requestContext", "requestPayload"]
    assert len(messages(region, letters)) == 1


def sums(region: Region, metric: str) -> float:
    """A metric of ``f`` over all times."""
    found = region.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName=metric,
        Dimensions=[{"Name": "FunctionName", "Value": "f"}],
        StartTime="2025-12-31T00:00:00Z",
        EndTime="2026-01-03T00:00:00Z",
        Period=86400,
        Statistics=["Sum"],
    )
    return float(sum(point["Sum"] for point in found["Datapoints"]))


def test_a_role_that_may_not_send(region: Region) -> None:
    """The function runs, the event is lost, two metrics and two lines tell of it; nobody else hears."""
    records, arn = a_queue(region, "records")
    letters, dead = a_queue(region, "letters")
    role = a_role(region, "narrow")
    a_quick_function(region, ANSWERS, role=role, DeadLetterConfig={"TargetArn": dead})
    set_destinations(region, failure=arn)
    region.client("iam").delete_role_policy(RoleName="narrow", PolicyName="all")
    queue_up(region, {"fails": "no"})
    assert region.clock.drain(60)
    assert messages(region, records) == messages(region, letters) == []
    assert (sums(region, "DeadLetterErrors"), sums(region, "DestinationDeliveryFailures")) == (1, 1)
    told = [line for line in lines(region) if " drop " in line]
    assert f"not dead-lettered to {dead}: AccessDenied" in told[0]
    assert f"not delivered to {arn}: AccessDenied" in told[1]


def test_a_role_that_may_not_invoke_the_next_function(region: Region) -> None:
    """A function as destination needs lambda:InvokeFunction."""
    invokes = [{"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "*"}]
    role = a_role(region, "narrow", {**WRITES_LOGS, "invokes": invokes})
    a_quick_function(region, ANSWERS, role=role)
    a_quick_function(region, name="after")
    set_destinations(region, success="arn:aws:lambda:us-east-1:123456789012:function:after")
    region.client("iam").delete_role_policy(RoleName="narrow", PolicyName="invokes")
    queue_up(region, {"n": 1})
    assert region.clock.drain(60)
    assert len(region.invoking.done) == 1
    assert "is not authorized to perform: lambda:InvokeFunction" in lines(region)[-1]


def test_what_is_not_there_takes_nothing(region: Region) -> None:
    """A queue that was deleted is a failed delivery, not a failure of ours."""
    a_quick_function(region)
    url, arn = a_queue(region)
    set_destinations(region, failure=arn)
    region.client("sqs").delete_queue(QueueUrl=url)
    queue_up(region, {"fails": "no"})
    assert region.clock.drain(60)
    assert sums(region, "DestinationDeliveryFailures") == 1
    assert region.invoking.waiting() == ()


def test_fifo_queues_take_nothing(region: Region) -> None:
    """Lambda does not deliver to FIFO queues."""
    a_quick_function(region)
    url, arn = a_queue(region, "q.fifo", FifoQueue="true", ContentBasedDeduplication="true")
    set_destinations(region, failure=arn)
    queue_up(region, {"fails": "no"})
    assert region.clock.drain(60)
    assert messages(region, url) == []
    assert sums(region, "DestinationDeliveryFailures") == 1
    assert lines(region)[-1].endswith(f"not delivered to {arn}: Lambda does not deliver there")


def test_dead_letters_keep_the_order_of_their_ends(region: Region) -> None:
    """Twenty events that fail together lie in the queue in the order in which they came."""
    url, arn = a_queue(region)
    a_quick_function(region, DeadLetterConfig={"TargetArn": arn})
    queue_up(region, *({"fails": "no", "n": number} for number in range(20)))
    assert region.clock.drain(60)
    assert [json.loads(message["Body"])["n"] for message in messages(region, url)] == list(range(20))
