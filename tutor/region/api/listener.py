"""The HTTP/1.1 server: any number of listening sockets, each with its own application.

One loop watches every connection that says nothing, or too little, or does not take its answer, so that a slow client
or half a body keeps nobody else. A worker's thread serves a connection on which a request has come, and stays with it
for as long as the client goes on asking (see ``attendance``).
"""

import errno
import logging
import resource
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TypeVar

from tutor.errors import Defect, HostError
from tutor.region.api.attendance import attend
from tutor.region.api.connection import Connection
from tutor.region.api.doorkeeper import Doorkeeper
from tutor.region.api.doorstep import Application
from tutor.region.api.outgoing import plain
from tutor.region.api.workers import Workers

MOST_REQUESTS = 256
"""Requests that are worked on at once; more wait."""

_MOST_CONNECTIONS = 4096  # ours
_SHARE_OF_DESCRIPTORS = 2  # connections take at most one in so many of the process's descriptors
_BACKLOG = 512
_ACCEPTED_AT_ONCE = 64
_ROUND_S = 1.0  # how often it is looked whose time is over
_PARTING_S = 1.0  # seconds that an end waits for threads that are about to go
_MOMENT_S = 0.001
_FULL = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
_log = logging.getLogger(__name__)
Result = TypeVar("Result")


