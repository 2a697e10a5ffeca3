"""Event source mappings: recorded answers and refusals for each source, and their life as a table."""

import itertools
from typing import Any, get_args

import pytest

from tests.awslambda.refusal import refused
from tests.fakes.quotas import QUOTAS
from tutor.awslambda.event_source_mapping import (
    TRANSITIONS,
    Event,
    Source,
    State,
    active_pollers,
    after,
    check_visibility,
    duplicate,
    function_missing,
    mapping_missing,
    queue_concurrency,
    settings,
    source_missing,
    source_of,
    transition_reason,
    updated,
)
from tutor.errors import Defect, ServiceError

QUEUE = "arn:aws:sqs:us-east-1:123456789012:q"
STREAM = "arn:aws:kinesis:us-east-1:123456789012:stream/s"
TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/t/stream/2025"
KAFKA = "arn:aws:kafka:us-east-1:123456789012:cluster/c"


def made(arn: str, **members: Any) -> dict[str, Any]:
    request = {"EventSourceArn": arn, **members}
    return settings(request, source_of(request), QUOTAS)


def refusal(arn: str, **members: Any) -> str:
    return refused(made, arn, **members)[1]


def test_defaults_are_those_of_the_recorded_answers() -> None:
    """Ten messages of a queue; a hundred records of a stream, retried for ever."""
    assert made(QUEUE) == {"BatchSize": 10, "MaximumBatchingWindowInSeconds": 0, "FunctionResponseTypes": []}
    assert made(TABLE, StartingPosition="LATEST", FilterCriteria={"Filters": []}) == {
        "BatchSize": 100,
        "BisectBatchOnFunctionError": False,
        "DestinationConfig": {"OnFailure": {}},
        "FunctionResponseTypes": [],
        "MaximumBatchingWindowInSeconds": 0,
        "MaximumRecordAgeInSeconds": -1,
        "MaximumRetryAttempts": -1,
        "ParallelizationFactor": 1,
        "StartingPosition": "LATEST",
        "TumblingWindowInSeconds": 0,
    }


@pytest.mark.parametrize(
    ("arn", "kind"),
    [
        (QUEUE, "sqs"), (f"{QUEUE}.fifo", "fifo"), (STREAM, "kinesis"), (TABLE, "dynamodb"), (KAFKA, "kafka"),
        ("arn:aws:mq:us-east-1:123456789012:broker:b", "mq"), ("arn:aws:rds:us-east-1:123456789012:cluster:c", "docdb"),
    ],
)  # fmt: skip
def test_the_source_is_told_by_its_arn(arn: str, kind: str) -> None:
    """Seven kinds."""
    assert source_of({"EventSourceArn": arn}) == kind


@pytest.mark.parametrize("arn", [None, "", "x", "arn:aws:s3:::b", "arn:aws:sns:us-east-1:123456789012:t"])
def test_what_is_no_event_source(arn: str | None) -> None:
    """Recorded text."""
    assert refused(source_of, {"EventSourceArn": arn})[1] == "Unrecognized event source."
    assert source_of({"SelfManagedEventSource": {"Endpoints": {}}}) == "kafka"


def test_starting_positions() -> None:
    """Recorded texts: streams need one, DynamoDB knows no time, a queue has none."""
    null = "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: "
    assert refusal(STREAM) == f"{null}Member must not be null."
    assert refusal(TABLE, StartingPosition="AT_TIMESTAMP") == f"Unsupported starting position for arn type: {TABLE}"
    assert "StartingPosition is not valid" in refusal(QUEUE, StartingPosition="LATEST")
    assert refusal(STREAM, StartingPosition="AT_TIMESTAMP") == "Need to specify a timestamp"
    assert made(STREAM, StartingPosition="AT_TIMESTAMP", StartingPositionTimestamp=1)["BatchSize"] == 100


def test_batches() -> None:
    """More than ten messages need a window (recorded); FIFO queues have ten and no window."""
    assert made(QUEUE, BatchSize=10000, MaximumBatchingWindowInSeconds=1)["BatchSize"] == 10000
    text = "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10"
    assert refusal(QUEUE, BatchSize=11) == text
    assert "maximum of 10" in refusal(f"{QUEUE}.fifo", BatchSize=11)
    assert "FIFO" in refusal(f"{QUEUE}.fifo", MaximumBatchingWindowInSeconds=1)
    assert made(STREAM, StartingPosition="LATEST", BatchSize=10000)["MaximumBatchingWindowInSeconds"] == 0


