"""Polls one SQS queue for one mapping. Everything here runs on the clock's thread; only invocations run beside it."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from tutor.awslambda.batch import BatchLimits, cut, due, processed, record_size
from tutor.awslambda.event_record import event, sqs_record
from tutor.awslambda.event_source_mapping import active_pollers, queue_concurrency
from tutor.region.mappings.delivery import Delivery, deliver
from tutor.region.mappings.narration import Narration
from tutor.region.mappings.queue import AT_ONCE, Message, Queue
from tutor.region.mappings.source_mapping import SourceMapping

if TYPE_CHECKING:
    from tutor.region.clock import Appointment
    from tutor.region.region import Region

_AGAIN = 1.0  # ours: seconds until a queue is asked again that gave nothing though something was due
_THROTTLE_WAIT = 1.0  # ours: seconds until a throttled batch is tried again; doubled each time
_THROTTLE_WAIT_MAX = 60.0


@dataclass(frozen=True)
class _Held:
    """A received message that passed the filter, with the record it will be in the event and that record's size."""

    message: Message
    record: dict[str, Any]
    size: int
    returns: float  # when SQS shows it to others again


@dataclass(frozen=True)
class _Batch:
    held: tuple[_Held, ...]
    throttled: int = 0

    @property
    def returns(self) -> float:
        return min(one.returns for one in self.held)


class QueuePoller:
    """Receives what there is, gathers it into batches, invokes, and deletes what was processed.

    What the function failed on stays in the queue: it shows again after the queue's visibility timeout, and the queue's
    own redrive policy takes it to its dead-letter queue when it was received too often.
    """

    def __init__(self, region: "Region", mapping: SourceMapping, queue: Queue, narration: Narration) -> None:
        self._region = region
        self._clock = region.clock
        self.mapping = mapping
        self._queue = queue
        self._narration = narration
        self._limits = BatchLimits.of(mapping.document, region.quotas)
        self._held: list[_Held] = []
        self._window_ends = 0.0
        self._in_flight = 0
        self._busy_since = 0.0
        self._next_look: Appointment | None = None
        self._stopped = False

    def stop(self) -> None:
        """Poll no more. What is in flight ends as it does; what is held returns to the queue by itself."""
        self._stopped = True
        self._held.clear()
        if self._next_look is not None:
            self._next_look.cancel()

    @property
    def busy(self) -> bool:
        """Whether an invocation is still running."""
        return self._in_flight > 0

    def look(self) -> None:
        """See whether there is something to do; called when something may have changed."""
        if self._stopped:
            return
        try:
            while self._in_flight < self._capacity() and self._gathered():
                self._invoke(_Batch(self._cut()))
            self._appoint()
        except ClientError as error:
            self._narration.problem(error)

    def _capacity(self) -> int:
        """Batches at a time; without a maximum of the mapping's own they grow while there is work."""
        busy = self._clock.now() - self._busy_since if self._in_flight else 0.0
        return queue_concurrency(self.mapping.document, busy, self._region.quotas)

    def _gathered(self) -> bool:
        """Receive until a batch is full or the queue is empty. Whether there is a batch to be invoked now."""
        while not self._full():
            due = self._queue.next_available(self._clock.now())
            if due is None or due > self._clock.now():
                break
            if not self._receive():
                break
        return bool(self._held) and (self._full() or self._clock.now() >= self._window_ends)

    def _full(self) -> bool:
        now = self._clock.now()
        return bool(self._held) and due(now + 1, [one.size for one in self._held], self._limits, now) == now

    def _receive(self) -> bool:
        """Take one answer of the queue. Whether it held anything new."""
        now = self._clock.now()
        messages = self._queue.receive(min(AT_ONCE, self.mapping.batch_size - len(self._held)))
        known = {one.message["MessageId"] for one in self._held}
        returns = now + self._queue.visibility_timeout()
        held = [self._hold(message, returns) for message in messages if message["MessageId"] not in known]
        wanted = [one for one in held if self.mapping.wants(one.record)]
        unwanted = [one.message for one in held if one not in wanted]
        self._queue.delete(unwanted)
        if wanted and not self._held:
            self._window_ends = now + self.mapping.window
        self._held += wanted
        if held:
            self._narration.polled(len(held), len(unwanted))
        return bool(held)

    def _hold(self, message: Message, returns: float) -> _Held:
        record = sqs_record(message, self._queue.arn, windowed=self.mapping.window > 0)
        return _Held(message, record, record_size(record), returns)

    def _cut(self) -> tuple[_Held, ...]:
        """The next batch: as many of the held as may go together."""
        batch = cut(self._held, [one.size for one in self._held], self._limits)[0]
        self._held = self._held[len(batch) :]
        return tuple(batch)

    def _invoke(self, batch: _Batch) -> None:
        if self._in_flight == 0:
            self._busy_since = self._clock.now()
        self._in_flight += 1
        self._deliver(batch)

    def _deliver(self, batch: _Batch) -> None:
        if self._stopped and batch.throttled:
            self._in_flight -= 1
            return
        records = event([one.record for one in batch.held])
        trace = next((header for one in batch.held if (header := _trace_header(one.message))), None)
        self._narration.delivering(len(batch.held))
        pollers = active_pollers(self.mapping.document, self._in_flight, self._region.quotas)
        if pollers is not None:
            self._narration.polling(pollers)
        self._clock.work(
            lambda: deliver(self._region, self.mapping, records, trace), lambda result: self._delivered(batch, result)
        )

    def _delivered(self, batch: _Batch, result: Delivery) -> None:
        wait = min(_THROTTLE_WAIT * 2**batch.throttled, _THROTTLE_WAIT_MAX)
        if result.kind == "throttled" and self._clock.now() + wait < batch.returns and not self._stopped:
            self._narration.throttled(result)
            self._clock.after(wait, lambda: self._deliver(replace(batch, throttled=batch.throttled + 1)))
            return
        self._in_flight -= 1
        done = self._done(batch, result)
        self._narration.delivered(result, len(done), len(batch.held) - len(done))
        try:
            self._queue.delete([one.message for one in done])
        except ClientError as error:
            self._narration.problem(error)
        self.look()

    def _done(self, batch: _Batch, result: Delivery) -> list[_Held]:
        """What need not come back."""
        identifiers = [str(one.message["MessageId"]) for one in batch.held]
        failed = result.kind != "answered"
        partial = self.mapping.reports_failures
        done = processed(identifiers, result.payload, failed=failed, partial=partial, ordered=False).done
        return [one for one in batch.held if one.message["MessageId"] in done]

    def _appoint(self) -> None:
        """Look again when the window ends or the queue shows something, whichever is sooner."""
        if self._next_look is not None:
            self._next_look.cancel()
            self._next_look = None
        if self._in_flight >= self._capacity():
            return
        now = self._clock.now()
        shown = self._queue.next_available(now)
        moments = [] if shown is None or self._full() else [shown if shown > now else now + _AGAIN]
        moments += [self._window_ends] if self._held else []
        if moments:
            self._next_look = self._clock.at(min(moments), self.look)


def _trace_header(message: Message) -> str | None:
    header: str | None = message.get("Attributes", {}).get("AWSTraceHeader")
    return header
