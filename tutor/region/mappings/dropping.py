"""Where records go that were given up: the mapping's on-failure destination hears of them."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from botocore.exceptions import BotoCoreError, ClientError

from tutor.awslambda.destination import Response
from tutor.awslambda.event_record import Record, event
from tutor.awslambda.stream_batch import Discard, failure_record, s3_key, with_payload
from tutor.region.call import Caller
from tutor.region.mappings.delivery import Delivery
from tutor.region.mappings.narration import Narration
from tutor.region.mappings.source_mapping import SourceMapping

if TYPE_CHECKING:
    from tutor.region.region import Region


class Dropping:
    """Tells the on-failure destination of dropped records, in the execution role's name (``caller``).

    A queue or topic gets what is known about the batch, a bucket the records too. What cannot be delivered is lost, as
    on AWS; the timeline and a metric tell of it.
    """

    def __init__(self, region: "Region", mapping: SourceMapping, narration: Narration, caller: Caller) -> None:
        self._region = region
        self._mapping = mapping
        self._narration = narration
        self._caller = caller

    def drop(self, shard: str, lost: Discard, events: Sequence[Record], result: Delivery | None) -> None:
        """Give records up, whose ``events`` are in the function's form. ``result``: of the last attempt, if any."""
        self._narration.dropped(len(events), lost.condition)
        destination = self._mapping.on_failure
        if not destination:
            return
        record = failure_record(
            lost,
            function_arn=self._mapping.function_arn,
            request_id=result.request_id if result is not None else str(uuid4()),
            shard_id=shard,
            stream_arn=self._mapping.source_arn,
            response=_response(result),
            now=self._region.clock.datetime(),
        )
        try:
            self._send(destination, record, shard, events)
        except (ClientError, BotoCoreError) as error:
            self._narration.not_sent(destination, str(error))
        else:
            self._narration.sent(destination, len(events))

    def _send(self, destination: str, record: dict[str, Any], shard: str, events: Sequence[Record]) -> None:
        service, aws_region, name = _parts(destination)
        client = self._region.neighbours.client(service, aws_region or self._mapping.aws_region, self._caller)
        text = json.dumps(record, separators=(",", ":"))
        if service == "sqs":
            account = destination.split(":")[4]
            client.send_message(QueueUrl=f"https://sqs.{aws_region}.amazonaws.com/{account}/{name}", MessageBody=text)
        elif service == "sns":
            client.publish(TopicArn=destination, Message=text)
        else:
            whole = json.dumps(with_payload(record, event(events)), separators=(",", ":"))
            key = s3_key(self._mapping.uuid, shard, self._region.clock.datetime(), str(uuid4()))
            client.put_object(Bucket=name, Key=key, Body=whole.encode())


def _response(result: Delivery | None) -> Response | None:
    if result is None:
        return None
    return Response(result.executed_version, result.payload, result.function_error)


def _parts(arn: str) -> tuple[str, str, str]:
    _, _, service, aws_region, _, name = arn.split(":", 5)
    return service, aws_region, name
