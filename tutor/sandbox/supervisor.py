"""The supervisor: a process of its own outside what it limits. It builds the sandbox, starts the runtime in it,
measures, decides and kills. It speaks to the tutor over one socket and ends, with everything it made, when that closes.

Standard library and this package only; everything is imported before the root changes.
"""

import os
import select
import signal
import socket
import struct
import sys
from fcntl import ioctl
from typing import Any

from tutor.sandbox import cgroup, filesystem, isolation, syscalls
from tutor.sandbox.memory import MB, MemoryWatch, Meter
from tutor.sandbox.phase import Ended, Output, Phase, TutorGone
from tutor.sandbox.syscalls import CLONE_NEWIPC, CLONE_NEWNET, CLONE_NEWNS, CLONE_NEWUSER, CLONE_NEWUTS
from tutor.sandbox.watchdog import ProcessTree
from tutor.sandbox.wire import Message, Reader, pack

_SIOCSIFFLAGS, _IFF_UP = 0x8914, 1
_KEPT_FROM_TUTOR = 1 << 25
_IDLE_MS = 100


class Generation:
    """One life of the processes in the environment: from a start to whatever ended it."""

    def __init__(self, launch: dict[str, Any], group: int | None, keep: int) -> None:
        ours, theirs = socket.socketpair()
        output, output_end = os.pipe()
        ending, ending_end = os.pipe()
        inherited = isolation.Descriptors(theirs.fileno(), output_end, ending_end, group)
        self.first = isolation.start(launch["command"], launch["environment"], inherited)
        theirs.close()
        os.close(output_end)
        os.close(ending_end)
        for descriptor in (ours.fileno(), output):
            os.set_blocking(descriptor, False)
        self.socket, self.output, self.ending = ours.detach(), output, ending
        self.reader = Reader(keep)
        self.alive = True

    def kill(self) -> None:
        """SIGKILL to the first process of the pid namespace takes every other one with it."""
        if self.alive:
            self.alive = False
            os.kill(self.first, signal.SIGKILL)
            os.waitpid(self.first, 0)

    def close(self) -> None:
        """Kill what lives and give the descriptors back."""
        self.kill()
        for descriptor in (self.socket, self.output, self.ending):
            os.close(descriptor)


class Supervisor:
    """One environment, from the order to build it to the end of the tutor."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._reader = Reader(_KEPT_FROM_TUTOR, _KEPT_FROM_TUTOR)
        self._waiting: list[Message] = []
        self._group: cgroup.MemoryGroup | None = None
        self._generation: Generation | None = None
        self._output = Output()
        self._order: dict[str, Any] = {}

    def run(self) -> None:
        """Serve until the tutor closes the socket."""
        try:
            self._build(self._next().header)
            while True:
                message = self._next()
                self._answer(message)
        except (TutorGone, ConnectionError):
            pass
        finally:
            self._end()

    def _end(self) -> None:
        if self._generation is not None:
            self._generation.close()
        if self._group is not None:
            self._group.close()

    def _build(self, order: dict[str, Any]) -> None:
        self._order = order
        try:
            self._host_side()
            self._leave_host()
            filesystem.build(filesystem.Layout(**order["layout"]))
        except OSError as error:
            self._say({"built": False, "reason": str(error)})
            raise TutorGone from error
        path = str(self._group.path) if self._group else None
        self._say({"built": True, "memory": self._meter.mechanism, "group": path})

    def _host_side(self) -> None:
        """What is needed of the host after its file system is out of sight."""
        proc = os.open("/proc", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self._tree = ProcessTree(proc)
        self._limit = self._order["memory_size"] * MB
        cgroup.sweep()
        self._group = cgroup.make_group(self._limit + self._order["layout"]["ephemeral_storage"])
        self._meter: Meter = self._group or self._tree

    def _leave_host(self) -> None:
        uid, gid = os.geteuid(), os.getegid()
        if uid != 0:
            syscalls.unshare(CLONE_NEWUSER)
            isolation.map_user(uid, uid, gid, gid)
        syscalls.unshare(CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS)
        socket.sethostname("sandbox")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as loopback:
            ioctl(loopback, _SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", _IFF_UP))

    def _say(self, header: dict[str, Any], body: bytes = b"") -> None:
        self._control.sendall(pack(header, body))

    def _next(self) -> Message:
        """The tutor's next order; what runs in the background meanwhile is watched."""
        while not self._waiting:
            self._idle()
            data = self._control.recv(1 << 18)
            if not data:
                raise TutorGone
            self._waiting += self._reader.feed(data)
        return self._waiting.pop(0)

    def _idle(self) -> None:
        """Until the tutor speaks: take in what is printed, and hold the memory limit."""
        generation = self._generation
        if generation is None or not generation.alive:
            return
        watch = MemoryWatch(self._meter, self._limit)
        phase = Phase(generation, self._control.fileno(), watch, self._output)
        control = self._control.fileno()
        readable = [control, generation.output, generation.ending]
        while True:
            ready, _, _ = select.select(readable, [], [], _IDLE_MS / 1000)
            if generation.output in ready and not phase.drain():
                readable.remove(generation.output)
            if generation.ending in ready or watch.sample(0):
                generation.kill()
                return
            if control in ready:
                return

    def _answer(self, message: Message) -> None:
        order = message.header
        if order["do"] == "kill":
            self._stop()
            self._say({"outcome": "killed"})
            return
        if order["do"] == "start":
            self._stop()
            group = self._group.entrance if self._group else None
            self._generation = Generation(self._order["launch"], group, self._order["response_limit"])
            self._tree.first = self._generation.first
            self._report(order, b"", {})
        else:
            head = {name: value for name, value in order.items() if name != "do"}
            self._report(order, pack(head, message.body), {"id": order["id"]})

    def _stop(self) -> None:
        if self._generation is not None:
            self._generation.close()
            self._generation = None

    def _report(self, order: dict[str, Any], outgoing: bytes, wanted: dict[str, Any]) -> None:
        """Run one phase and tell the tutor how it ended."""
        if self._generation is None or not self._generation.alive:
            self._say({"outcome": "dead", "log": [], "dropped": 0})
            return
        kills = self._group.kills() if self._group else 0
        watch = MemoryWatch(self._meter, self._limit)
        phase = Phase(self._generation, self._control.fileno(), watch, self._output)
        ended = phase.run(order["limit_ms"], outgoing, wanted)
        if self._group and self._group.kills() > kills and ended.outcome == "exit":
            ended = Ended("memory", ended.ms)
        if ended.outcome != "message":
            self._stop()
        self._say(self._result(ended, watch), ended.message.body if ended.message else b"")
        self._output = Output()

    def _result(self, ended: Ended, watch: MemoryWatch) -> dict[str, Any]:
        message = ended.message
        return {
            "outcome": ended.outcome,
            "ms": ended.ms,
            "code": ended.code,
            "reason": ended.reason,
            "kind": message.header.get("kind") if message else None,
            "error_type": message.header.get("type") if message else None,
            "size": message.size if message else 0,
            "log": self._output.lines,
            "dropped": self._output.dropped,
            "peak": watch.peak,
            "curve": watch.curve,
        }


def main() -> None:
    """Entry of the process: the descriptor of the socket to the tutor is the only argument."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    Supervisor(socket.socket(fileno=int(sys.argv[1]))).run()
