"""Settings of a staged situation: found where they are set, and put back as they are to be."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.fakes.functions import FakeFunctions
from tests.fakes.quotas import QUOTAS
from tutor.usecases.knob import KNOBS
from tutor.usecases.setting import Setting, Settings, Value
from tutor.usecases.staging import Staging

SQS = "arn:aws:sqs:us-east-1:123456789012:orders"
STREAM = "arn:aws:kinesis:us-east-1:123456789012:stream/orders"


def found(operation: str, parameters: Mapping[str, Any]) -> dict[str, Value]:
    """What can be changed in a call, by title."""
    each = (one for knob in KNOBS for one in knob.found(operation, parameters, QUOTAS))
    return {one.setting.title: one.setting.value for one in each}


def changed(operation: str, parameters: Mapping[str, Any], title: str, value: Value) -> Mapping[str, Any]:
    """The call with one setting changed."""
    each = (one for knob in KNOBS for one in knob.found(operation, parameters, QUOTAS))
    return next(one for one in each if one.setting.title == title).knob.put(parameters, value)


def test_what_is_named_and_what_is_left_out() -> None:
    """Promise: creating has AWS's defaults; updating has only what it names."""
    made = found("CreateFunction", {"MemorySize": 512})
    assert (made["function: memory size"], made["function: timeout"]) == (512, QUOTAS.timeout_default)
    assert found("UpdateFunctionConfiguration", {"Timeout": 9}) == {"function: timeout": 9}
    assert found("ListFunctions", {}) == {}


@pytest.mark.parametrize(
    ("operation", "before", "title", "value", "after"),
    [
        ("CreateFunction", {"EphemeralStorage": {"Size": 512}}, "function: ephemeral storage", 600,
         {"EphemeralStorage": {"Size": 600}}),
        ("CreateFunction", {"MemorySize": 128}, "function: timeout", 7, {"MemorySize": 128, "Timeout": 7}),
        ("CreateQueue", {"Attributes": {"VisibilityTimeout": "30"}}, "queue: visibility timeout", 5,
         {"Attributes": {"VisibilityTimeout": "5"}}),
        ("CreateEventSourceMapping", {"EventSourceArn": SQS}, "event source mapping: report batch item failures", True,
         {"EventSourceArn": SQS, "FunctionResponseTypes": ["ReportBatchItemFailures"]}),
        ("CreateEventSourceMapping", {"EventSourceArn": SQS, "FunctionResponseTypes": ["ReportBatchItemFailures"]},
         "event source mapping: report batch item failures", False,
         {"EventSourceArn": SQS, "FunctionResponseTypes": []}),
        ("UpdateAlias", {"RoutingConfig": {"AdditionalVersionWeights": {"2": 0.1}}}, "alias: weight of version 2", 0.5,
         {"RoutingConfig": {"AdditionalVersionWeights": {"2": 0.5}}}),
    ],
)  # fmt: skip
def test_a_change_is_written_as_it_stood_there(
    operation: str, before: Mapping[str, Any], title: str, value: Value, after: Mapping[str, Any]
) -> None:
    """Promise: only the one member changes; a number in a text stays a text, a switch has AWS's word."""
    assert changed(operation, before, title, value) == after


def test_a_setting_inside_a_policy_of_json() -> None:
    """Promise: the receives before the dead-letter queue are found and put into the policy's text."""
    policy = json.dumps({"deadLetterTargetArn": SQS, "maxReceiveCount": 3})
    title = "queue: receives before the dead-letter queue"
    call = {"QueueName": "orders", "Attributes": {"RedrivePolicy": policy}}
    assert found("CreateQueue", call)[title] == 3
    after = changed("CreateQueue", call, title, 1)["Attributes"]["RedrivePolicy"]
    assert json.loads(after) == {"deadLetterTargetArn": SQS, "maxReceiveCount": 1}


def test_a_mapping_has_its_sources_batch_size() -> None:
    """Promise: a queue's default batch is not a stream's, and only a stream bisects."""
    of_queue = found("CreateEventSourceMapping", {"EventSourceArn": SQS})
    of_stream = found("CreateEventSourceMapping", {"EventSourceArn": STREAM})
    title = "event source mapping: batch size"
    assert (of_queue[title], of_stream[title]) == (QUOTAS.sqs_batch_default, QUOTAS.stream_batch_default)
    bisect = "event source mapping: bisect a batch that failed"
    assert bisect in of_stream
    assert bisect not in of_queue


def test_the_stage_notes_and_changes_what_is_set() -> None:
    """Promise: what an author named comes before defaults; a change reaches every function that has that value."""
    timeout = Setting("function", "timeout", 3, "s", QUOTAS.timeout_min, QUOTAS.timeout_max)
    settings, functions = Settings({timeout: 9}), FakeFunctions()
    with Staging(functions, QUOTAS, settings=settings) as stage:
        stage.function("A", timeout=3).invoke()
        stage.function("B").invoke()
        stage.function("C", timeout=5).invoke()
    assert [made.timeout for made in functions.created] == [9, 9, 5]
    titles = [setting.title for setting in settings.noted]
    assert titles[:2] == ["function: timeout", "function: timeout"]
    assert "function: memory size" in titles[2:]


def test_a_value_is_told_with_its_unit() -> None:
    """Promise: a person reads `1,024 MB`, `on`, and the bounds that AWS has."""
    memory = Setting("function", "memory size", 1024, "MB", 128, 10240)
    assert (memory.told(1024), memory.bounds) == ("1,024 MB", "128 to 10,240 MB")
    assert Setting("x", "y", False).told(True) == "on"
    assert Setting("x", "y", 3).bounds == ""
