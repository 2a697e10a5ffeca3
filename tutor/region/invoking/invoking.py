"""The one place from which functions are invoked, now or from the queue."""

import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tutor.awslambda.admission import Throttle, Usage
from tutor.awslambda.concurrency import Concurrency
from tutor.awslambda.invocation import Invocation, Json
from tutor.errors import ServiceError
from tutor.region.call import Caller
from tutor.region.catalogue import Target
from tutor.region.invoking.admissions import Admissions, throttled
from tutor.region.invoking.delivery import Delivery
from tutor.region.invoking.live import LiveFunctions
from tutor.region.invoking.provisioning import Provisioning
from tutor.region.invoking.queue import EventQueue
from tutor.region.invoking.queued import Queued
from tutor.region.invoking.request import InvokeRequest
from tutor.region.invoking.runner import Runner
from tutor.region.invoking.trace import new_trace
from tutor.region.observing.observation import Observation
from tutor.region.observing.recorder import Recorder

if TYPE_CHECKING:
    from tutor.region.region import Region


class Invoking:
    """Invokes a region's functions. Safe for threads. Who may invoke is asked before, by ``Authority``."""

    def __init__(self, region: "Region") -> None:
        self._region = region
        self._started = False
        self.recorder = Recorder(region)
        self.observation = Observation(region, self.recorder)
        self.admissions = Admissions(region)
        self.live = LiveFunctions(region, self.admissions.forget)
        self.provisioning = Provisioning(region, self.admissions, self.live, self.observation)
        self._runner = Runner(region, self.admissions, self.live, self.observation)
        delivery = Delivery(region, self.observation, lambda request: self._queue.accept(request))
        self._queue = EventQueue(region, self._runner, delivery, self.observation)

    def start(self) -> None:
        """Take up what an earlier run of the region has left in the queue, and what was provisioned."""
        if not self._started:
            self._started = True
            self._queue.start()
            self.provisioning.start()

    @property
    def done(self) -> Sequence[Invocation]:
        """The last invocations that ran, in the order of completion."""
        return tuple(self.observation.done)

    def invoke(
        self,
        target: Target,
        payload: bytes,
        caller: Caller,
        *,
        client_context: Json = None,
        trace_header: str | None = None,
        source: str = "",
        request_id: str | None = None,
    ) -> Invocation:
        """Invoke synchronously, and wait: not for the clock's thread. ``payload`` is JSON; none at all is ``{}``.

        Raises ``ServiceError``: the function's state, a throttle (429), a sandbox that cannot be.
        """
        trace = trace_header or new_trace(self._region.clock)
        request = InvokeRequest(
            target, payload or b"{}", request_id or str(uuid.uuid4()), trace, client_context, _who(caller, source)
        )
        with self._region.clock.held():
            self._check_loop(request)
            leave = self._runner.admit(target, synchronous=True)
            if isinstance(leave, Throttle):
                self._note(request, "throttle", leave.reason)
                raise throttled(leave)
            ran = self._runner.run(request, leave)
            self._runner.observe(ran)
            failed = f"failed: {ran.invocation.error_type or 'Unhandled'}"
            self._note(request, "invoke", failed if ran.invocation.function_error else "succeeded")
            return ran.invocation

    def _check_loop(self, request: InvokeRequest) -> None:
        try:
            self._runner.check_loop(request)
        except ServiceError:
            self._note(request, "drop", "a recursive loop")
            raise

    def accept(
        self,
        target: Target,
        payload: bytes,
        caller: Caller,
        *,
        trace_header: str | None = None,
        source: str = "",
        request_id: str | None = None,
    ) -> str:
        """Take an event into the queue, where it is durable when this returns. Returns the request's id."""
        identifier, trace = request_id or str(uuid.uuid4()), trace_header or new_trace(self._region.clock)
        request = InvokeRequest(target, payload or b"{}", identifier, trace, None, _who(caller, source))
        self._queue.accept(request)
        return identifier

    def waiting(self, aws_region: str | None = None) -> tuple[Queued, ...]:
        """The events in the queue, also those that run now, the next first."""
        return self._queue.waiting(aws_region)

    def usage(self, aws_region: str, name: str) -> Usage:
        """What concurrency is in use in the AWS region, and by one function."""
        return self.admissions.usage(aws_region, name)

    def account(self, aws_region: str) -> Concurrency:
        """How the account's concurrency is shared out; what it leaves unreserved is in the account's settings."""
        return self.admissions.configured(aws_region)

    def concurrency_changed(self, aws_region: str) -> None:
        """A reservation or provisioned concurrency was set or taken away."""
        self.admissions.refresh(aws_region)

    def changed(self, key: str) -> None:
        """Code, configuration or aliases of a function have changed: what runs an old one ends when it has answered."""
        self.live.changed(key)
        self.provisioning.follow(key)

    def removed(self, key: str) -> None:
        """A function (by its key), or one version or alias of it (``<key>:<qualifier>``), is no more."""
        self.live.removed(key)
        function, _, qualifier = key.partition(":")
        if qualifier:
            self.live.given_up(function, qualifier)
        self.admissions.refresh(key.partition("/")[0])

    def close(self) -> None:
        """Start nothing more, end the environments, write logs and metrics. What is queued stays queued."""
        self._queue.close()
        self.live.close()
        self.recorder.close()

    def _note(self, request: InvokeRequest, kind: str, text: str) -> None:
        target = request.target
        name = target.name if target.qualifier is None else f"{target.name}:{target.qualifier}"
        self._region.timeline.note(kind, name, text, request_id=request.request_id, aws_region=target.aws_region)


def _who(caller: Caller, source: str) -> str:
    """Who invokes, in a word."""
    return source or caller.service or caller.arn
