"""Synchronous invocation: the caller waits for the whole answer, or takes it piece by piece as it is written."""

import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tutor.awslambda.admission import Throttle
from tutor.awslambda.invocation import Invocation
from tutor.errors import ServiceError, TutorError
from tutor.region.invoking.admissions import throttled
from tutor.region.invoking.request import InvokeRequest
from tutor.region.invoking.runner import Leave, Runner

if TYPE_CHECKING:
    from tutor.region.region import Region

_Item = tuple[bytes, str] | Invocation | ServiceError


@dataclass(frozen=True)
class Streamed:
    """An answer under way. ``items`` gives the pieces as the function writes them and, at last, the ``Invocation``.

    A function that does not stream gives no pieces: its answer is in the invocation alone. ``version`` is what runs,
    ``content_type`` what the runtime said of a streamed answer (empty: nothing).
    """

    version: str
    items: Iterator[bytes | Invocation]
    content_type: str = ""


class Synchronous:
    """Invokes while the caller waits. Not on the clock's thread. Safe for threads.

    ``freed`` is told the key of a function of which an invocation has ended: there is room for another.
    """

    def __init__(self, region: "Region", runner: Runner, freed: Callable[[str], object]) -> None:
        self._region = region
        self._runner = runner
        self._freed = freed

    def invoke(self, request: InvokeRequest) -> Invocation:
        """Invoke, and wait for the end. Raises ``ServiceError``: state, throttle, loop, a sandbox that cannot be."""
        with self._region.clock.held():
            return self._run(request, self._admitted(request))

    def stream(self, request: InvokeRequest) -> Streamed:
        """Invoke, and return when the answer begins. Raises as ``invoke`` does, where that is known by then."""
        items: queue.SimpleQueue[_Item] = queue.SimpleQueue()
        with self._region.clock.held():
            leave = self._admitted(request)
            running = replace(request, on_streamed=lambda piece, kind: items.put((piece, kind)))
            threading.Thread(target=self._feed, args=(running, leave, items), daemon=True).start()
            first = items.get()
        if isinstance(first, ServiceError):
            raise first
        return Streamed(leave.target.version, _items(first, items), first[1] if isinstance(first, tuple) else "")

    def _feed(self, request: InvokeRequest, leave: Leave, items: "queue.SimpleQueue[_Item]") -> None:
        with self._region.clock.held():
            try:
                items.put(self._run(request, leave))
            except ServiceError as refusal:
                items.put(refusal)
            except (TutorError, OSError) as fault:
                items.put(ServiceError("ServiceException", str(fault)))

    def _admitted(self, request: InvokeRequest) -> Leave:
        try:
            self._runner.check_loop(request)
        except ServiceError:
            self._note(request, "drop", "a recursive loop")
            raise
        leave = self._runner.admit(request.target, synchronous=True)
        if isinstance(leave, Throttle):
            self._note(request, "throttle", leave.reason)
            raise throttled(leave)
        return leave

    def _run(self, request: InvokeRequest, leave: Leave) -> Invocation:
        try:
            ran = self._runner.run(request, leave)
        finally:
            self._freed(request.target.key)
        self._runner.observe(ran)
        invocation = ran.invocation
        failed = f"failed: {invocation.error_type or 'Unhandled'}" if invocation.function_error else ""
        self._note(request, "invoke", failed or "succeeded")
        return ran.invocation

    def _note(self, request: InvokeRequest, kind: str, text: str) -> None:
        if not request.told:
            return
        target = request.target
        name = target.name if target.qualifier is None else f"{target.name}:{target.qualifier}"
        self._region.timeline.note(kind, name, text, request_id=request.request_id, aws_region=target.aws_region)


def _items(first: tuple[bytes, str] | Invocation, items: "queue.SimpleQueue[_Item]") -> Iterator[bytes | Invocation]:
    item: _Item = first
    while isinstance(item, tuple):
        yield item[0]
        item = items.get()
    if isinstance(item, ServiceError):
        raise item
    yield item
