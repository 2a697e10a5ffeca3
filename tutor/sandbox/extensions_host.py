"""One generation of extensions in an environment: the server behind the door, their processes, their time to end.

A cell asks for it; the orders go to the environment's first process over the cell's own line. Without extensions, and
with our own runtime client, nothing begins before somebody knocks at the door.
"""

import os
import select
import socket
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from tutor.awslambda.execution_environment import SNAP_START
from tutor.awslambda.extension import ShutdownReason, environment_for
from tutor.errors import HostError
from tutor.sandbox.api_server import Api, ApiServer
from tutor.sandbox.phase import Ended, Phase
from tutor.sandbox.runtime_api import RuntimeApi

if TYPE_CHECKING:
    from tutor.sandbox.terms import Terms

_CONNECT_S = 2.0
_PIPE_HOLDS = 1 << 20
_RUNTIMES_SHARE = 0.3  # of SHUTDOWN: AWS's emulator gives the runtime that much, and the rest to extensions


class Orders(Protocol):
    """What a cell can have done by the first process."""

    def tell(self, order: dict[str, Any], descriptors: Sequence[int] = ()) -> None:
        """Give an order. Raises ``HostError`` where nobody is there any more."""
        ...

    def expect(self, word: str) -> dict[str, Any]:
        """Wait for a word."""
        ...

    def how_it_ended(self) -> Ended | None:
        """The next word, whatever it is."""
        ...

    @property
    def ending(self) -> int:
        """Where words come."""
        ...


