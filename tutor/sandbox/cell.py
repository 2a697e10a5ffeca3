"""The tutor's hold on one environment: its lines, its limits, and the kill. Everything in it is decided out here."""

import json
import os
import signal
import socket
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tutor.awslambda.extension import ShutdownReason
from tutor.errors import HostError
from tutor.sandbox import brief
from tutor.sandbox.arrival import arrives
from tutor.sandbox.extensions_company import external_extensions
from tutor.sandbox.extensions_host import ExtensionsHost
from tutor.sandbox.memory import MB, GroupMeter, MemoryWatch, Meter, TreeMeter
from tutor.sandbox.nursery import Nursery
from tutor.sandbox.output import Output
from tutor.sandbox.phase import Ended, Phase
from tutor.sandbox.placement import Placement
from tutor.sandbox.runtime_process import RuntimeProcess, RuntimeStart
from tutor.sandbox.stillness import Rest
from tutor.sandbox.terms import Terms
from tutor.sandbox.watchdog import ProcessTree
from tutor.sandbox.wire import Reader, pack
from tutor.sandbox.work import Work

_LONGEST_PACKET = 1 << 16
_RUNTIMES_OWN_S = 0.01  # the most for which it has the processors to itself, to end before all others
_REASONS = {"timeout": ShutdownReason.TIMEOUT}


