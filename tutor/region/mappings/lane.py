"""One lane of a shard: the records whose keys belong together, one batch at a time and in order.

Everything runs on the clock's thread; only the invocation itself runs beside it.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from tutor.awslambda.batch import BatchLimits, cut, due, processed
from tutor.awslambda.stream_batch import (
    FOREVER,
    Discard,
    StreamBatch,
    StreamSettings,
    after_failure,
    before_attempt,
    retry_wait,
)
from tutor.region.mappings.checkpoint import Checkpoint
from tutor.region.mappings.delivery import Delivery, deliver
from tutor.region.mappings.dropping import Dropping
from tutor.region.mappings.narration import Narration
from tutor.region.mappings.source_mapping import SourceMapping
from tutor.region.mappings.stream import Position, ReadRecord, Stream, later
from tutor.region.mappings.tumbling import Tumbling

if TYPE_CHECKING:
    from tutor.region.clock import Appointment
    from tutor.region.region import Region

_PAST = 0.001  # a record is too old when its age is past the limit, not at it


@dataclass(frozen=True)
class _Waiting:
    """A record that was read, and when. Unwanted ones stay in line: a checkpoint must not pass those before them."""

    record: ReadRecord
    wanted: bool
    since: float


@dataclass(frozen=True)
class _Work:
    """A batch to invoke with. ``through``: the lane's position when it is done with.

    ``delays`` are tries in a row that invoked nothing. ``closes``: it ends a tumbling window; ``early``: it cuts the
    window short. Both have no records.
    """

    batch: StreamBatch
    through: Position
    delays: int = 0
    closes: bool = False
    early: bool = False

    @property
    def numbers(self) -> tuple[str, ...]:
        """The records' sequence numbers."""
        return tuple(record.sequence_number for record in self.batch.records)


@dataclass(frozen=True)
class Shared:
    """What the lanes of one mapping share. ``look`` sees what else is to be done now: to read on, a child shard."""

    region: "Region"
    mapping: SourceMapping
    stream: Stream
    narration: Narration
    dropping: Dropping
    look: Callable[[], None]