class Listener:
    """Serves sockets until it is closed. Threads: one for all connections, and those of the applications."""

    def __init__(self, most_requests: int = MOST_REQUESTS) -> None:
        self.workers = Workers(most_requests)
        self._selector = selectors.DefaultSelector()
        self._served: set[Served] = set()
        self._watched: dict[Connection, int] = {}
        self._deaf = False
        self._told: deque[Callable[[], object]] = deque()
        self._ear, self._bell = socket.socketpair()
        self._bell_lock = threading.Lock()
        self._ear.setblocking(False)
        self._bell.setblocking(False)
        self._selector.register(self._ear, selectors.EVENT_READ)
        self._most_connections = _connection_limit()
        self._stopping = False
        self._looked = time.monotonic()
        self._thread = threading.Thread(target=self._run, name="listener", daemon=True)
        self._thread.start()

    def listen(self, application: Application, port: int = 0, doorkeeper: Doorkeeper | None = None) -> "Served":
        """Serve an application on a port of 127.0.0.1; 0 is any free one. Raises ``HostError`` for a port in use."""
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(("127.0.0.1", port))
        except OSError as error:
            listening.close()
            raise HostError(f"Port {port} on 127.0.0.1 cannot be listened on: {error.strerror}.") from error
        return self.serve(listening, application, doorkeeper)

    def serve(
        self, listening: socket.socket, application: Application, doorkeeper: Doorkeeper | None = None
    ) -> "Served":
        """Serve an application on a bound socket (TCP or unix, of whatever network namespace); it is ours from now.

        Raises ``HostError`` where the listener is closed.
        """
        listening.listen(_BACKLOG)
        listening.setblocking(False)
        served = Served(self, listening, application, doorkeeper)
        try:
            self.on_loop(lambda: self._begin(served))
        except Defect as error:
            listening.close()
            raise HostError("Nothing is served any more: the region is being closed.") from error
        return served

    def _begin(self, served: "Served") -> None:
        self._served.add(served)
        if not self._deaf:
            self._selector.register(served.listening, selectors.EVENT_READ, served)

    def finish(self, served: "Served") -> None:
        """End one socket and its connections. On the loop's thread."""
        self._served.discard(served)
        if not self._deaf:
            self._selector.unregister(served.listening)
        served.listening.close()
        for connection in list(served.connections):
            self._end(connection)

    def _run(self) -> None:
        while not self._stopping:
            for key, _ in self._selector.select(self._patience()):
                self._guarded(partial(self._meet, key.data))
            while self._told:
                self._guarded(self._told.popleft())
            if time.monotonic() - self._looked >= _ROUND_S:
                self._guarded(self._look_round)
        for served in list(self._served):
            self.finish(served)
        with self._bell_lock:
            self._bell.close()
        self._ear.close()
        self._selector.close()

    def _guarded(self, work: Callable[[], object]) -> None:
        """The boundary: whatever goes wrong with one is no reason to leave all others alone."""
        try:
            work()
        except Exception:
            _log.exception("The listener could not do what it was about to do.")

    def _patience(self) -> float | None:
        """Seconds to wait; where nobody is connected nothing needs to be looked at."""
        return _ROUND_S if self._watched or self._deaf else None

    def _meet(self, who: "Connection | Served | None") -> None:
        if who is None:
            with suppress(BlockingIOError):
                self._ear.recv(_BACKLOG)
        elif isinstance(who, Served):
            self._accept(who)
        elif who.open:
            self._go_on(who)

    def _accept(self, served: "Served") -> None:
        """Take who waits at the door. With no descriptor left nobody is taken for a moment."""
        for _ in range(_ACCEPTED_AT_ONCE):
            try:
                accepted, _ = served.listening.accept()
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno not in _FULL:
                    return  # the client has gone already, or the door
                self._make_room()
                self._turn_deaf()
                return
            self._welcome(served, accepted)

    def _welcome(self, served: "Served", accepted: socket.socket) -> None:
        room = sum(len(each.connections) for each in self._served) < self._most_connections or self._make_room()
        try:
            if not room:
                raise BlockingIOError
            connection = Connection(accepted, served.application, served.doorkeeper, served.connections.discard)
        except OSError:  # the client has gone already
            accepted.close()
            return
        served.connections.add(connection)
        if self.workers.may_linger:
            self._hand_over(connection)
        else:
            self._watch(connection, selectors.EVENT_READ)

    def _make_room(self) -> bool:
        """End the connection that is nearest to its end, of those at the door where there are most."""
        crowded = max((served.connections for served in self._served), key=len)
        resting = [connection for connection in crowded if connection in self._watched]
        if resting:
            self._end(min(resting, key=lambda connection: connection.due))
        return bool(resting)

    def _turn_deaf(self) -> None:
        self._deaf = True
        for served in self._served:
            self._selector.unregister(served.listening)

    def _hand_over(self, connection: Connection) -> None:
        """Give a connection to a worker, which gives it back when nothing is left to do for it."""

        def work() -> None:
            try:
                attend(connection, self.workers)
            finally:
                if connection.open:
                    self._tell(partial(self._settle, connection))

        self.workers.submit(work)

    def _go_on(self, connection: Connection) -> None:
        """Something can be read from a connection, or sent to it."""
        if connection.unsent:
            connection.flush()
        else:
            connection.read(wait=False)
        self._settle(connection)

    def _settle(self, connection: Connection) -> None:
        """Where a connection belongs now: at rest here, until it can be written to or read from, or with a worker."""
        if not connection.open or self._stopping:
            self._end(connection)
        elif connection.unsent:
            self._watch(connection, selectors.EVENT_WRITE)
        elif connection.wanted:
            self._unwatch(connection)
            self._hand_over(connection)
        else:
            self._watch(connection, selectors.EVENT_READ)

    def _watch(self, connection: Connection, event: int) -> None:
        if connection not in self._watched:
            descriptor = self._watched[connection] = connection.fileno()
            self._selector.register(descriptor, event, connection)
        else:
            self._selector.modify(self._watched[connection], event, connection)

    def _unwatch(self, connection: Connection) -> None:
        descriptor = self._watched.pop(connection, None)
        if descriptor is not None:
            self._selector.unregister(descriptor)

    def _end(self, connection: Connection) -> None:
        self._unwatch(connection)
        connection.end()

    def _look_round(self) -> None:
        """End whose time is over; who has sent half a request is told."""
        self._looked = now = time.monotonic()
        if self._deaf:
            self._deaf = False
            for served in self._served:
                self._selector.register(served.listening, selectors.EVENT_READ, served)
        for connection in [connection for connection in self._watched if connection.due <= now]:
            if connection.incoming.begun and not connection.refused and not connection.unsent:
                connection.refuse(plain(408, "The request took too long to come."))
                self._settle(connection)
            else:
                self._end(connection)

    def _tell(self, work: Callable[[], object]) -> None:
        """Have something done on the loop's thread, soon."""
        self._told.append(work)
        with self._bell_lock, suppress(OSError):
            self._bell.send(b"!")

    def on_loop(self, work: Callable[[], Result]) -> Result:
        """Do something on the loop's thread, and wait for what comes of it."""
        done, results = threading.Event(), list[Result]()

        def told() -> None:
            try:
                results.append(work())
            finally:
                done.set()

        self._tell(told)
        while not done.wait(1.0) and self._thread.is_alive():
            pass
        if not results:
            raise Defect("The listener has ended, or could not do what it was told; its log says why.")
        return results[0]

    @property
    def sockets(self) -> "tuple[Served, ...]":
        """All that is served now."""
        return tuple(self._served)

    @property
    def closed(self) -> bool:
        """Whether it serves no more."""
        return self._stopping

    def close(self) -> None:
        """Stop serving: connections end, and what still runs is not waited for."""
        self._stopping = True
        self._tell(lambda: None)
        self._thread.join()
        self.workers.close(_PARTING_S)


class Served:
    """One listening socket that is being served, and its connections."""

    def __init__(
        self, listener: Listener, listening: socket.socket, application: Application, doorkeeper: Doorkeeper | None
    ) -> None:
        self._listener = listener
        self.listening = listening
        self.application = application
        self.doorkeeper = doorkeeper
        self.connections: set[Connection] = set()
        self._name = listening.getsockname()

    @property
    def port(self) -> int:
        """The port, for a TCP socket."""
        return int(self._name[1])

    @property
    def address(self) -> str:
        """The URL of a TCP socket."""
        return f"http://{self._name[0]}:{self.port}"

    def close(self) -> None:
        """Stop listening here and end this socket's connections; the listener's others go on."""
        connections = list(self.connections)
        if not self._listener.closed:
            self._listener.on_loop(lambda: self._listener.finish(self))
        until = time.monotonic() + _PARTING_S
        while not all(connection.closed for connection in connections) and time.monotonic() < until:
            time.sleep(_MOMENT_S)  # a thread is just coming out of a call on one


def _connection_limit() -> int:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return min(max(soft // _SHARE_OF_DESCRIPTORS, MOST_REQUESTS), _MOST_CONNECTIONS)
