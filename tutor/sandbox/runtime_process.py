"""A runtime's own process as the tutor has it: what it gets for its start, and the hold on it until its end."""

import os
import signal
import socket
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from tutor.sandbox import brief
from tutor.sandbox.arrival import arrives

if TYPE_CHECKING:
    from tutor.sandbox.terms import Terms

_SHORT_WAIT_S = 0.001


class Tell(Protocol):
    """Gives an order to an environment's first process. Raises ``HostError`` where nobody is there any more."""

    def __call__(self, order: dict[str, Any], descriptors: Sequence[int] = ()) -> None: ...


class RuntimeStart:
    """A start that is made ready, and what goes with it.

    ``line`` and ``output`` are the tutor's ends, for whoever takes them. ``client`` is the line's other end where the
    runtime is a program of its own, and somebody in the tutor speaks for it.
    """

    def __init__(self, terms: "Terms") -> None:
        ours, theirs = socket.socketpair()
        self.output, output_end = os.pipe()
        os.set_blocking(self.output, False)
        brief.hasten(ours, _SHORT_WAIT_S)
        self.line = ours.detach()
        self.client = theirs if terms.entrypoints else None
        self._goes = [output_end] if self.client is not None else [theirs.detach(), output_end]
        self._order = {
            "do": "start",
            "environment": dict(terms.environment),
            "file_descriptors": terms.file_descriptors,
            "processes": terms.processes,
            "entrypoints": list(terms.entrypoints),
        }

    def give(self, tell: Tell) -> None:
        """Have the runtime started, unless it has been already or never will be. Raises ``HostError``."""
        if self._goes:
            tell(self._order, self._goes)
            self.forget()

    def forget(self) -> None:
        """The runtime has what it gets, or gets nothing any more. Safe to call twice."""
        while self._goes:
            os.close(self._goes.pop())


class RuntimeProcess:
    """The hold on a process that may be there, may have ended, and may be another one after the next start.

    It is a descriptor, because the number may be another process' by now.
    """

    def __init__(self) -> None:
        self._handle: int | None = None  # a pidfd

    def take(self, handle: int) -> None:
        """It has been started; the descriptor is this object's from now."""
        self.let_go()
        self._handle = handle

    def signal(self, number: int) -> None:
        """Send it a signal, where it is there."""
        if self._handle is not None:
            try:
                signal.pidfd_send_signal(self._handle, number)
            except ProcessLookupError:
                pass  # it has ended by itself; what it started has not

    def wait(self, seconds: float) -> None:
        """Until it has ended, at most so long."""
        if self._handle is not None:
            arrives(self._handle, seconds)

    def let_go(self) -> None:
        """Close the descriptor. Safe to call twice."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
