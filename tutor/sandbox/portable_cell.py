"""The tutor's hold on one environment of the portable tier. What it decides, the environment's guardian does."""

import os
import signal
import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tutor.errors import HostError
from tutor.sandbox import portable_network
from tutor.sandbox.memory import MB, MemoryWatch
from tutor.sandbox.output import Output
from tutor.sandbox.phase import Ended, Phase
from tutor.sandbox.portable_line import Line, Told
from tutor.sandbox.portable_processes import Processes, processes_of
from tutor.sandbox.runtime_process import RuntimeStart
from tutor.sandbox.terms import Terms
from tutor.sandbox.wire import Reader, pack

if TYPE_CHECKING:
    from pathlib import Path

_PATIENCE_S = 10


def mechanisms(*, own_user: bool) -> dict[str, str]:
    """What holds each limit here; ``own_user``: whether each environment has a user of its own."""
    return {
        "memory": "watchdog",
        "cpu": "watchdog" if sys.platform == "linux" else "none",
        "ephemeral_storage": "none",
        "file_system": "none",
        "network": "seccomp" if portable_network.holds() else "none",
        "processes": "rlimit" if own_user else "none",
    }


class _PortableMeter:
    """The processes below the guardian, looked at from outside."""

    mechanism = "watchdog"

    def __init__(self, processes: Processes) -> None:
        self._processes = processes

    def held(self, limit: int) -> int:
        """Bytes that they hold."""
        return sum(self._processes.held(limit))

    def spent(self) -> float | None:
        """Nobody has counted."""
        return None


class PortableCell:
    """One environment with its function. Not for two threads at once. ``pid`` is its guardian's."""

    def __init__(self, pid: int, line: Line, terms: Terms, *, own_user: bool) -> None:
        self.pid = pid
        self.output = Output()
        self.frozen = False
        self.group_paths: list[Path] = []
        self.mechanisms = mechanisms(own_user=own_user)
        self._line = line
        self._terms = terms
        self._processes = processes_of(pid)
        self._watch = MemoryWatch(_PortableMeter(self._processes), terms.memory_size * MB)
        self._runtime: int | None = None
        self._socket = self._output_pipe = -1
        self._expect("assigned")

    def _tell(self, order: dict[str, Any], descriptors: Sequence[int] = ()) -> None:
        try:
            self._line.send(order, descriptors)
        except OSError:
            raise _gone() from None

    def _expect(self, word: str) -> Any:
        """What the guardian's next object has under ``word``. Raises ``HostError`` for a failure."""
        while (answer := self._line.receive()) is not None:
            if "failed" in answer.told:
                reason = answer.told["failed"]
                raise HostError(f"This host cannot run the sandbox: {reason}.", "See `tutor doctor`.")
            if word in answer.told:
                return answer.told[word]
        raise _gone()

    def start(self, limit_ms: float, vcpu: float) -> tuple[Ended, MemoryWatch]:
        """INIT: fork the runtime and wait until it is ready, at most ``limit_ms``, with ``vcpu`` processors."""
        begun = time.monotonic()
        start = RuntimeStart(self._terms)
        self._socket, self._output_pipe = start.line, start.output
        try:
            self._tell({"do": "share", "cpu": vcpu})
            start.give(self._tell)
        finally:
            start.forget()
        self._runtime = self._expect("started")
        self._reader = Reader(self._terms.response_limit)
        self._phase = Phase(self, self._watch, self.output)
        self.frozen = False
        found = self._run(limit_ms, b"", "ready", True, begun)
        if found[0].outcome == "message":
            self._tell({"do": "share", "cpu": self._terms.vcpu})
        return found

    def invoke(self, header: dict[str, Any], body: bytes, limit_ms: float) -> tuple[Ended, MemoryWatch] | None:
        """INVOKE: thaw, hand the event over, and wait; None where the runtime had died since. Frozen afterwards."""
        if self._runtime is None or self._has_ended():
            return None
        if self.frozen:
            self._tell({"do": "thaw"})
            self.frozen = False
        found = self._run(limit_ms, pack(header, body), "id", header["id"])
        if self._runtime is not None:
            self.freeze()
        return found

    def _has_ended(self) -> bool:
        """Whether the runtime has died since its last answer."""
        if not self._line.waits():
            return False
        told = self._line.receive()
        self.stop()
        if told is None:
            raise _gone()
        return True

    def freeze(self) -> None:
        """Nothing in the environment makes progress until the next event."""
        if self._runtime is None:
            return
        if not (self._processes.alone(self._runtime) and self._processes.waits(self._runtime)):
            self._tell({"do": "freeze"})
            self.frozen = True

    def _run(
        self, limit_ms: float, outgoing: bytes, name: str, value: Any, begun: float | None = None
    ) -> tuple[Ended, MemoryWatch]:
        ended = self._phase.run(limit_ms, outgoing, name, value, begun)
        if ended.outcome != "message":
            self.stop()
        return ended, self._watch

    # What a phase needs of the processes that it watches.

    @property
    def socket(self) -> int:
        """The runtime's line."""
        return self._socket

    @property
    def reader(self) -> Reader:
        """What puts the runtime's messages together."""
        return self._reader

    @property
    def output_pipe(self) -> int:
        """Where stdout and stderr come out."""
        return self._output_pipe

    @property
    def ending(self) -> int:
        """Where the guardian tells how the runtime ended."""
        return self._line.fileno()

    def how_it_ended(self) -> Ended | None:
        """The guardian's word on the runtime's end."""
        answer = self._line.receive() or Told({"ended": -signal.SIGKILL})
        if "failed" in answer.told:
            return Ended("failed", 0.0, reason=str(answer.told["failed"]))
        return Ended("exit", 0.0, code=int(answer.told["ended"]))

    def kill(self, outcome: str = "exit") -> None:  # noqa: ARG002 # nobody here wants to know why
        """SIGKILL to the runtime's process group at once, then to everything else in the environment."""
        runtime, self._runtime = self._runtime, None
        if runtime is None:
            return
        try:
            os.killpg(runtime, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass  # it has ended by itself; what it started has not
        try:
            self._line.send({"do": "sweep"})
        except OSError:
            return  # the guardian is gone
        while self._line.waits(_PATIENCE_S):
            answer = self._line.receive()
            if answer is None or "swept" in answer.told:
                return

    def stop(self) -> None:
        """End the runtime and everything that came from it; /tmp stays."""
        self.kill()
        for descriptor in (self._socket, self._output_pipe):
            if descriptor >= 0:
                os.close(descriptor)
        self._socket = self._output_pipe = -1

    def close(self) -> None:
        """End everything, and wait until the guardian has removed the environment's folder."""
        self.stop()
        try:
            self._line.send({"do": "leave"})
            while self._line.waits(_PATIENCE_S) and self._line.receive() is not None:
                pass
        except OSError:
            pass  # the guardian is gone
        self._line.close()


def _gone() -> HostError:
    return HostError("The sandbox's guardian ended before its work was done.", "Run it again.")
