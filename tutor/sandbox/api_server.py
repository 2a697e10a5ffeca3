"""The server behind the door of an environment: a thread in the tutor that speaks HTTP with what runs inside.

It stands between the tutor, which speaks messages (``wire``) on a line, and the APIs that a runtime and its extensions
call. A slow, broken or malicious client costs its own connection only: nothing here blocks on one.
"""

import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from typing import Any, Protocol

from tutor.sandbox.bell import Bell
from tutor.sandbox.http_request import BrokenRequest, Request, RequestReader, refusal, response
from tutor.sandbox.wire import Message, Reader, head

_MOST_CONNECTIONS = 64
_MOST_AHEAD = 1 << 16  # bytes that a client may send while it is owed an answer
_ALL = 1 << 62
_MOST_UNREAD = 1 << 24  # bytes of answers that a client may leave unread: more than any event
_PATIENCE_S = 10


class Reply:
    """An answer that is owed; it may be given later (long polls wait for events)."""

    def __init__(self, connection: "_Connection", keep_alive: bool) -> None:
        self._connection = connection
        self._keep_alive = keep_alive

    @property
    def alive(self) -> bool:
        """Whether somebody still waits for it, as far as can be known."""
        return self._connection.alive

    def send(self, status: int, body: bytes = b"", headers: Mapping[str, str] | None = None) -> None:
        """Answer, once."""
        self._connection.answer(response(status, body, headers), self._keep_alive)

    def refuse(self, status: int, error_type: str, message: str) -> None:
        """Answer with an error document."""
        self.send(status, refusal(error_type, message))


@dataclass(frozen=True)
class Pace:
    """How fast a body may come: so many bytes at any speed, and then so many a second."""

    uncapped: int
    rate: int


class Api(Protocol):
    """What answers requests below a prefix. All of it runs in the server's thread, and must not block."""

    @property
    def prefix(self) -> str:
        """The beginning of the paths that it answers, such as ``/2018-06-01/``."""
        ...

    def keep(self, request: Request) -> int:
        """How many bytes of this request's body are worth keeping; its head is known."""
        ...

    def handle(self, request: Request, reply: Reply) -> None:
        """Answer now or later."""
        ...

    def hear(self, message: Message) -> None:
        """A message has come from the tutor: an event."""
        ...

    def pace(self, request: Request) -> Pace | None:  # noqa: ARG002 # others look at it
        """How fast this request's body may come; None for any speed."""
        return None

    def heard(self, request: Request, piece: bytes) -> None:  # noqa: ARG002 # others listen
        """A piece of this request's body has come."""
        return

    def cut_off(self, request: Request) -> None:  # noqa: ARG002 # others care
        """The client has gone in the middle of this request's body."""
        return


class ApiServer:
    """Serves one generation of an environment's processes. Ends with ``close``, or when the tutor's line does."""

    def __init__(self, door: socket.socket, line: socket.socket) -> None:
        self._door = door
        self._line = line
        self._apis: list[Api] = []
        self._reader = Reader(_ALL)
        self._selector = selectors.DefaultSelector()
        door.setblocking(False)
        self._selector.register(door, selectors.EVENT_READ, self._accept)
        self._selector.register(line, selectors.EVENT_READ, self._listen)
        self._acts: deque[Callable[[], None]] = deque()
        self._later: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = count()
        self._bell = Bell()
        self._selector.register(self._bell, selectors.EVENT_READ, self._act)
        self._connections: set[_Connection] = set()
        self._thread = threading.Thread(target=self._serve, name="runtime-api", daemon=True)
        self._open = True

    def start(self, apis: Sequence[Api]) -> None:
        """Begin to serve these."""
        self._apis += apis
        self._thread.start()

    def close(self) -> None:
        """End it; safe to call twice. Every connection is closed, and the door."""
        try:
            self._line.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # the thread has ended already
        if self._thread.ident is not None:
            self._thread.join(_PATIENCE_S)

    def soon(self, act: Callable[[], None]) -> None:
        """Have the server's own thread do this. Safe for threads."""
        self._acts.append(act)
        self._bell.ring()

    def _act(self, events: int) -> None:  # noqa: ARG002 # every callback is told its events
        self._bell.hush()
        while self._acts:
            self._acts.popleft()()

    def later(self, due: float, act: Callable[[], None]) -> None:
        """Do this at a time (monotonic seconds); in the server's own thread only."""
        heappush(self._later, (due, next(self._numbers), act))

    def _wait(self) -> float | None:
        """Do what is due; how many seconds until the next thing is."""
        while self._later and self._later[0][0] <= time.monotonic():
            heappop(self._later)[2]()
        return max(0.0, self._later[0][0] - time.monotonic()) if self._later else None

    def tell(self, header: Mapping[str, Any], body: bytes = b"") -> None:
        """Send a message to the tutor. Blocks while the tutor does not read."""
        try:
            self._line.sendall(head(dict(header), len(body)))
            self._line.sendall(body)
        except OSError:
            self._open = False

    def _serve(self) -> None:
        try:
            while self._open:
                for key, events in self._selector.select(self._wait()):
                    key.data(events)
        finally:
            for connection in list(self._connections):
                connection.close()
            self._selector.close()
            self._bell.close()
            self._door.close()
            self._line.close()

    def _accept(self, events: int) -> None:  # noqa: ARG002 # every callback is told its events
        try:
            accepted, _ = self._door.accept()
        except OSError:
            time.sleep(0.01)  # the tutor has no descriptor left for the moment
            return
        if len(self._connections) >= _MOST_CONNECTIONS:
            accepted.close()
            return
        accepted.setblocking(False)
        accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._connections.add(_Connection(self, accepted))

    def _listen(self, events: int) -> None:  # noqa: ARG002 # every callback is told its events
        data = self._line.recv(1 << 20)
        if not data:
            self._open = False
            return
        for message in self._reader.feed(data):
            for api in self._apis:
                api.hear(message)

    def api(self, path: str) -> Api | None:
        """What answers this path."""
        return next((api for api in self._apis if path.startswith(api.prefix)), None)

    def watch(self, connection: "_Connection", events: int) -> None:
        """Call the connection when its socket is ready for these events; 0 for never again."""
        if connection.watched == events:
            return
        if not connection.watched:
            self._selector.register(connection.socket, events, connection.ready)
        elif events:
            self._selector.modify(connection.socket, events, connection.ready)
        else:
            self._selector.unregister(connection.socket)
        connection.watched = events

    def forget(self, connection: "_Connection") -> None:
        """A connection has closed."""
        self._connections.discard(connection)


