"""Settings of mappings that change what one sees rather than what the function gets."""

import json
from typing import Any

from tests.region.conftest import Clients, a_function
from tests.region.mappings.staging import RECORDING, a_queue, a_stream, batches, mapped, put, send, settled
from tests.region.observing.test_metrics import statistic
from tutor.region.region import Region

FILTERS = {"Filters": [{"Pattern": '{"body": {"wanted": [true]}}'}]}
POISON = """
def handler(event, context):
    return {"batchItemFailures": [{"itemIdentifier": event["Records"][-1]["messageId"]}]}
"""


def test_provisioned_pollers_begin_with_more(region: Region) -> None:
    """Two pollers at the least do twenty batches at a time from the beginning, where others begin with five."""
    url, arn = a_queue(region, VisibilityTimeout=60)
    uuid = mapped(region, RECORDING, arn, BatchSize=1, ProvisionedPollerConfig={"MinimumPollers": 2})
    before = len(region.timeline.entries())
    region.clock.pause()
    send(region, url, *"abcdefg")
    region.clock.run()
    region.clock.drain()
    kinds = [entry.kind for entry in region.timeline.entries()[before:] if entry.kind in ("deliver", "invoke")]
    assert kinds[:7] == ["deliver"] * 7
    assert len(batches(region)) == 7
    dimensions = {"EventSourceMappingUUID": uuid}
    assert statistic(region.client("cloudwatch"), "ProvisionedPollers", dimensions, "Maximum") == [(2, "Count")]


def test_events_are_counted_where_that_is_asked_for(region: Region) -> None:
    """What was polled, left out, invoked with, failed, deleted: for the mapping, under its UUID."""
    url, arn = a_queue(region, VisibilityTimeout=60, RedrivePolicy=_redrive(region, 1))
    uuid = mapped(
        region,
        POISON,
        arn,
        FilterCriteria=FILTERS,
        FunctionResponseTypes=["ReportBatchItemFailures"],
        MetricsConfig={"Metrics": ["EventCount"]},
        MaximumBatchingWindowInSeconds=5,
    )
    send(region, url, *(json.dumps({"wanted": wanted, "n": n}) for n, wanted in enumerate((True, True, False, True))))
    region.clock.drain()
    assert _sums(region, uuid) == {
        "PolledEventCount": 4,
        "FilteredOutEventCount": 1,
        "InvokedEventCount": 3,
        "FailedInvokeEventCount": 1,
        "DeletedEventCount": 2,
    }


def test_dropped_records_of_a_stream_are_counted(region: Region) -> None:
    """Given up after its attempts, and told to a queue."""
    _, told = a_queue(region, "told")
    stream = a_stream(region)
    uuid = mapped(
        region,
        "def handler(event, context):\n    raise ValueError\n",
        stream,
        StartingPosition="TRIM_HORIZON",
        MaximumRetryAttempts=0,
        DestinationConfig={"OnFailure": {"Destination": told}},
        MetricsConfig={"Metrics": ["EventCount"]},
    )
    put(region, "stream", "a", "b")
    region.clock.drain()
    assert _sums(region, uuid) == {
        "PolledEventCount": 2,
        "InvokedEventCount": 2,
        "FailedInvokeEventCount": 2,
        "DroppedEventCount": 2,
        "OnFailureDestinationDeliveredEventCount": 2,
    }


def test_encrypted_filters_are_for_those_who_may_decrypt(region: Region, served: Clients) -> None:
    """They work all the same; a listing never shows them, a reader without the key is told why not."""
    kms = region.client("kms")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    url, arn = a_queue(region)
    uuid = mapped(region, RECORDING, arn, FilterCriteria=FILTERS, KMSKeyArn=key)
    send(region, url, '{"wanted": true}', '{"wanted": false}')
    region.clock.drain()
    assert batches(region) == [['{"wanted": true}']]
    functions = region.client("lambda")
    assert functions.get_event_source_mapping(UUID=uuid)["FilterCriteria"] == FILTERS
    (listed,) = functions.list_event_source_mappings()["EventSourceMappings"]
    assert "FilterCriteria" not in listed
    assert listed["KMSKeyArn"] == key
    reader = served("lambda", **_a_reader(region))
    seen = reader.get_event_source_mapping(UUID=uuid)
    assert "FilterCriteria" not in seen
    assert seen["FilterCriteriaError"]["ErrorCode"] == "KMSAccessDeniedException"
    kms.disable_key(KeyId=key)
    assert functions.get_event_source_mapping(UUID=uuid)["FilterCriteriaError"]["ErrorCode"] == "KMSDisabledException"


def test_a_mapping_can_begin_switched_off(region: Region) -> None:
    """It is Disabled at once, and may be switched on in the next moment."""
    url, arn = a_queue(region)
    a_function(region, RECORDING)
    client = region.client("lambda")
    made = client.create_event_source_mapping(FunctionName="f", EventSourceArn=arn, Enabled=False)
    assert made["State"] == "Disabled"
    assert client.update_event_source_mapping(UUID=made["UUID"], Enabled=True)["State"] == "Enabling"
    settled(region, made["UUID"])
    send(region, url, "a")
    region.clock.drain()
    assert batches(region) == [["a"]]


def _a_reader(region: Region) -> dict[str, str]:
    """Keys of a user who may do anything with Lambda and nothing else."""
    iam = region.client("iam")
    iam.create_user(UserName="reader")
    statement = {"Effect": "Allow", "Action": "lambda:*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_user_policy(UserName="reader", PolicyName="p", PolicyDocument=document)
    made = iam.create_access_key(UserName="reader")["AccessKey"]
    return {"key": made["AccessKeyId"], "secret": made["SecretAccessKey"]}


def _redrive(region: Region, count: int) -> dict[str, Any]:
    return {"deadLetterTargetArn": a_queue(region, "dead")[1], "maxReceiveCount": count}


def _sums(region: Region, uuid: str) -> dict[str, float]:
    """The mapping's metrics and what they add up to."""
    cloudwatch = region.client("cloudwatch")
    dimensions = {"EventSourceMappingUUID": uuid}
    named = [{"Name": "EventSourceMappingUUID", "Value": uuid}]
    names = {metric["MetricName"] for metric in cloudwatch.list_metrics(Dimensions=named)["Metrics"]}
    return {name: sum(value for value, _ in statistic(cloudwatch, name, dimensions)) for name in sorted(names)}
