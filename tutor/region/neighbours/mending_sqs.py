"""moto's SQS: no waiting inside, time read once for a whole queue, and duplicates known after they were deleted."""

from types import ModuleType
from typing import Any

from tutor.region.neighbours.house import scene


class _Attributes(dict[str, Any]):
    """A queue's attributes; moto asks for one at every message, and counting all messages for it takes time."""

    def __init__(self, queue: Any, whole: Any) -> None:
        super().__init__()
        self._queue = queue
        self._whole = whole

    def get(self, name: str, default: Any = None) -> Any:
        if name == "ContentBasedDeduplication":
            given = getattr(self._queue, "content_based_deduplication", None) if self._queue.fifo_queue else None
            return str(given).lower() if isinstance(given, bool) else given
        return self._whole(self._queue).get(name, default)

    def __missing__(self, name: str) -> Any:
        return self._whole(self._queue)[name]

    def __iter__(self) -> Any:
        return iter(self._whole(self._queue))

    def __contains__(self, name: object) -> bool:
        return name in self._whole(self._queue)

    def __len__(self) -> int:
        return len(self._whole(self._queue))

    def keys(self) -> Any:
        return self._whole(self._queue).keys()

    def values(self) -> Any:
        return self._whole(self._queue).values()

    def items(self) -> Any:
        return self._whole(self._queue).items()


def mend_sqs(module: ModuleType) -> None:
    """Mend ``moto.sqs.models``."""
    queue, backend = module.Queue, module.SQSBackend
    _counting(module, queue)
    _deduplicating(module, queue)
    _traced(module.Message)
    received = backend.receive_message

    def at_once(self: Any, queue_name: str, count: int, _: int, *rest: Any, **named: Any) -> Any:
        queue = self.get_queue(queue_name)
        _expire(module, queue)
        _give_back(module, queue)
        return received(self, queue_name, count, 0, *rest, **named)

    backend.receive_message = at_once


def _traced(message: Any) -> None:
    """A message knows the trace of the request that sent it, also when it came by way of another service."""
    made = message.__init__

    def init(self: Any, *args: Any, **named: Any) -> None:
        made(self, *args, **named)
        here = scene()
        if here is not None and here.trace_header and "AWSTraceHeader" not in self.system_attributes:
            trace = {"DataType": "String", "StringValue": here.trace_header}
            self.system_attributes = {**self.system_attributes, "AWSTraceHeader": trace}

    message.__init__ = init


def _counting(module: ModuleType, queue: Any) -> None:
    whole = queue.attributes.fget

    def plain(self: Any) -> dict[str, Any]:
        told = dict(whole(self))
        return told | {name: int(told[name]) for name in ("CreatedTimestamp", "LastModifiedTimestamp")}

    def messages(self: Any) -> list[Any]:
        now = module.unix_time_millis()
        since = _oldest(self, now)
        return [
            each
            for each in self._messages
            if now > each.visible_at and now >= each.delayed_until and each.sent_timestamp > since
        ]

    def delayed(self: Any) -> int:
        now = module.unix_time_millis()
        since = _oldest(self, now)
        return sum(1 for each in self._messages if now < each.delayed_until and each.sent_timestamp > since)

    def hidden(self: Any) -> int:
        now = module.unix_time_millis()
        since = _oldest(self, now)
        return sum(1 for each in self._messages if now <= each.visible_at and each.sent_timestamp > since)

    queue.attributes = property(lambda self: _Attributes(self, plain))
    queue.messages = property(messages)
    queue.approximate_number_of_messages_delayed = property(delayed)
    queue.approximate_number_of_messages_not_visible = property(hidden)


def _give_back(module: ModuleType, queue: Any) -> None:
    """Messages whose visibility has timed out are pending no more: else a group would be given out of order."""
    now = module.unix_time_millis()
    for message in [each for each in queue.pending_messages if now > each.visible_at]:
        queue.pending_messages.discard(message)


def _oldest(queue: Any, now: float) -> float:
    """The moment of sending (in ms, as ``now``) up to which the queue keeps nothing any more."""
    return now - int(queue.message_retention_period) * 1000


def _expire(module: ModuleType, queue: Any) -> None:
    """What the queue has kept for as long as it keeps anything is gone; a dead-letter queue counts from the sending."""
    since = _oldest(queue, module.unix_time_millis())
    gone = [each for each in queue._messages if each.sent_timestamp <= since]
    for message in gone:
        queue.pending_messages.discard(message)
        queue.deleted_messages.update(message.all_receipt_handles)
    if gone:
        queue._messages = [each for each in queue._messages if each.sent_timestamp > since]


def _deduplicating(module: ModuleType, queue: Any) -> None:
    """AWS knows a duplicate for five minutes, also when the first message has been deleted meanwhile."""
    add = queue.add_message

    def once(self: Any, message: Any) -> None:
        if self.fifo_queue and message.deduplication_id:
            scoped = self.deduplication_scope == "messageGroup"
            key = (message.group_id if scoped else None, message.deduplication_id)
            seen = self.__dict__.setdefault("seen_lately", {})
            limit = message.sent_timestamp - module.DEDUPLICATION_TIME_IN_SECONDS * 1000
            first = seen.get(key)
            if first is not None and first[0] > limit:
                message.id, message.sequence_number = first[1], first[2]
                return
            seen[key] = (message.sent_timestamp, message.id, message.sequence_number)
        add(self, message)

    queue.add_message = once