@pytest.mark.parametrize(
    ("arn", "member", "value"),
    [
        (QUEUE, "DestinationConfig", {"OnFailure": {"Destination": QUEUE}}),
        (QUEUE, "ParallelizationFactor", 2),
        (QUEUE, "BisectBatchOnFunctionError", True),
        (f"{QUEUE}.fifo", "TumblingWindowInSeconds", 1),
        (STREAM, "ScalingConfig", {"MaximumConcurrency": 2}),
        (KAFKA, "ParallelizationFactor", 2),
        (STREAM, "DestinationConfig", {"OnFailure": {"Destination": "arn:aws:lambda:us-east-1:1:function:f"}}),
        (STREAM, "DestinationConfig", {"OnSuccess": {"Destination": QUEUE}}),
    ],
)
def test_a_setting_of_another_source_is_refused(arn: str, member: str, value: Any) -> None:
    """The recorded text, with the member's name."""
    start = {} if ":sqs:" in arn else {"StartingPosition": "LATEST"}
    expected = f"Unsupported {member} parameter for given event source mapping type."
    assert refusal(arn, **start, **{member: value}) == expected


def test_other_limits() -> None:
    """Record age, pollers, filters."""
    start = {"StartingPosition": "LATEST"}
    assert made(STREAM, **start, MaximumRecordAgeInSeconds=60)["MaximumRecordAgeInSeconds"] == 60
    assert "between 60 and 604800" in refusal(STREAM, **start, MaximumRecordAgeInSeconds=59)
    assert refusal(QUEUE, FilterCriteria={"Filters": [{"Pattern": "x"}]}) == "Invalid filter pattern definition."
    scaling, pollers = {"MaximumConcurrency": 2}, {"MinimumPollers": 2, "MaximumPollers": 10000}
    assert made(QUEUE, ScalingConfig=scaling)["ScalingConfig"] == scaling
    assert made(QUEUE, ProvisionedPollerConfig=pollers)["ProvisionedPollerConfig"] == pollers
    assert "together" in refusal(QUEUE, ScalingConfig=scaling, ProvisionedPollerConfig=pollers)
    assert "between 2 and 10000" in refusal(QUEUE, ProvisionedPollerConfig={"MinimumPollers": 1})
    assert "between 1 and 2000" in refusal(KAFKA, **start, ProvisionedPollerConfig={"MaximumPollers": 2001})


def test_an_update_keeps_the_rest_and_is_checked_as_a_whole() -> None:
    """Empty filters take the filters away."""
    stored = made(QUEUE, FilterCriteria={"Filters": [{"Pattern": '{"body": ["x"]}'}]})
    changed = updated(stored, {"UUID": "u", "BatchSize": 5, "FilterCriteria": {}}, QUEUE, "sqs", QUOTAS)
    assert changed == {"BatchSize": 5, "MaximumBatchingWindowInSeconds": 0, "FunctionResponseTypes": []}
    assert updated(stored, {"UUID": "u"}, QUEUE, "sqs", QUOTAS) == stored
    with pytest.raises(ServiceError, match="Maximum batch window"):
        updated(stored, {"BatchSize": 11}, QUEUE, "sqs", QUOTAS)
    stream = made(STREAM, StartingPosition="LATEST")
    config = {"OnFailure": {"Destination": QUEUE}}
    assert updated(stream, {"DestinationConfig": config}, STREAM, "kinesis", QUOTAS)["DestinationConfig"] == config


def test_the_queue_must_hold_messages_as_long_as_the_function_runs() -> None:
    """Recorded text."""
    check_visibility(30, 30)
    text = "Queue visibility timeout: 30 seconds is less than Function timeout: 300 seconds"
    assert refused(check_visibility, 30, 300)[1] == text


def test_a_life_with_the_recorded_words() -> None:
    """Created, enabled, updated, disabled, deleted; queues and streams word the reason differently."""
    events = [Event.CREATE, Event.DONE, Event.UPDATE, Event.DONE, Event.DISABLE, Event.DONE, Event.ENABLE, Event.DONE]
    states: list[State | None] = [None]
    for event in (*events, Event.DELETE, Event.DONE):
        states.append(after(states[-1], event))
    assert states[1:] == [
        "Creating", "Enabled", "Updating", "Enabled", "Disabling", "Disabled", "Enabling", "Enabled", "Deleting", None,
    ]  # fmt: skip
    assert after(None, Event.CREATE_DISABLED) == "Disabled"
    reasons = {source: transition_reason(source) for source in get_args(Source)}
    assert {reasons["sqs"], reasons["fifo"]} == {"USER_INITIATED"}
    assert {reasons["kinesis"], reasons["dynamodb"]} == {"User action"}


