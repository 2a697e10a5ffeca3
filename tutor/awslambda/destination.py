"""Where the result of an asynchronous invocation goes: the invocation record, and the dead-lettered message.

Source: developer guide, invocation-async-retain-records; records and attributes as recorded from the service.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from tutor.awslambda.asynchronous import Condition
from tutor.awslambda.invocation import Json
from tutor.awslambda.names import FunctionName
from tutor.awslambda.quotas import Quotas

Kind = Literal["sqs", "sns", "lambda", "events", "s3"]

ACTIONS: Mapping[Kind, str] = {
    "sqs": "sqs:SendMessage",
    "sns": "sns:Publish",
    "lambda": "lambda:InvokeFunction",
    "events": "events:PutEvents",
    "s3": "s3:PutObject",
}
"""What the execution role must be allowed to do, by the destination's service."""


@dataclass(frozen=True)
class Response:
    """What the last attempt answered. ``function_error`` is ``Unhandled`` or None."""

    executed_version: str
    payload: Json
    function_error: str | None = None
    status_code: int = 200


def kind(arn: str) -> Kind | None:
    """The service of a destination's ARN; None for one that cannot be a destination."""
    parts = arn.split(":")
    service = parts[2] if len(parts) > 5 and parts[0] == "arn" else ""
    return next((known for known in ACTIONS if known == service), None)


def is_fifo(arn: str) -> bool:
    """Whether it is a FIFO queue or topic, which Lambda cannot deliver to."""
    return kind(arn) in ("sqs", "sns") and arn.endswith(".fifo")


def timestamp(now: datetime) -> str:
    """A time as the records have it: UTC, milliseconds, ``Z``."""
    return f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03d}Z"


def invocation_record(
    function: FunctionName,
    request_id: str,
    condition: Condition,
    invocations: int,
    payload: Json,
    response: Response | None,
    now: datetime,
) -> dict[str, Json]:
    """The record that a destination gets. Without an answer (``response`` None) it ends after the request's payload."""
    record: dict[str, Json] = {
        "version": "1.0",
        "timestamp": timestamp(now),
        "requestContext": {
            "requestId": request_id,
            "functionArn": function.qualified_arn,
            "condition": condition,
            "approximateInvokeCount": invocations,
        },
        "requestPayload": payload,
    }
    if response is not None:
        context: dict[str, Json] = {
            "statusCode": response.status_code,
            "executedVersion": response.executed_version,
        }
        if response.function_error is not None:
            context["functionError"] = response.function_error
        record |= {"responseContext": context, "responsePayload": response.payload}
    return record


def event_bridge_entry(record: Mapping[str, Any], bus_arn: str) -> dict[str, Json]:
    """The record as an entry of EventBridge's PutEvents; ``Detail`` is the record itself, still to be serialised."""
    context = record["requestContext"]
    result = "Success" if context["condition"] == "Success" else "Failure"
    return {
        "Source": "lambda",
        "DetailType": f"Lambda Function Invocation Result - {result}",
        "Resources": [bus_arn, context["functionArn"]],
        "Detail": record,
        "EventBusName": bus_arn,
    }


def s3_key(function: FunctionName, now: datetime, uuid: str) -> str:
    """The key under which a failure is kept in a bucket."""
    return f"aws/lambda/async/{function.name}/{now:%Y/%m/%d}/{now:%Y-%m-%dT%H.%M.%S}-{uuid}"


def dead_letter_attributes(
    request_id: str, status_code: int, error_message: str | None, quotas: Quotas
) -> dict[str, dict[str, str]]:
    """The message attributes beside the unchanged event, in the form of SQS and SNS alike.

    ``status_code`` is 200 for a function error, 429 for a throttle; of the error's text the first 1 KB is kept, and
    an empty one has no attribute, since SQS takes none.
    """
    attributes = {
        "RequestID": {"DataType": "String", "StringValue": request_id},
        "ErrorCode": {"DataType": "Number", "StringValue": str(status_code)},
    }
    kept = (error_message or "").encode()[: quotas.dead_letter_error_message].decode(errors="ignore")
    if kept:
        attributes["ErrorMessage"] = {"DataType": "String", "StringValue": kept}
    return attributes
