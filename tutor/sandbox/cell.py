"""The tutor's hold on one environment: its lines, its limits, and the kill. Everything in it is decided out here."""

import json
import os
import select
import signal
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tutor.errors import HostError
from tutor.sandbox import doors
from tutor.sandbox.api_server import ApiServer
from tutor.sandbox.memory import MB, GroupMeter, MemoryWatch, Meter, TreeMeter
from tutor.sandbox.nursery import Nursery
from tutor.sandbox.phase import Ended, Output, Phase
from tutor.sandbox.runtime_api import RuntimeApi
from tutor.sandbox.watchdog import ProcessTree
from tutor.sandbox.wire import Reader, pack

_LONGEST_PACKET = 1 << 16


@dataclass(frozen=True)
class Terms:
    """What an environment gets. Sizes in MB, ``vcpu`` in processors, limits of answers in bytes."""

    package: str
    memory_size: int
    ephemeral_storage: int
    inodes: int
    vcpu: float
    file_descriptors: int
    processes: int
    response_limit: int
    environment: Mapping[str, str]
    streamed_limit: int = 0
    entrypoints: Sequence[Sequence[str]] = ()
    """Commands; the first whose program is there is the runtime. Without any it is forked from the zygote."""


class Cell:
    """One environment with its function. Not for two threads at once."""

    def __init__(self, nursery: Nursery, terms: Terms) -> None:
        blank = nursery.blank()
        self.pid = blank.pid
        self._nursery = nursery
        self._terms = terms
        self._line = blank.line
        self._groups = blank.groups
        self._limit = terms.memory_size * MB
        self._handle: int | None = None  # a pidfd of the runtime
        self._socket = self._output_end = -1
        self.output = Output()
        self.frozen = False
        if self._groups and self._groups.memory:
            self._groups.memory.limit(self._limit + terms.ephemeral_storage * MB)
        if self._groups and self._groups.pids:
            self._groups.pids.limit(terms.processes + 1)  # the first process is ours
        self._assign()
        self._tmp = os.open(f"/proc/{self.pid}/root/tmp", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self._begun_with = 0 if terms.entrypoints else nursery.zygote_memory
        self._tree = ProcessTree(self.pid, os.fstat(self._tmp).st_dev, self._begun_with)
        self._meter = self._make_meter()
        self._watch = MemoryWatch(self._meter, self._limit)
        self._kills = 0
        self._server: ApiServer | None = None
        self._api: RuntimeApi | None = None
        self._runtime = 0

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
        self._tell(order)
        self._expect("assigned")

    def _tell(self, order: dict[str, Any], descriptors: Sequence[int] = ()) -> None:
        self._send(json.dumps(order).encode(), descriptors)

    def _send(self, packet: bytes, descriptors: Sequence[int] = ()) -> None:
        try:
            if descriptors:
                socket.send_fds(self._line, [packet], list(descriptors))
            else:
                self._line.send(packet)
        except OSError:
            raise HostError("The sandbox's first process ended before its work was done.", "Run it again.") from None

    def _expect(self, word: str) -> dict[str, Any]:
        """The first process' next packet that has ``word``. Raises ``HostError`` for a failure."""
        while True:
            packet, descriptors, _, _ = socket.recv_fds(self._line, _LONGEST_PACKET, 1)
            told: dict[str, Any] = json.loads(packet or b'{"failed": "its first process ended"}')
            if "failed" in told:
                raise HostError(f"This host cannot run the sandbox: {told['failed']}.", "See `tutor doctor`.")
            if word in told:
                return told | {"descriptors": descriptors}

    def _share(self, vcpu: float | None) -> None:
        if self._groups and self._groups.cpu:
            self._groups.cpu.share(vcpu)
        else:
            self._tell({"do": "share", "cpu": vcpu})

    def start(self, limit_ms: float, vcpu: float) -> tuple[Ended, MemoryWatch]:
        """INIT: start the runtime and wait until it is ready, at most ``limit_ms``, with ``vcpu`` processors."""
        ours, theirs = socket.socketpair()
        output, output_end = os.pipe()
        terms = self._terms
        self._share(vcpu)
        order = {
            "do": "start",
            "environment": dict(terms.environment),
            "file_descriptors": terms.file_descriptors,
            "processes": terms.processes,
            "entrypoints": list(terms.entrypoints),
        }
        if terms.entrypoints:
            self._serve(theirs)
            self._tell(order, (output_end,))
        else:
            self._tell(order, (theirs.fileno(), output_end))
            theirs.close()
        os.close(output_end)
        self._handle = self._expect("started")["descriptors"][0]
        for descriptor in (ours.fileno(), output):
            os.set_blocking(descriptor, False)
        self._socket, self._output_end = ours.detach(), output
        self._reader = Reader(terms.streamed_limit if terms.entrypoints else terms.response_limit)
        self._runtime = self._tree.runtime()
        self._phase = Phase(self, self._watch, self.output)
        self.frozen = False
        found = self._run(limit_ms, b"", "ready", True)
        if found[0].outcome == "message":
            self._share(terms.vcpu)
        return found

    def _serve(self, line: socket.socket) -> None:
        """Serve the Runtime API inside; ``line`` is the end at which the tutor's own client would be."""
        address, port = doors.RUNTIME_API
        self._tell({"do": "door", "address": address, "port": port})
        door = socket.socket(fileno=self._expect("door")["descriptors"][0])
        self._server = ApiServer(door, line)
        self._api = RuntimeApi(self._server.tell, self._terms.response_limit, self._terms.streamed_limit)
        self._server.start([self._api])

    def invoke(self, header: dict[str, Any], body: bytes, limit_ms: float) -> tuple[Ended, MemoryWatch] | None:
        """INVOKE: thaw, hand the event over, and wait; None where the runtime had died since. Frozen afterwards."""
        if self._handle is None or self._has_ended():
            return None
        if self.frozen:
            self._send(b"T")
            self.frozen = False
        found = self._run(limit_ms, pack(header, body), "id", header["id"])
        if self._handle is not None:
            self.freeze()
        return found

    def _has_ended(self) -> bool:
        """Whether the runtime has died since its last answer."""
        try:
            packet = self._line.recv(_LONGEST_PACKET, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return False
        except OSError:
            packet = b""
        self.stop()
        if not packet:
            raise HostError("The sandbox's first process ended before its work was done.", "Run it again.")
        return True

    def freeze(self) -> None:
        """Nothing in the environment makes progress until the next event.

        Our own runtime, where it is alone, with one thread, waits for its next event anyway and needs no stopping.
        """
        if self._terms.entrypoints or not self._alone():
            self._send(b"F")
            self.frozen = True

    def _alone(self) -> bool:
        """Whether nothing is there but the first process and a runtime with one thread."""
        if self._groups and self._groups.pids:
            return self._groups.pids.count() == 2
        return self._tree.alone(self._runtime)

    def _run(self, limit_ms: float, outgoing: bytes, name: str, value: Any) -> tuple[Ended, MemoryWatch]:
        ended = self._phase.run(limit_ms, outgoing, name, value)
        if ended.outcome == "exit" and self._killed_for_memory():
            ended = Ended("memory", ended.ms)
        if ended.outcome == "exit" and self._api is not None:
            ended = replace(ended, message=self._api.answer)  # it answered before it ended
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

    def how_it_ended(self) -> tuple[str, str]:
        """The first process' word on the runtime's end: ("ended", code) or ("failed", reason)."""
        packet = self._line.recv(_LONGEST_PACKET)
        told = json.loads(packet or b'{"ended": -9}')
        word = next(iter(told))
        return word, str(told[word])

    def kill(self) -> None:
        """Everything in the environment stops at once, whatever its share; then SIGKILL to the runtime and to the rest.

        To stop takes microseconds and to end a millisecond: many children would keep the runtime from its end.
        """
        if self._handle is None:
            return
        if self._groups and self._groups.cpu:
            self._groups.cpu.share(None)
        self._signal_all(signal.SIGSTOP)
        try:
            signal.pidfd_send_signal(self._handle, signal.SIGKILL)
        except ProcessLookupError:
            pass  # it has ended by itself; what it started has not
        os.close(self._handle)
        self._handle = None
        try:
            self._line.send(b"S")
            self._swept()
        except OSError:
            pass  # the first process is gone, and with it everything else

    def _signal_all(self, number: int) -> None:
        for pid in self._tree.processes():
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                continue

    def _swept(self) -> None:
        while select.select([self._line], [], [], 10)[0]:
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
        if self._server is not None:
            self._server.close()
            self._server = None

    def close(self) -> None:
        """End everything. The kernel takes the rest away when the first process goes."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
        self.stop()
        os.close(self._tmp)
        if self._groups and self._groups.cpu:
            self._groups.cpu.share(None)
        self._line.close()
        if self._groups:
            self._nursery.remove(self._groups)
