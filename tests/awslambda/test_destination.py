"""Invocation records and dead letters, exactly as recorded from the service, and the settings that lead to them."""

from datetime import UTC, datetime

import pytest

from tests.awslambda.refusal import refused
from tests.fakes.quotas import QUOTAS
from tutor.awslambda.destination import (
    Response,
    dead_letter_attributes,
    event_bridge_entry,
    invocation_record,
    is_fifo,
    kind,
    s3_key,
)
from tutor.awslambda.event_invoke_config import (
    check_event_invoke_config,
    check_sets_something,
    config_missing,
    destination_missing,
    put,
    update,
)
from tutor.awslambda.names import FunctionName

FN = FunctionName("fn")
ARN = "arn:aws:lambda:us-east-1:123456789012:function:fn"
NOW = datetime(2025, 11, 24, 23, 11, 12, 7000, UTC)
QUEUE = "arn:aws:sqs:us-east-1:123456789012:q"
BUS = "arn:aws:events:us-east-1:123456789012:event-bus/b"


def test_the_record_of_a_failure_is_the_recorded_one() -> None:
    """Members, names and order."""
    error = {"errorMessage": "intentional", "errorType": "Exception"}
    response = Response("$LATEST", error, "Unhandled")
    record = invocation_record(FN, "id", "RetriesExhausted", 3, {"raise_error": 1}, response, NOW)
    assert record == {
        "version": "1.0",
        "timestamp": "2025-11-24T23:11:12.007Z",
        "requestContext": {
            "requestId": "id",
            "functionArn": f"{ARN}:$LATEST",
            "condition": "RetriesExhausted",
            "approximateInvokeCount": 3,
        },
        "requestPayload": {"raise_error": 1},
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
        "responsePayload": error,
    }


def test_a_success_has_no_function_error_and_no_answer_no_response() -> None:
    """A success's context has two members; where nothing ran there is no response at all."""
    success = invocation_record(FN.qualified("PROD"), "id", "Success", 1, {}, Response("2", None), NOW)
    assert success["responseContext"] == {"statusCode": 200, "executedVersion": "2"}
    assert success["requestContext"]["functionArn"] == f"{ARN}:PROD"
    unrun = invocation_record(FN, "id", "ZeroReservedConcurrency", 0, {}, None, NOW)
    assert list(unrun) == ["version", "timestamp", "requestContext", "requestPayload"]
    assert unrun["requestContext"]["approximateInvokeCount"] == 0


@pytest.mark.parametrize(("condition", "result"), [("Success", "Success"), ("EventAgeExceeded", "Failure")])
def test_the_form_for_event_bridge(condition: str, result: str) -> None:
    """Source, detail type and both resources as recorded."""
    record = {"requestContext": {"condition": condition, "functionArn": f"{ARN}:$LATEST"}}
    assert event_bridge_entry(record, BUS) == {
        "Source": "lambda",
        "DetailType": f"Lambda Function Invocation Result - {result}",
        "Resources": [BUS, f"{ARN}:$LATEST"],
        "Detail": record,
        "EventBusName": BUS,
    }


def test_the_key_in_a_bucket() -> None:
    """Prefix, function, day, moment, random part."""
    assert s3_key(FN, NOW, "u-1") == "aws/lambda/async/fn/2025/11/24/2025-11-24T23.11.12-u-1"


def test_a_dead_letter_has_three_attributes() -> None:
    """Names and types as recorded; the message is cut at 1 KB and never inside a character."""
    attributes = dead_letter_attributes("id", 200, "boom", QUOTAS)
    assert attributes == {
        "RequestID": {"DataType": "String", "StringValue": "id"},
        "ErrorCode": {"DataType": "Number", "StringValue": "200"},
        "ErrorMessage": {"DataType": "String", "StringValue": "boom"},
    }
    cut = dead_letter_attributes("id", 200, "x" + "é" * 1024, QUOTAS)["ErrorMessage"]["StringValue"]
    assert len(cut.encode()) == 1023
    assert "ErrorMessage" not in dead_letter_attributes("id", 429, None, QUOTAS)


def test_what_can_be_a_destination() -> None:
    """Five services; FIFO queues and topics are known as such."""
    assert [kind(arn) for arn in (QUEUE, BUS, ARN, "arn:aws:s3:::b", "arn:aws:iam:::x", "q", "urn:aws:sqs:::q")] == [
        "sqs", "events", "lambda", "s3", None, None, None,
    ]  # fmt: skip
    assert is_fifo(QUEUE + ".fifo")
    assert not is_fifo(QUEUE)


def test_what_is_refused_of_the_settings() -> None:
    """Recorded texts."""
    for fine in ({"MaximumRetryAttempts": 0}, {"DestinationConfig": {"OnFailure": {"Destination": "arn:aws:s3:::b"}}}):
        check_event_invoke_config(FN, fine)
    nothing = "You must specify at least one of error handling or destination setting."
    assert refused(check_sets_something, {"FunctionName": "fn"}) == ("InvalidParameterValueException", nothing)
    itself = {"DestinationConfig": {"OnSuccess": {"Destination": f"{ARN}:PROD"}}}
    text = "You can't specify the function as a destination for itself."
    assert refused(check_event_invoke_config, FN, itself)[1] == text
    odd = {"DestinationConfig": {"OnSuccess": {"Destination": "arn:aws:iam:us-east-1:123456789012:function:fn"}}}
    assert refused(check_event_invoke_config, FN, odd)[1] == (
        "The provided destination config DestinationConfig(onSuccess=OnSuccess(destination="
        "arn:aws:iam:us-east-1:123456789012:function:fn), onFailure=null) is invalid."
    )
    bucket = {"DestinationConfig": {"OnSuccess": {"Destination": "arn:aws:s3:::b"}}}
    assert "is invalid" in refused(check_event_invoke_config, FN, bucket)[1]


def test_missing_destinations_and_settings() -> None:
    """Recorded texts."""
    assert destination_missing(ARN).message == f"The destination ARN {ARN} is invalid."
    assert config_missing(FN).message == f"The function {ARN}:$LATEST doesn't have an EventInvokeConfig"


def test_put_overwrites_and_update_keeps_the_rest() -> None:
    """An answer always has both sides of the destinations."""
    first = put({"FunctionName": "fn", "MaximumEventAgeInSeconds": 60})
    assert first == {"MaximumEventAgeInSeconds": 60, "DestinationConfig": {"OnSuccess": {}, "OnFailure": {}}}
    second = update(first, {"MaximumRetryAttempts": 1, "DestinationConfig": {"OnFailure": {"Destination": QUEUE}}})
    assert second == {
        "MaximumEventAgeInSeconds": 60,
        "MaximumRetryAttempts": 1,
        "DestinationConfig": {"OnSuccess": {}, "OnFailure": {"Destination": QUEUE}},
    }
    assert put({"MaximumRetryAttempts": 0})["DestinationConfig"]["OnFailure"] == {}