class _Connection:
    """One connection from inside: requests one after another, each answered before the next is looked at."""

    def __init__(self, server: ApiServer, accepted: socket.socket) -> None:
        self.socket = accepted
        self.watched = 0
        self.alive = True
        self._server = server
        self._reader = RequestReader(self._keep, self._heard)
        self._owed = self._looking = False
        self._allowed: Request | None = None
        self._outgoing = memoryview(b"")
        self._last = False
        self._capped_since = 0.0
        server.watch(self, selectors.EVENT_READ)

    def _keep(self, request: Request) -> int:
        api = self._server.api(request.path)
        return api.keep(request) if api else 0

    def _heard(self, request: Request, piece: bytes) -> None:
        api = self._server.api(request.path)
        if api:
            api.heard(request, piece)

    def ready(self, events: int) -> None:
        """The socket is ready."""
        if self.alive and events & selectors.EVENT_WRITE:
            self._write()
        if self.alive and events & selectors.EVENT_READ:
            self._read()

    def _read(self) -> None:
        try:
            data = self.socket.recv(1 << 18)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        self._reader.feed(data)
        if not data or (self._owed and self._reader.waiting > _MOST_AHEAD):
            self.close()
        else:
            self._go_on()
            self._hold_back()

    def _hold_back(self) -> None:
        """Read on only when what has come of a body may have come by now."""
        began = self._reader.began
        api = self._server.api(began.path) if began and self.alive and not self._outgoing else None
        pace = api.pace(began) if api and began else None
        if began is None or pace is None or began.size <= pace.uncapped:
            self._capped_since = 0.0
            return
        self._capped_since = self._capped_since or time.monotonic()
        due = self._capped_since + (began.size - pace.uncapped) / pace.rate
        if due > time.monotonic():
            self._server.watch(self, 0)
            self._server.later(due, self._read_on)

    def _read_on(self) -> None:
        if self.alive:
            self._server.watch(self, selectors.EVENT_READ)

    def _go_on(self) -> None:
        """Look at what has come, until an answer is owed; while one is, only the client's end is of interest."""
        if self._looking:
            return
        self._looking = True
        while self.alive and not self._owed and self._look():
            pass
        self._looking = False

    def _look(self) -> bool:
        """Take one request up; False when none is whole."""
        try:
            request = self._reader.take()
        except BrokenRequest as error:
            self._owed = True
            self.answer(response(400, refusal("BadRequest", f"This is no HTTP/1.1 request: {error}.")), False)
            return False
        if request is None:
            self._allow()
            return False
        self._owed = True
        reply = Reply(self, request.keep_alive)
        api = self._server.api(request.path)
        if api is None:
            reply.send(404, b"404 page not found\n", {"Content-Type": "text/plain; charset=utf-8"})
        else:
            api.handle(request, reply)
        return True

    def _allow(self) -> None:
        """Give leave to send the body, where the client asks for it."""
        began = self._reader.began
        if began is not None and began is not self._allowed and began.expects_continue:
            self._allowed = began
            self._send(b"HTTP/1.1 100 Continue\r\n\r\n")

    def answer(self, data: bytes, keep_alive: bool) -> None:
        """Send an answer, then look at the next request, or close."""
        if not self._owed or not self.alive:
            return
        self._owed = False
        self._last = not keep_alive
        self._send(data)
        self._go_on()

    def _send(self, data: bytes) -> None:
        self._outgoing = memoryview(bytes(self._outgoing) + data)
        if len(self._outgoing) > _MOST_UNREAD:
            self.close()
        else:
            self._write()

    def _write(self) -> None:
        try:
            while self._outgoing:
                self._outgoing = self._outgoing[self.socket.send(self._outgoing[: 1 << 18]) :]
        except BlockingIOError:
            self._server.watch(self, selectors.EVENT_READ | selectors.EVENT_WRITE)
            return
        except OSError:
            self.close()
            return
        self._server.watch(self, selectors.EVENT_READ)
        if self._last:
            self.close()

    def close(self) -> None:
        """Forget it."""
        if self.alive:
            self.alive = False
            self._server.watch(self, 0)
            self._server.forget(self)
            self.socket.close()
            began = self._reader.began
            api = self._server.api(began.path) if began else None
            if api and began:
                api.cut_off(began)