class ExtensionsHost:
    """The extensions of one generation, external and internal, with the APIs that they and the runtime call.

    ``names`` are the external ones. ``line`` is where our own client would be, where the runtime is another program;
    it is this object's from now. ``close`` gives it back, and all else, whatever had begun.
    """

    def __init__(
        self, orders: Orders, terms: "Terms", names: Sequence[str], phase: Phase, line: socket.socket | None
    ) -> None:
        self._orders = orders
        self._terms = terms
        self._company = terms.company
        self._company.telemetry.connect = self._connect
        self._names = list(names)
        self._phase = phase
        self._output = -1
        self._door: socket.socket | None = None
        self._clients_line = line
        self._line: socket.socket | None = None
        self._server: ApiServer | None = None
        self._all_registered: Callable[[], None] | None = None
        self.runtime_api: RuntimeApi | None = None

    def ask(self) -> None:
        """Have the door opened; it is done while the runtime starts. Raises ``HostError``."""
        self._orders.tell({"do": "door"})

    def begin(self, all_registered: Callable[[], None]) -> None:
        """Serve behind the door that was asked for; start external extensions. Raises ``HostError``.

        ``all_registered`` is called once the runtime may start, if there are external ones.
        """
        door = socket.socket(fileno=self._orders.expect("door")["descriptors"][0])
        if self._clients_line is not None or self._names:
            line, self._clients_line = self._clients_line, None
            self._serve(door, line)
        else:
            self._door = door
            self._phase.watch(door.fileno(), self._knocked)
        if self._names:
            self._all_registered = all_registered
            self._start()

    def _knocked(self) -> None:
        """Somebody in our own runtime speaks to the APIs: an internal extension."""
        door, self._door = self._door, None
        if door is not None:
            self._phase.ignore(door.fileno())
            self._serve(door, None)

    def _serve(self, door: socket.socket, line: socket.socket | None) -> None:
        apis: list[Api] = []
        if line is None:
            self._line, line = socket.socketpair()
            self._server = ApiServer(door, line)
        else:
            self._server = ApiServer(door, line)
            limits = self._terms.response_limit, self._terms.streamed_limit
            snap_start = self._terms.environment.get("AWS_LAMBDA_INITIALIZATION_TYPE") == SNAP_START
            self.runtime_api = RuntimeApi(
                self._server.tell,
                *limits,
                snap_start=snap_start,
                pace=self._company.pace,
                streamed=self._company.heard_piece,
            )
            apis.append(self.runtime_api)
        apis += self._company.serve(self._server.soon, self._names)
        self._phase.watch(self._company.changed, self._moved)
        self._server.start(apis)

    def _moved(self) -> None:
        """An extension has moved on."""
        if self._company.look().all_registered and self._all_registered is not None:
            start, self._all_registered = self._all_registered, None
            start()

    def _start(self) -> None:
        self._output, output_end = os.pipe()
        os.set_blocking(self._output, False)
        self._phase.watch(self._output, self._hear)
        self._company.hear = self._hear
        order = {
            "do": "extensions",
            "names": self._names,
            "environment": environment_for(dict(self._terms.environment)),
            "file_descriptors": self._terms.file_descriptors,
            "processes": self._terms.processes,
        }
        try:
            self._orders.tell(order, (output_end,))
        finally:
            os.close(output_end)

    def _hear(self) -> bool:
        """Take in what extensions have printed; False once nobody can print any more."""
        try:
            data = os.read(self._output, _PIPE_HOLDS)
        except BlockingIOError:
            return True
        if not data:
            self._phase.ignore(self._output)
            return False
        self._company.output.feed(data, self._phase.ms)
        return True

    def _connect(self, port: int) -> socket.socket | None:
        """A connection to a port inside, made by the first process. Safe for threads."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with ours, theirs:
            ours.settimeout(_CONNECT_S)
            try:
                self._orders.tell({"do": "connect", "port": port}, (theirs.fileno(),))
                theirs.close()
                _, descriptors, _, _ = socket.recv_fds(ours, 64, 1)
            except (OSError, HostError):
                return None
        if not descriptors:
            return None
        connection = socket.socket(fileno=descriptors[0])
        connection.setblocking(True)
        return connection

    # The end.

    def let_end(self, reason: ShutdownReason, limit_ms: float | None, thaw: Callable[[], None]) -> None:
        """SHUTDOWN: the runtime is dead; extensions that want to hear of it have so long to come to an end.

        ``limit_ms`` is what is left of that time; None for all of it.
        """
        self._all_registered = None
        if not self._company.leaving:
            return
        limit_ms = float(self._company.shutdown_limit_ms) if limit_ms is None else limit_ms
        self._company.shut_down(reason, limit_ms)
        try:
            self._orders.tell({"do": "leave"})
            thaw()
            self._wait(lambda: not self._company.leaving, limit_ms)
        except HostError:
            return  # the first process is gone, and with it everything else

    def let_runtime_end(self, over: Callable[[], bool]) -> float:
        """Give the runtime, which was told to end, its share of SHUTDOWN; what is left of it, in ms."""
        limit_ms = self._company.shutdown_limit_ms
        begun = time.monotonic()
        self._wait(over, limit_ms * (_RUNTIMES_SHARE if self._company.leaving else 1.0))
        return max(0.0, limit_ms - (time.monotonic() - begun) * 1000)

    def _wait(self, over: Callable[[], bool], limit_ms: float) -> None:
        """Listen to all that is said until it is over, at most ``limit_ms``."""
        deadline = time.monotonic() + limit_ms / 1000
        poll = select.poll()
        listeners: dict[int, Callable[[], bool]] = {
            self._phase.output_pipe: self._phase.drain,
            self._output: self._hear,
        }
        for descriptor in (self._orders.ending, *listeners):
            if descriptor >= 0:
                poll.register(descriptor, select.POLLIN)
        while not over() and (left := deadline - time.monotonic()) > 0:
            for descriptor, _ in poll.poll(left * 1000):
                if descriptor == self._orders.ending:
                    self._orders.how_it_ended()
                elif not listeners[descriptor]():
                    poll.unregister(descriptor)

    def finish(self) -> None:
        """Every process has gone: take in the last of what was printed."""
        if self._output >= 0:
            self._hear()
            self._company.output.flush(self._phase.ms)

    def close(self) -> None:
        """Give everything back."""
        self._company.disband()
        if self._server is not None:
            self._server.close()
        for end in (self._door, self._line, self._clients_line):
            if end is not None:
                end.close()
        if self._output >= 0:
            os.close(self._output)
            self._output = -1
