"""Delivery: the result of an asynchronous invocation goes to its destination, a failed event to the dead-letter queue.

It is sent as the execution role, in the order in which the events end. What cannot be delivered is counted and lost.
"""

import json
import uuid
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from tutor.awslambda import destination
from tutor.awslambda.asynchronous import Condition
from tutor.awslambda.destination import Kind, Response
from tutor.awslambda.invocation import Invocation, Json
from tutor.awslambda.names import Place, function_name
from tutor.awslambda.recursion import passed_on
from tutor.errors import ServiceError
from tutor.region.call import ACCOUNT
from tutor.region.catalogue import Target
from tutor.region.invoking.queued import Queued
from tutor.region.invoking.request import InvokeRequest
from tutor.region.invoking.role import role_caller
from tutor.region.observing.observation import Observation

if TYPE_CHECKING:
    from tutor.region.region import Region

Record = Mapping[str, Json]


class Undelivered(Exception):
    """It could not be delivered, for the reason that is its text."""


class Delivery:
    """Sends records and dead letters. ``accept`` takes an event for a function that is a destination.

    To be used on the clock's thread.
    """

    def __init__(self, region: "Region", observation: Observation, accept: Callable[[InvokeRequest], None]) -> None:
        self._region = region
        self._observation = observation
        self._accept = accept
        self._client = cache(self._made)
        self._senders: dict[Kind, Callable[[Target, Queued, str, Record], None]] = {
            "sqs": self._to_sqs,
            "sns": self._to_sns,
            "lambda": self._to_lambda,
            "events": self._to_event_bridge,
            "s3": self._to_s3,
        }

    def succeeded(self, target: Target, event: Queued, result: Invocation, config: Mapping[str, Any] | None) -> None:
        """An event was processed: tell the on-success destination, where there is one."""
        arn = _destination(config, "OnSuccess")
        if arn:
            plan = event.plan.invocations + 1
            self._send_record(target, event, arn, self._record(event, "Success", plan, result))

    def failed(
        self,
        target: Target,
        event: Queued,
        condition: Condition,
        result: Invocation | None,
        config: Mapping[str, Any] | None,
    ) -> None:
        """An event was given up: to the dead-letter queue and to the on-failure destination, where there are any."""
        letters = (target.function["latest"].get("DeadLetterConfig") or {}).get("TargetArn")
        if letters:
            self._send_letter(target, event, letters, result)
        arn = _destination(config, "OnFailure")
        if arn:
            self._send_record(target, event, arn, self._record(event, condition, event.plan.invocations, result))

    def _record(self, event: Queued, condition: Condition, invocations: int, result: Invocation | None) -> Record:
        response = None
        if result is not None:
            response = Response(result.executed_version, result.payload, result.function_error, result.status_code)
        return destination.invocation_record(
            event.function,
            event.request_id,
            condition,
            invocations,
            json.loads(event.payload),
            response,
            self._region.clock.datetime(),
        )

    def _send_record(self, target: Target, event: Queued, arn: str, record: Record) -> None:
        kind = destination.kind(arn)
        try:
            if kind is None or destination.is_fifo(arn):
                raise Undelivered("Lambda does not deliver there")
            self._attempt(partial(self._senders[kind], target, event, arn, record))
        except Undelivered as refusal:
            self._observation.undelivered(target, dead_letter=False)
            self._note("drop", event, f"not delivered to {arn}: {refusal}")
        else:
            self._note("destination", event, f"delivered to {arn}")

    def _send_letter(self, target: Target, event: Queued, arn: str, result: Invocation | None) -> None:
        message = result.error_message if result is not None else event.error
        status = result.status_code if result is not None else event.status
        attributes = destination.dead_letter_attributes(event.request_id, status, message, self._region.quotas)
        try:
            if destination.is_fifo(arn):
                raise Undelivered("Lambda does not deliver to FIFO queues and topics")
            self._attempt(partial(self._post, target, event, arn, event.payload, attributes))
        except Undelivered as refusal:
            self._observation.undelivered(target, dead_letter=True)
            self._note("drop", event, f"not dead-lettered to {arn}: {refusal}")
        else:
            self._note("dead-letter", event, f"dead-lettered to {arn}")

    def _attempt(self, send: Callable[[], None]) -> None:
        """Send; what refuses it becomes ``Undelivered``."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            send()
        except ClientError as refusal:
            error = refusal.response["Error"]
            raise Undelivered(f"{error['Code']}: {error['Message']}") from refusal
        except (BotoCoreError, ServiceError) as refusal:
            raise Undelivered(str(refusal)) from refusal

    def _made(self, service: str, aws_region: str, role: str, function: str) -> Any:
        return self._region.neighbours.client(service, aws_region, role_caller(role, function))

    def _to(self, service: str, target: Target, arn: str) -> Any:
        """A client of the service in the ARN's region, as the function's execution role."""
        aws_region = arn.split(":")[3] or target.aws_region
        return self._client(service, aws_region, str(target.configuration["Role"]), target.name)

    def _post(self, target: Target, event: Queued, arn: str, text: str, attributes: Mapping[str, Any]) -> None:
        """Send a message to a queue or a topic."""
        if destination.kind(arn) == "sns":
            self._to("sns", target, arn).publish(TopicArn=arn, Message=text, MessageAttributes=attributes)
            return
        _, _, _, aws_region, account, name = arn.split(":", 5)
        url = f"https://sqs.{aws_region}.amazonaws.com/{account}/{name}"
        traced = {"AWSTraceHeader": {"DataType": "String", "StringValue": _traced(event)}}
        self._to("sqs", target, arn).send_message(
            QueueUrl=url,
            MessageBody=text,
            MessageAttributes=attributes,
            MessageSystemAttributes=traced,
        )

    def _to_sqs(self, target: Target, event: Queued, arn: str, record: Record) -> None:
        self._post(target, event, arn, _text(record), {})

    def _to_sns(self, target: Target, event: Queued, arn: str, record: Record) -> None:
        self._post(target, event, arn, _text(record), {})

    def _to_lambda(self, target: Target, event: Queued, arn: str, record: Record) -> None:
        aws_region = arn.split(":")[3]
        name = function_name(arn, Place(aws_region, ACCOUNT))
        after = self._region.catalogue.target(aws_region, name.name, name.qualifier)
        self._region.authority.check_invoke(after, role_caller(str(target.configuration["Role"]), target.name))
        self._accept(InvokeRequest(after, _text(record).encode(), str(uuid.uuid4()), _traced(event), source=target.arn))

    def _to_event_bridge(self, target: Target, _: Queued, arn: str, record: Record) -> None:
        entry = destination.event_bridge_entry(record, arn)
        answer = self._to("events", target, arn).put_events(Entries=[{**entry, "Detail": _text(record)}])
        if answer["FailedEntryCount"]:
            raise Undelivered(str(answer["Entries"][0].get("ErrorMessage")))

    def _to_s3(self, target: Target, event: Queued, arn: str, record: Record) -> None:
        key = destination.s3_key(event.function, self._region.clock.datetime(), str(uuid.uuid4()))
        self._to("s3", target, arn).put_object(Bucket=arn.rpartition(":")[2], Key=key, Body=_text(record).encode())

    def _note(self, kind: str, event: Queued, text: str) -> None:
        self._region.timeline.note(
            kind, event.function.resource, text, request_id=event.request_id, aws_region=event.aws_region
        )


def _destination(config: Mapping[str, Any] | None, side: str) -> str | None:
    return (((config or {}).get("DestinationConfig") or {}).get(side) or {}).get("Destination") or None


def _traced(event: Queued) -> str:
    """The trace header of what this function's result goes to."""
    return passed_on(event.trace_header, event.function.arn)


def _text(record: Record) -> str:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))
