"""The queue of asynchronous invocations: durable, tried on the region's clock, given up or delivered at the end.

An event is kept before the caller hears of it and forgotten when all is done with it: after a kill, what was in the
queue is there again, and what was running runs again. So a function may see an event twice, as with AWS.
"""

import heapq
import itertools
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from tutor.awslambda.admission import Throttle
from tutor.awslambda.asynchronous import (
    Fail,
    Outcome,
    QueuedEvent,
    Retry,
    RetrySettings,
    after_attempt,
    before_attempt,
)
from tutor.awslambda.invocation import Invocation
from tutor.errors import ServiceError, TutorError
from tutor.region.catalogue import LATEST, Target
from tutor.region.clock import Appointment
from tutor.region.invoking.admissions import throttled
from tutor.region.invoking.delivery import Delivery
from tutor.region.invoking.queued import Queued, queued
from tutor.region.invoking.request import InvokeRequest
from tutor.region.invoking.runner import Leave, Ran, Runner
from tutor.region.observing.observation import Observation

if TYPE_CHECKING:
    from tutor.region.region import Region

AT_A_TIME = 10
"""Ours: so many events of one function run at a time, or are tried in one go. AWS publishes no such number."""

_THROTTLED, _FAULT = 429, 500
_STATUS = {"TooManyRequestsException": _THROTTLED, "RecursiveInvocationException": 400}
"""Of what ran nothing, for dead letters; anything else is a fault of the service."""


@dataclass
class _Lane:
    """The events of one function: those whose time has come, how many run, and which wait since they were throttled.

    ``throttled`` has the latter, with their appointments, by their places in the queue. ``places`` is a heap of these
    (``placed`` says of which), and of some whose time has come meanwhile.
    """

    ready: list[tuple[float, int, Queued]] = field(default_factory=list)
    running: int = 0
    throttled: dict[int, tuple[Queued, Appointment]] = field(default_factory=dict)
    places: list[int] = field(default_factory=list)
    placed: set[int] = field(default_factory=set)

    def put_off(self, event: Queued, until: Appointment) -> None:
        """An event was throttled, and waits."""
        self.throttled[event.order] = (event, until)
        if event.order not in self.placed:
            self.placed.add(event.order)
            heapq.heappush(self.places, event.order)

    def come(self, event: Queued) -> None:
        """An event's time has come."""
        self.throttled.pop(event.order, None)
        heapq.heappush(self.ready, (event.due, event.order, event))

    def call_oldest(self) -> None:
        """Have the oldest event that was throttled come now: there is room for it."""
        while self.places:
            place = heapq.heappop(self.places)
            self.placed.discard(place)
            waits = self.throttled.get(place)
            if waits is not None:
                waits[1].cancel()
                self.come(waits[0])
                return