def test_every_pair_is_in_the_table_or_an_error() -> None:
    """A call while the last is under way is AWS's conflict; anything else that cannot be is a defect."""
    for state, event in itertools.product((None, *get_args(State)), Event):
        if (state, event) in TRANSITIONS:
            assert after(state, event) in (None, *get_args(State))
        elif state is not None and event in (Event.ENABLE, Event.DISABLE, Event.UPDATE, Event.DELETE):
            assert refused(after, state, event)[0] == "ResourceInUseException"
        else:
            with pytest.raises(Defect):
                after(state, event)
    assert refused(after, "Creating", Event.DELETE)[1] == "Cannot delete the event source mapping because it is in use."


def test_texts_about_what_is_or_is_not_there() -> None:
    """Recorded texts."""
    advice = "Please update or delete the existing mapping with UUID u"
    assert duplicate("sqs", QUEUE, "fn", "u").message == (
        f'An event source mapping with SQS arn (" {QUEUE} ") and function (" fn ") already exists. {advice}'
    )
    assert duplicate("kinesis", STREAM, "fn", "u").message == (
        f'The event source arn (" {STREAM} ") and function (" fn ") provided mapping already exists. {advice}'
    )
    assert source_missing("dynamodb", TABLE).message == f"Stream not found: {TABLE}"
    assert "AWS.SimpleQueueService.NonExistentQueue" in source_missing("sqs", QUEUE).message
    assert mapping_missing().message == "The resource you requested does not exist."
    assert function_missing().message == "Function does not exist"


@pytest.mark.parametrize(
    ("made", "busy", "batches"),
    [
        ({}, 0, 5),
        ({}, 60, 305),
        ({}, 3600, 1250),
        ({"ScalingConfig": {"MaximumConcurrency": 7}}, 3600, 7),
        ({"ProvisionedPollerConfig": {"MinimumPollers": 3}}, 0, 30),
        ({"ProvisionedPollerConfig": {"MinimumPollers": 3}}, 60, 1030),
        ({"ProvisionedPollerConfig": {"MinimumPollers": 3}}, 3600, 2000),
        ({"ProvisionedPollerConfig": {"MaximumPollers": 4}}, 0, 20),
        ({"ProvisionedPollerConfig": {"MaximumPollers": 4}}, 60, 40),
    ],
)
def test_a_queues_concurrency(made: dict[str, Any], busy: float, batches: int) -> None:
    """It begins with little and grows with the work; provisioned pollers do ten batches each, and grow faster."""
    assert queue_concurrency(made, busy, QUOTAS) == batches


def test_provisioned_pollers_follow_the_work() -> None:
    """No fewer than the minimum, no more than the maximum; without provisioned mode there are none to tell of."""
    config = {"ProvisionedPollerConfig": {"MinimumPollers": 2, "MaximumPollers": 4}}
    assert [active_pollers(config, batches, QUOTAS) for batches in (0, 20, 21, 99)] == [2, 2, 3, 4]
    assert active_pollers({}, 5, QUOTAS) is None


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("Topics", ["t"]),
        ("Queues", ["q"]),
        ("SourceAccessConfigurations", [{"Type": "BASIC_AUTH", "URI": "arn:aws:secretsmanager:x"}]),
        ("DocumentDBEventSourceConfig", {"DatabaseName": "d"}),
        ("LoggingConfig", {"SystemLogLevel": "DEBUG"}),
        ("MetricsConfig", {"Metrics": ["KafkaMetrics"]}),
    ],
)
def test_nothing_is_kept_without_effect(member: str, value: object) -> None:
    """A member that a queue does not know is refused, when it is made and when it is changed."""
    text = f"Unsupported {member} parameter for given event source mapping type."
    request = {"EventSourceArn": QUEUE, member: value}
    assert refused(settings, request, "sqs", QUOTAS)[1] == text
    made = settings({"EventSourceArn": QUEUE}, "sqs", QUOTAS)
    assert refused(updated, made, {member: value}, QUEUE, "sqs", QUOTAS)[1] == text