class Cell:
    """One environment with its function. Not for two threads at once."""

    def __init__(self, nursery: Nursery, terms: Terms) -> None:
        blank = nursery.blank()
        self.pid = blank.pid
        self._nursery = nursery
        self._terms = terms
        self._line = blank.line
        self._eye = brief.Eye(self._line.fileno())
        self._groups = blank.groups
        self._limit = terms.memory_size * MB
        self._process = RuntimeProcess()
        self._socket = self._output_end = -1
        self.output = Output()
        try:
            self._tmp = self._move_in()
        except BaseException:
            self._give_back()
            raise
        self._begun_with = 0 if terms.entrypoints else nursery.zygote_memory
        self._tree = ProcessTree(self.pid, os.fstat(self._tmp).st_dev, self._begun_with)
        self._placement = Placement(self._tree)
        self._meter = self._make_meter()
        self._watch = MemoryWatch(self._meter, self._limit)
        self._kills = 0
        self._runtime = 0
        self._extensions = external_extensions(f"/proc/{self.pid}/root")
        self._host: ExtensionsHost | None = None
        self._living = self._runtime_ended = False
        self._rest = Rest(nursery.stillness, self._order, self._alone)
        self._work = None if self._groups and self._groups.cpu else Work(self._line, terms.vcpu)
        self._stopped_alone = False
        self._start: RuntimeStart | None = None

    def _move_in(self) -> int:
        """Have the blank become this function's, under its limits; a descriptor of its /tmp."""
        self._assign()  # it is done meanwhile
        if self._groups and self._groups.memory:
            self._groups.memory.limit(self._limit + self._terms.ephemeral_storage * MB)
        if self._groups and self._groups.pids:
            self._groups.pids.limit(self._terms.processes + 1)  # the first process is ours
        self.expect("assigned")  # its /tmp is mounted by now
        try:
            return os.open(f"/proc/{self.pid}/root/tmp", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except FileNotFoundError:
            raise _gone() from None

    def _make_meter(self) -> Meter:
        if self._groups and self._groups.memory:
            return GroupMeter(self._groups.memory, self._tree, self._begun_with, self._tmp)
        return TreeMeter(self._tree, self._tmp)

    @property
    def group_paths(self) -> list[Path]:
        """Its control groups, where it has some."""
        return self._groups.paths if self._groups else []

    @property
    def mechanisms(self) -> dict[str, str]:
        """What holds memory, CPU and processes here."""
        cpu = self._groups.cpu.mechanism if self._groups and self._groups.cpu else "watchdog"
        processes = self._groups.pids.mechanism if self._groups and self._groups.pids else "rlimit"
        return {"memory": self._meter.mechanism, "cpu": cpu, "processes": processes}

    def _assign(self) -> None:
        terms = self._terms
        order = {
            "do": "assign",
            "package": terms.package,
            "ephemeral_storage": terms.ephemeral_storage * MB,
            "inodes": terms.inodes,
        }
        self.tell(order)

    def tell(self, order: dict[str, Any], descriptors: Sequence[int] = ()) -> None:
        """Give the first process an order. Raises ``HostError`` where it is there no more."""
        self._send(json.dumps(order).encode(), descriptors)

    def _send(self, packet: bytes, descriptors: Sequence[int] = ()) -> None:
        try:
            if descriptors:
                socket.send_fds(self._line, [packet], list(descriptors))
            else:
                self._line.send(packet)
        except OSError:
            raise _gone() from None

    def expect(self, word: str) -> dict[str, Any]:
        """The first process' next packet that has ``word``. Raises ``HostError`` for a failure."""
        while True:
            try:
                packet, descriptors, _, _ = socket.recv_fds(self._line, _LONGEST_PACKET, 1)
            except ConnectionResetError:
                packet, descriptors = b"", []
            told: dict[str, Any] = json.loads(packet or b'{"failed": "its first process ended"}')
            if "failed" in told:
                raise HostError(f"This host cannot run the sandbox: {told['failed']}.", "See `tutor doctor`.")
            if word in told:
                return told | {"descriptors": descriptors}

    def _share(self, vcpu: float | None) -> None:
        if self._groups and self._groups.cpu:
            self._groups.cpu.share(vcpu)
        else:
            self.tell({"do": "share", "cpu": vcpu})

    def start(self, limit_ms: float, vcpu: float) -> tuple[Ended, MemoryWatch]:
        """INIT: start the runtime and wait until it is ready, at most ``limit_ms``, with ``vcpu`` processors."""
        begun = time.monotonic()
        self._share(vcpu)
        terms = self._terms
        self._start = start = RuntimeStart(terms)
        self._socket, self._output_end = start.line, start.output
        self._reader = Reader(terms.streamed_limit if terms.entrypoints else terms.response_limit)
        self.output.heard = lambda line: terms.company.telemetry.printed("function", line)
        self._phase = Phase(self, self._watch, self.output, terms.company, self._work, self._placement)
        self._rest.forget()
        self._placement.begin()
        self._living = True
        self._host = ExtensionsHost(self, terms, self._extensions, self._phase, start.client)
        self._host.ask()
        if not self._extensions:
            start.give(self.tell)
        self._host.begin(lambda: start.give(self.tell))
        if not self._extensions:
            self._process.take(self.expect("started")["descriptors"][0])
            self._runtime = self._tree.runtime()
        found = self._run(limit_ms, b"", "ready", True, begun)
        if found[0].outcome == "message":
            self._share(terms.vcpu)
        return found

    def invoke(self, header: dict[str, Any], body: bytes, limit_ms: float) -> tuple[Ended, MemoryWatch] | None:
        """INVOKE: thaw, hand the event over, and wait; None where the runtime had died since. Frozen afterwards."""
        if not self._living or (self._eye.sees() and self._has_ended()):
            return None
        rested = self._rest.end()
        alone = brief.Ear.alone()
        if alone and rested < brief.LOOKS_S and self._terms.vcpu >= 1:
            header["next_within_s"] = brief.LOOKS_S
        if self._tree.crowded or not self._phase.brief:
            self._placement.spread()
        elif not alone and self._terms.vcpu <= 1:
            self._placement.step_aside()
        self._terms.company.invoke(header)
        found = self._run(limit_ms, pack(header, body), "id", header["id"])
        if self._living:
            if self._work:
                self._work.count(found[0].ms)
            self.freeze()
        return found

    def _has_ended(self) -> bool:
        """Whether the runtime, or an extension, has died since the last answer."""
        while self._eye.sees():
            try:
                ended = self.how_it_ended()
            except HostError:
                self.stop()
                raise
            if ended is not None:
                self.stop()
                return True
        return False

    def freeze(self) -> None:
        """Nothing in the environment makes progress until the next event.

        Our own runtime, where it is alone, with one thread, waits for its next event anyway and needs no stopping.
        Whether it is is found out in a moment, where it is not known.
        """
        self._rest.begin(at_once=bool(self._terms.entrypoints) or self._tree.crowded)

    def _order(self, word: bytes) -> None:
        """Stop or go on. A runtime that is alone is told from out here: nobody else has to wake up for that."""
        if word == b"F":
            self._stopped_alone = self._stop_alone()
        else:
            self._process.signal(signal.SIGCONT)
        if not self._stopped_alone:
            self._send(word)

    def _stop_alone(self) -> bool:
        """Stop the runtime, and whether it was all there is: what it had begun by then is seen now, and grows no more.

        One that was stopped by whoever looks after its share must not be woken by anybody else.
        """
        if self._terms.entrypoints or self._tree.crowded:
            return False
        waits = self._alone()
        if waits:
            self._process.signal(signal.SIGSTOP)
        self._tree.crowded = not self._single()
        return waits and not self._tree.crowded

    def _alone(self) -> bool:
        """Whether nothing is there but the first process and a runtime with one thread, which waits for an event."""
        return self._single() and self._tree.waits(self._runtime)

    def _single(self) -> bool:
        if self._groups and self._groups.pids:
            return self._groups.pids.count() == 2
        return self._tree.alone(self._runtime)

    def _run(
        self, limit_ms: float, outgoing: bytes, name: str, value: Any, begun: float | None = None
    ) -> tuple[Ended, MemoryWatch]:
        ended = self._phase.run(limit_ms, outgoing, name, value, begun)
        if ended.outcome in ("exit", "extension") and self._killed_for_memory():
            ended = Ended("memory", ended.ms, held=ended.held)
        if ended.outcome == "exit" and self._host is not None and self._host.runtime_api is not None:
            ended = ended._replace(message=self._host.runtime_api.answer)  # it answered before it ended
        if ended.outcome != "message":
            self.stop()
        return ended, self._watch

    def _killed_for_memory(self) -> bool:
        """Whether the kernel itself has killed for want of memory since this was asked last."""
        if not (self._groups and self._groups.memory):
            return False
        before, self._kills = self._kills, self._groups.memory.kills()
        return self._kills > before

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
        return self._output_end

    @property
    def ending(self) -> int:
        """Where the first process tells how the runtime ended."""
        return self._line.fileno()

    def how_it_ended(self) -> Ended | None:
        """The first process' word on who ended; None for a word on something else."""
        try:
            packet, descriptors, _, _ = socket.recv_fds(self._line, _LONGEST_PACKET, 1)
        except ConnectionResetError:
            packet, descriptors = b"", []
        if not packet:
            if self._killed_for_memory():
                return Ended("memory", 0.0)
            raise _gone()
        told = json.loads(packet)
        if "started" in told:
            self._process.take(descriptors[0])
            return None
        if "extension" in told or "unstarted" in told:
            return self._terms.company.lost(told)
        for word in ("failed", "refused"):
            if word in told:
                return Ended(word, 0.0, reason=str(told[word]))
        self._runtime_ended = True
        failure = self._terms.company.extensions.failure
        return Ended("extension" if failure else "exit", 0.0, code=int(told["ended"]), reason=failure or "")

    def kill(self, outcome: str = "exit") -> None:
        """Everything in the environment stops at once, whatever its share; then SIGKILL to the runtime and to the rest.

        To stop takes microseconds and to end a millisecond: many children would keep the runtime from its end.
        Extensions that asked to hear of it have their time between the two.
        """
        if self._living:
            self._end(_REASONS.get(outcome, ShutdownReason.FAILURE), None, outcome)

    def _end(self, reason: ShutdownReason, limit_ms: float | None, outcome: str) -> None:
        self._living = False
        self._rest.forget()
        if self._start is not None:
            self._start.forget()
        if self._groups and self._groups.cpu:
            self._groups.cpu.hurry()
        self._stop_all()
        self._process.signal(signal.SIGKILL)
        self._process.wait(_RUNTIMES_OWN_S)
        self._process.let_go()
        if self._host is not None:
            self._terms.company.broke(outcome, self._phase.ms)
            self._host.let_end(reason, limit_ms, lambda: self._send(b"T"))
        try:
            self._line.send(b"S")
            self._swept()
        except OSError:
            pass  # the first process is gone, and with it everything else
        if self._host is not None:
            self._host.finish()

    def _stop_all(self) -> None:
        """From inside, where numbers belong to this environment: out here one could be another process' by now."""
        try:
            self._line.send(b"F")
        except OSError:
            pass  # the first process is gone, and with it everything else

    def _swept(self) -> None:
        while arrives(self._line, 10):
            packet = self._line.recv(_LONGEST_PACKET)
            if not packet or b"swept" in packet:
                return

    def stop(self) -> None:
        """End the runtime and everything that came from it; /tmp stays."""
        self.kill()
        for descriptor in (self._socket, self._output_end):
            if descriptor >= 0:
                os.close(descriptor)
        self._socket = self._output_end = -1
        if self._start is not None:
            self._start.forget()
        if self._host is not None:
            self._host.close()
            self._host = None

    def _spin_down(self, host: ExtensionsHost) -> None:
        """SHUTDOWN of a healthy environment: the runtime is asked to end, then extensions are."""
        self._runtime_ended = False
        self._process.signal(signal.SIGTERM)
        try:
            self._rest.end()
            left = host.let_runtime_end(lambda: self._runtime_ended)
        except HostError:
            return  # the first process is gone, and with it everything else
        self._end(ShutdownReason.SPINDOWN, left, "")
        self._phase.drain()
        self.output.flush(self._phase.ms)

    def close(self) -> None:
        """End everything. The kernel takes the rest away when the first process goes.

        Where there are extensions, the runtime and they have the time first that SHUTDOWN gives them.
        """
        if self._living and self._host is not None and self._terms.company.extensions:
            self._spin_down(self._host)
        self._living = False
        self._rest.forget()
        self._process.let_go()
        self.stop()
        os.close(self._tmp)
        if self._groups and self._groups.cpu:
            self._groups.cpu.share(None)
        self._give_back()

    def _give_back(self) -> None:
        self._line.close()
        if self._groups:
            self._nursery.remove(self._groups)


def _gone() -> HostError:
    return HostError("The sandbox's first process ended before its work was done.", "Run it again.")
