"""The one place from which functions are invoked, now or from the queue."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tutor.awslambda.admission import Usage
from tutor.awslambda.concurrency import Concurrency
from tutor.awslambda.invocation import Invocation, Json
from tutor.region.call import Caller
from tutor.region.catalogue import Target
from tutor.region.invoking.admissions import Admissions
from tutor.region.invoking.delivery import Delivery
from tutor.region.invoking.idleness import Idleness
from tutor.region.invoking.live import LiveFunctions
from tutor.region.invoking.provisioning import Provisioning
from tutor.region.invoking.queue import EventQueue
from tutor.region.invoking.queued import Queued
from tutor.region.invoking.request import InvokeRequest
from tutor.region.invoking.runner import Runner
from tutor.region.invoking.snapshots import Snapshots
from tutor.region.invoking.synchronous import Streamed, Synchronous
from tutor.region.invoking.trace import continued
from tutor.region.observing.observation import Observation
from tutor.region.observing.recorder import Recorder
from tutor.sandbox import chance

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
        self.snapshots = Snapshots(region, self.live, self.observation)
        self.idleness = Idleness(region)
        self._runner = runner = Runner(region, self.admissions, self.live, self.observation, self.idleness)
        self._synchronous = Synchronous(region, runner, lambda key: self._queue.freed(key))
        delivery = Delivery(region, self.observation, lambda request: self._queue.accept(request))
        self._queue = EventQueue(region, runner, delivery, self.observation)

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
        told: bool = True,
    ) -> Invocation:
        """Invoke synchronously, and wait: not for the clock's thread. ``payload`` is JSON; none at all is ``{}``.
        ``told`` is False where the caller itself keeps the timeline.

        Raises ``ServiceError``: the function's state, a throttle (429), a sandbox that cannot be.
        """
        source = _who(caller, source)
        return self._synchronous.invoke(
            self._request(target, payload, trace_header, source, request_id, client_context, told=told)
        )

    def stream(
        self,
        target: Target,
        payload: bytes,
        caller: Caller,
        *,
        client_context: Json = None,
        trace_header: str | None = None,
        source: str = "",
        request_id: str | None = None,
    ) -> Streamed:
        """Invoke, and return when the answer begins, which comes piece by piece. Raises as ``invoke`` does."""
        source = _who(caller, source)
        return self._synchronous.stream(
            self._request(target, payload, trace_header, source, request_id, client_context)
        )

    def _request(
        self,
        target: Target,
        payload: bytes,
        trace_header: str | None,
        source: str,
        request_id: str | None,
        client_context: Json = None,
        *,
        told: bool = True,
    ) -> InvokeRequest:
        trace = self.trace(target, trace_header)
        identifier = request_id or chance.request_id()
        return InvokeRequest(target, payload or b"{}", identifier, trace, client_context, source, told)

    def trace(self, target: Target, header: str | None) -> str:
        """The trace of an invocation whose request came with ``header``: the same, made whole, or a new one.

        What is given to ``invoke``, ``stream`` and ``accept`` is made whole there; ask before where it is to be told.
        """
        return continued(header, self._region.clock, sampled=_traced(target))

    def check_invocable(self, target: Target) -> None:
        """Refuse what cannot be invoked in its present state, of an alias its main version. Raises ``ServiceError``."""
        self._runner.check_invocable(target)

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
        request = self._request(target, payload, trace_header, _who(caller, source), request_id)
        self._queue.accept(request)
        return request.request_id

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


def _who(caller: Caller, source: str) -> str:
    """Who invokes, in a word."""
    return source or caller.service or caller.arn


def _traced(target: Target) -> bool:
    return bool((target.configuration.get("TracingConfig") or {}).get("Mode") == "Active")
