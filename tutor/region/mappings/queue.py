"""An SQS queue as a poller sees it: when something can be received from it, receiving, deleting."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tutor.region.call import ACCOUNT, Caller

if TYPE_CHECKING:
    from tutor.region.neighbours.gate import Neighbours

Message = Mapping[str, Any]
"""A message as SQS's ReceiveMessage gives it."""

AT_ONCE = 10
"""Messages that one ReceiveMessage or DeleteMessageBatch can hold, by SQS's API."""

_HIDDEN = 0.001  # moto shows a message again when its moment has passed, which is the next millisecond


class Queue:
    """One queue, read with the permissions of ``caller`` (the execution role).

    ``receive`` and ``delete`` raise botocore's ``ClientError`` with what SQS refuses. Receiving never waits: long
    polling would hold the clock; ``next_available`` says when to ask instead.
    """

    def __init__(self, neighbours: "Neighbours", arn: str, caller: Caller) -> None:
        self._neighbours = neighbours
        self.arn = arn
        _, _, _, self.aws_region, self.account, self.name = arn.split(":", 5)
        self._client: Any = neighbours.client("sqs", self.aws_region, caller)
        self.url = f"https://sqs.{self.aws_region}.amazonaws.com/{self.account}/{self.name}"

    def check(self) -> None:
        """Ask what a poller asks, without taking anything off the queue: ``ClientError`` where it may not."""
        self._client.get_queue_attributes(QueueUrl=self.url, AttributeNames=["VisibilityTimeout"])

    def next_available(self, now: float) -> float | None:
        """The moment at which a message can be received: past or ``now`` when one can be already, None for never.

        Looks into the queue without asking SQS, so it costs no request and needs no permission.
        """
        with self._neighbours.inside():
            queue = self._model()
            if queue is None:
                return None
            oldest = (now - float(queue.message_retention_period)) * 1000
            waiting = [message for message in queue._messages if message.sent_timestamp > oldest]
            when = _available_in_order if queue.fifo_queue else _available
            return when(waiting, now * 1000)

    def receive(self, count: int) -> list[Message]:
        """Up to ``count`` messages (at most ten), hidden from others for the queue's visibility timeout."""
        answer = self._client.receive_message(
            QueueUrl=self.url,
            MaxNumberOfMessages=min(count, AT_ONCE),
            WaitTimeSeconds=0,
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        return list(answer.get("Messages", ()))

    def delete(self, messages: Sequence[Message]) -> None:
        """Take messages off the queue, ten with each request."""
        for first in range(0, len(messages), AT_ONCE):
            entries = [
                {"Id": str(place), "ReceiptHandle": message["ReceiptHandle"]}
                for place, message in enumerate(messages[first : first + AT_ONCE])
            ]
            self._client.delete_message_batch(QueueUrl=self.url, Entries=entries)

    def visibility_timeout(self) -> int:
        """Seconds for which a received message is hidden, as the queue has it now."""
        with self._neighbours.inside():
            queue = self._model()
            return 0 if queue is None else int(queue.visibility_timeout)

    def _model(self) -> Any:
        """moto's queue, None where there is none."""
        if self.account != ACCOUNT:
            return None
        return self._neighbours.backend("sqs", self.aws_region).queues.get(self.name)


def _shown_at(message: Any) -> float:
    """When a message can be received, in ms; 0 for one that never was hidden."""
    hidden = max(message.visible_at, message.delayed_until)
    return float(hidden + _HIDDEN * 1000) if hidden else 0.0


def _available(waiting: Iterable[Any], now_ms: float) -> float | None:
    soonest: float | None = None
    for message in waiting:
        shown = _shown_at(message)
        if shown <= now_ms:
            return shown / 1000
        soonest = shown if soonest is None else min(soonest, shown)
    return None if soonest is None else soonest / 1000


def _available_in_order(waiting: Iterable[Any], now_ms: float) -> float | None:
    """For a FIFO queue: a group waits for all of its messages that are in flight."""
    groups: dict[str | None, float] = {}
    for message in waiting:
        shown = _shown_at(message)
        first_of_group = message.group_id not in groups
        if first_of_group or (message.visible_at > now_ms and shown > groups[message.group_id]):
            groups[message.group_id] = shown
    return min(groups.values()) / 1000 if groups else None