class EventQueue:
    """All events of a region. ``accept`` is safe for threads; everything else happens on the clock's thread."""

    def __init__(self, region: "Region", runner: Runner, delivery: Delivery, observation: Observation) -> None:
        self._region = region
        self._runner = runner
        self._delivery = delivery
        self._observation = observation
        self._lanes: dict[str, _Lane] = {}
        self._lock = threading.Lock()
        self._events: dict[str, Queued] = {}
        self._closed = False
        last = max((int(key.rpartition("/")[2]) for key, _ in region.state.items("event")), default=0)
        self._orders = itertools.count(last + 1)

    def start(self) -> None:
        """Take up what an earlier run of the region has left."""
        for key, document in self._region.state.items("event"):
            with self._lock:
                known = key in self._events
            if not known:
                self._await(queued(key, document))

    def accept(self, request: InvokeRequest) -> None:
        """Keep an event and have it tried. It is durable when this returns."""
        now = self._region.clock.now()
        target = request.target
        with self._lock:
            order = next(self._orders)
        event = Queued(
            order=order,
            aws_region=target.aws_region,
            name=target.name,
            qualifier=target.qualifier,
            request_id=request.request_id,
            payload=request.payload.decode(),
            due=now,
            plan=QueuedEvent(now),
            trace_header=request.trace_header,
            source=request.source,
        )
        self._region.state.put("event", event.key, event.document())
        self._observation.received(target)
        self._await(event)

    def waiting(self, aws_region: str | None = None) -> tuple[Queued, ...]:
        """The events in the queue, also those that run now, the next first."""
        with self._lock:
            events = list(self._events.values())
        chosen = [event for event in events if aws_region in (None, event.aws_region)]
        return tuple(sorted(chosen, key=lambda event: (event.due, event.order)))

    def freed(self, function_key: str) -> None:
        """An invocation from outside of the queue has ended: the function's oldest throttled event is tried again.

        Safe for threads.
        """
        lane = self._lanes.get(function_key)
        if lane is not None and lane.throttled:
            self._region.clock.at(self._region.clock.now(), partial(self._call, lane))

    def close(self) -> None:
        """Try nothing more. What is in the queue stays in the state."""
        self._closed = True

    def _await(self, event: Queued) -> Appointment:
        with self._lock:
            self._events[event.key] = event
        return self._region.clock.at(event.due, partial(self._arrive, event), order=event.order)

    def _arrive(self, event: Queued) -> None:
        lane = self._lane(event)
        lane.come(event)
        self._pump(lane)

    def _call(self, lane: _Lane) -> None:
        lane.call_oldest()
        self._pump(lane)

    def _lane(self, event: Queued) -> _Lane:
        return self._lanes.setdefault(event.function_key, _Lane())

    def _pump(self, lane: _Lane) -> None:
        """Try as many events of the function as may run. What is throttled counts: a long queue is to cost little."""
        put_off = 0
        while lane.ready and lane.running + put_off < AT_A_TIME and not self._closed:
            put_off += self._try(lane, heapq.heappop(lane.ready)[2])

    def _try(self, lane: _Lane, event: Queued) -> bool:
        """Try one event; whether it was put off."""
        target = self._target(event)
        if target is None:
            return False
        now = self._region.clock.now()
        step = before_attempt(event.plan, now, self._settings(target), target.function.get("reserved"))
        if isinstance(step, Fail):
            self._give_up(target, event, step, None)
            return False
        self._observation.attempted(target, now - event.plan.received)
        payload = event.payload.encode()
        request = InvokeRequest(target, payload, event.request_id, event.trace_header, source=event.source)
        try:
            self._runner.check_loop(request)
            leave = self._runner.admit(target, synchronous=False)
        except ServiceError as refusal:
            return self._ended(target, event, refusal)
        if isinstance(leave, Throttle):
            return self._ended(target, event, throttled(leave))
        lane.running += 1
        job = partial(self._run, request, leave)
        self._region.clock.work(job, partial(self._done, lane, target, event), order=event.order)
        return False

    def _target(self, event: Queued) -> Target | None:
        """The function as it is now; an event whose function is no more is forgotten."""
        try:
            return self._region.catalogue.target(event.aws_region, event.name, event.qualifier)
        except ServiceError as missing:
            self._note("drop", event, str(missing))
            self._forget(event)
            return None

    def _run(self, request: InvokeRequest, leave: Leave) -> Ran | ServiceError:
        try:
            return self._runner.run(request, leave)
        except ServiceError as refusal:
            return refusal
        except (TutorError, OSError) as fault:
            return ServiceError("ServiceException", str(fault))

    def _done(self, lane: _Lane, target: Target, event: Queued, result: Ran | ServiceError) -> None:
        lane.running -= 1
        if isinstance(result, Ran):
            self._runner.observe(result)
        if self._closed:  # it stays in the state, and runs again
            return
        self._ended(target, event, result.invocation if isinstance(result, Ran) else result)
        self._call(lane)

    def _ended(self, target: Target, event: Queued, result: Invocation | ServiceError) -> bool:
        """What follows from a try; whether it was put off without having run."""
        now, settings = self._region.clock.now(), self._settings(target)
        step = _step(event, result) or after_attempt(event.plan, _outcome(result), now, settings, self._region.quotas)
        if isinstance(result, ServiceError):
            status = _STATUS.get(result.code, _FAULT)
            event = replace(event, status=status, error=result.message)
        if isinstance(step, Retry):
            self._retry(event, step, result)
            return isinstance(result, ServiceError)
        if isinstance(step, Fail):
            self._give_up(target, event, step, result if isinstance(result, Invocation) else None)
        elif isinstance(result, Invocation):
            self._note("invoke", event, "succeeded")
            self._delivery.succeeded(target, event, result, self._config(target))
            self._forget(event)
        return False

    def _retry(self, event: Queued, step: Retry, result: Invocation | ServiceError) -> None:
        waits = f"again in {step.at - self._region.clock.now():g} s"
        after = replace(event, plan=step.event, due=step.at)
        if isinstance(result, Invocation):
            self._note("retry", event, f"failed: {_error(result)}, {waits}")
            self._region.state.put("event", after.key, after.document())
        else:
            self._note("throttle" if event.status == _THROTTLED else "retry", event, f"{result.message} {waits}")
        until = self._await(after)
        if after.status == _THROTTLED and isinstance(result, ServiceError):
            self._lane(after).put_off(after, until)

    def _give_up(self, target: Target, event: Queued, step: Fail, result: Invocation | None) -> None:
        text = f"failed: {_error(result)}, " if result else ""
        self._note("drop" if result is None else "invoke", event, f"{text}given up: {step.condition}")
        self._observation.dropped(target)
        self._delivery.failed(target, replace(event, plan=step.event), step.condition, result, self._config(target))
        self._forget(event)

    def _forget(self, event: Queued) -> None:
        with self._lock:
            self._events.pop(event.key, None)
        self._region.state.delete("event", event.key)

    def _config(self, target: Target) -> Mapping[str, Any] | None:
        return self._region.state.get("event-invoke", f"{target.key}:{target.qualifier or LATEST}")

    def _settings(self, target: Target) -> RetrySettings:
        return RetrySettings.of(self._config(target), self._region.quotas)

    def _note(self, kind: str, event: Queued, text: str) -> None:
        self._region.timeline.note(
            kind,
            event.function.resource,
            text,
            request_id=event.request_id,
            attempt=event.attempt,
            aws_region=event.aws_region,
        )


def _step(event: Queued, result: Invocation | ServiceError) -> Fail | None:
    """An event in a loop is given up at once. (Which condition AWS writes then is not recorded.)"""
    looping = isinstance(result, ServiceError) and result.code == "RecursiveInvocationException"
    return Fail("RetriesExhausted", event.plan) if looping else None


def _outcome(result: Invocation | ServiceError) -> Outcome:
    if isinstance(result, ServiceError):
        return "throttle" if result.code == "TooManyRequestsException" else "service-error"
    return "function-error" if result.function_error else "success"


def _error(result: Invocation | None) -> str:
    return (result.error_type or "Unhandled") if result else ""