class Lane:
    """Gathers records, invokes, and moves its checkpoint on; a batch that fails holds up what comes after it."""

    def __init__(self, shared: Shared, shard: str, number: int, checkpoint: Checkpoint) -> None:
        self._shared = shared
        self._mapping = shared.mapping
        self._clock = shared.region.clock
        self._quotas = shared.region.quotas
        self._shard = shard
        self._number = number
        self._checkpoint = checkpoint
        self._waiting: deque[_Waiting] = deque()
        self._work: deque[_Work] = deque()
        self._taken = checkpoint.position(number)
        length, grace = shared.mapping.tumbling_window, shared.stream.poll_interval
        self._tumbling = Tumbling(length, grace, checkpoint.window(number), self._quotas)
        self._limits = BatchLimits.of(shared.mapping.document, self._quotas)
        self._settings = StreamSettings.of(shared.mapping.document)
        self._busy = False
        self._stopped = False
        self._not_before = 0.0
        self._next_step: Appointment | None = None

    def stop(self) -> None:
        """Invoke no more; of what is running only the progress is kept."""
        self._stopped = True
        self._forget_appointment()

    @property
    def busy(self) -> bool:
        """Whether an invocation is running."""
        return self._busy

    @property
    def hungry(self) -> bool:
        """Whether it could take more records now."""
        return len(self._waiting) < self._mapping.batch_size

    @property
    def idle(self) -> bool:
        """Whether it has nothing left to do with the records it was given."""
        return not (self._waiting or self._work or self._busy or self._tumbling.open)

    def take(self, records: Sequence[ReadRecord]) -> None:
        """Get records that were read, in their order; those done with before are passed over."""
        now = self._clock.now()
        for record in records:
            position = {"after": record.sequence_number}
            if later(position, self._taken):
                wanted = self._mapping.wants(record.event)
                self._waiting.append(_Waiting(record, wanted, now))
                self._taken = position

    def step(self) -> None:
        """Do what is to be done now, if anything."""
        if self._stopped or self._busy:
            return
        self._forget_appointment()
        self._pass_over()
        if self._clock.now() < self._not_before:
            self._next_step = self._clock.at(self._not_before, self.step)
            return
        if not self._work:
            batch = self._cut()
            if batch is None:
                self._appoint()
                return
            self._work.append(batch)
        self._send(self._work.popleft())

    def _pass_over(self) -> None:
        """Leave behind unwanted records at the head, and those that the stream keeps no more."""
        gone = self._clock.now() - self._shared.stream.retention()
        position: Position | None = None
        lost = filtered = 0
        while self._waiting and (not self._waiting[0].wanted or self._waiting[0].record.arrived < gone):
            left = self._waiting.popleft()
            position = {"after": left.record.sequence_number}
            lost, filtered = lost + left.wanted, filtered + (not left.wanted)
        if position is not None:
            self._shared.narration.passed_over(filtered, lost)
            if not self._work:
                self._keep(position)

    def _cut(self) -> _Work | None:
        """The next batch, if it is time for one."""
        within = self._tumbling.end(self._waiting[0].record.arrived if self._waiting else None)
        line = list(takewhile(lambda waiting: waiting.record.arrived < within, self._waiting))
        wanted = [waiting for waiting in line if waiting.wanted]
        if not wanted:
            return self._closing()
        sizes = [waiting.record.size for waiting in wanted]
        chosen = cut(wanted, sizes, self._limits)[0]
        now = self._clock.now()
        cut_off = len(chosen) < len(wanted) or len(line) < len(self._waiting)
        if not cut_off and due(chosen[0].since, sizes, self._limits, now) > now:
            return None
        self._tumbling.enter(chosen[0].record.arrived)
        last = self._leave(chosen[-1])
        return _Work(StreamBatch(tuple(waiting.record for waiting in chosen)), last)

    def _leave(self, last: _Waiting) -> Position:
        """Take what waits up to ``last`` out of the line, and what follows it unwanted. The position after that."""
        while (left := self._waiting.popleft()) is not last:
            pass
        while self._waiting and not self._waiting[0].wanted:
            left = self._waiting.popleft()
        return {"after": left.record.sequence_number}

    def _closing(self) -> _Work | None:
        """The invocation that ends a tumbling window, when all of its records have been given to the function."""
        if not self._tumbling.over(self._clock.now(), more=bool(self._waiting)):
            return None
        return _Work(StreamBatch(()), self._checkpoint.position(self._number), closes=True)

    @property
    def _window_ends(self) -> float:
        return self._waiting[0].since + self._mapping.window

    def _appoint(self) -> None:
        """Look again when the batching window or the tumbling window ends, whichever is sooner."""
        moments = [self._window_ends] if self._waiting else []
        moments += [self._tumbling.closes_at] if self._tumbling.open else []
        if moments:
            self._next_step = self._clock.at(min(moments), self.step)

    def _forget_appointment(self) -> None:
        if self._next_step is not None:
            self._next_step.cancel()
            self._next_step = None

    def _send(self, work: _Work) -> None:
        left = self._without_expired(work)
        if left is None:
            self.step()
            return
        records = [record for record in left.batch.records if isinstance(record, ReadRecord)]
        events, source = [record.event for record in records], self._mapping.source_arn
        whole = self._tumbling.event(events, self._shard, source, last=left.closes, early=left.early)
        self._busy = True
        age = self._clock.now() - records[-1].arrived if records else None
        self._shared.narration.delivering(len(records), age=age, attempt=left.batch.invocations + 1)
        region, mapping = self._shared.region, self._mapping
        self._clock.work(lambda: deliver(region, mapping, whole), lambda result: self._delivered(left, result))

    def _without_expired(self, work: _Work) -> _Work | None:
        """What of a batch is not too old yet, None for nothing; what is too old goes to the on-failure destination."""
        if not work.batch.records:
            return work
        kept = self._still_kept(work)
        if kept is None:
            return None
        work = kept
        judged = before_attempt(work.batch, self._clock.now(), self._settings)
        for lost in judged.discarded:
            batch = replace(lost.batch, invocations=max(1, lost.batch.invocations))
            through: Position = {"after": batch.records[-1].sequence_number} if judged.batches else work.through
            self._drop(replace(work, batch=batch, through=through), replace(lost, batch=batch), None)
        return replace(work, batch=judged.batches[0]) if judged.batches else None

    def _still_kept(self, work: _Work) -> _Work | None:
        """What of a batch the stream still keeps, None for nothing; what has expired is lost, and no one is told."""
        gone = self._clock.now() - self._shared.stream.retention()
        kept = tuple(record for record in work.batch.records if record.arrived >= gone)
        lost = len(work.batch.records) - len(kept)
        if not lost:
            return work
        self._shared.narration.passed_over(0, lost)
        if not kept:
            self._done(work)
            return None
        return replace(work, batch=replace(work.batch, records=kept))

    def _delivered(self, work: _Work, result: Delivery) -> None:
        self._busy = False
        if result.kind in ("throttled", "refused"):
            self._shared.narration.throttled(result)
            self._again(replace(work, delays=work.delays + 1), retry_wait(work.delays, self._quotas))
        else:
            self._judge(replace(work, delays=0), result)
        self.step()
        self._shared.look()

    def _judge(self, work: _Work, result: Delivery) -> None:
        lacking = bool(work.numbers) and self._tumbling.lacks_state(result.payload)
        failed = result.kind == "failed" or lacking
        partial = self._mapping.reports_failures
        outcome = processed(work.numbers, result.payload, failed=failed, partial=partial, ordered=True)
        self._shared.narration.delivered(result, len(outcome.done), len(outcome.again))
        if outcome.done and outcome.again:
            self._keep({"after": outcome.done[-1]})
            left = StreamBatch(work.batch.records[len(outcome.done) :])  # as recorded: it begins anew
            self._again(replace(work, batch=left), retry_wait(0, self._quotas))
        elif outcome.again or (failed and not work.numbers):
            self._fail(work, result)
        else:
            self._finish(work, result.payload)

    def _fail(self, work: _Work, result: Delivery) -> None:
        """Nothing of a batch was done: try it again, or its halves, or give it up."""
        follows = after_failure(work.batch, self._settings, self._quotas)
        for lost in () if self._stopped else follows.discarded:
            self._drop(work, lost, result)
        if follows.batches:
            first, *others = [self._part(work, batch) for batch in follows.batches]
            self._work.extendleft(reversed(others))
            self._again(first, follows.wait or retry_wait(0, self._quotas))

    def _part(self, work: _Work, batch: StreamBatch) -> _Work:
        """A part of a batch; only the last one has what came unwanted after it."""
        if not batch.records or batch.records[-1] is work.batch.records[-1]:
            return replace(work, batch=batch)
        return replace(work, batch=batch, through={"after": batch.records[-1].sequence_number})

    def _again(self, work: _Work, wait: float) -> None:
        """Try a batch again after a while, or as soon as its first record is too old."""
        self._work.appendleft(work)
        now = self._clock.now()
        self._not_before = now + wait
        if self._settings.maximum_record_age != FOREVER and work.batch.records:
            expired = work.batch.records[0].arrived + self._settings.maximum_record_age + _PAST
            if now < expired < self._not_before:
                self._not_before = expired

    def _drop(self, work: _Work, lost: Discard, result: Delivery | None) -> None:
        """Give a batch up."""
        if work.numbers:
            records = [record for record in lost.batch.records if isinstance(record, ReadRecord)]
            self._shared.dropping.drop(self._shard, lost, [record.event for record in records], result)
        self._done(work)

    def _finish(self, work: _Work, payload: Any) -> None:
        if work.numbers:
            self._tumbling.carry(payload)
        self._done(work)
        if self._tumbling.too_large:
            self._work.appendleft(_Work(StreamBatch(()), work.through, early=True))

    def _done(self, work: _Work) -> None:
        if work.closes:
            self._tumbling.close()
        elif work.early:
            self._tumbling.begin_anew()
        self._keep(work.through)

    def _keep(self, position: Position) -> None:
        self._checkpoint.keep(self._number, position, self._tumbling.kept())
