"""One client's connection: its socket, what has come of its requests, and what is still to be sent.

It belongs to one thread at a time, the listener's loop or a worker, but anybody may end it. A thread is ``inside``
while it is in a call on the socket; where the connection ends then, it is that thread that closes the socket, since its
descriptor might be another file's by the time the call is made.
"""

import select
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from tutor.region.api.doorkeeper import Doorkeeper
from tutor.region.api.doorstep import Application
from tutor.region.api.incoming import Incoming
from tutor.region.api.message import HttpResponse
from tutor.region.api.outgoing import head, plain

_READ = 256 * 1024
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_LINGER_S = 1  # seconds that a worker waits for a client's next request
_IDLE_S = 75.0  # seconds after which a connection is closed on which nothing happens
_REQUEST_S = 60.0  # seconds that a request, or an answer, may take on the wire, beside what its bytes need
_SLOWEST = 1024  # bytes a second that a client must send, or take, at least
_DROPPING_S = 10.0  # seconds for which a refused client may go on with a body that nobody wants


class Connection:
    """A stream socket that was accepted. ``on_end`` is called once, when it has been closed."""

    def __init__(
        self,
        accepted: socket.socket,
        application: Application,
        doorkeeper: Doorkeeper | None,
        on_end: Callable[["Connection"], None],
    ) -> None:
        self.application = application
        self.incoming = Incoming(doorkeeper)
        self._socket = accepted
        self._on_end = on_end
        self._lock = threading.Lock()
        self._inside = self._ended = self._closed = False
        self._refused = self._last = False
        self._unsent: deque[memoryview] = deque()
        self._sent = 0
        self._since = time.monotonic()
        accepted.setblocking(True)
        accepted.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("@ll", _LINGER_S, 0))
        if accepted.family in (socket.AF_INET, socket.AF_INET6):
            accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def fileno(self) -> int:
        """The socket's descriptor."""
        return self._socket.fileno()

    @property
    def open(self) -> bool:
        """Whether it has not ended."""
        return not self._ended

    @property
    def closed(self) -> bool:
        """Whether nothing of it is left."""
        return self._closed

    @property
    def unsent(self) -> bool:
        """Whether the client has not taken all of an answer yet."""
        return bool(self._unsent)

    @property
    def wanted(self) -> bool:
        """Whether there is something for a worker to do: a request, or a refusal."""
        return self.incoming.waiting and not self._refused

    @property
    def refused(self) -> bool:
        """Whether its last answer has been given, and what still comes is dropped."""
        return self._refused

    @property
    def due(self) -> float:
        """When it is to end if nothing more happens (monotonic seconds)."""
        return self._since + self._allowed()

    def _allowed(self) -> float:
        if self._refused:
            return _DROPPING_S
        if self._unsent:
            return _REQUEST_S + self._sent / _SLOWEST
        return _REQUEST_S + self.incoming.size / _SLOWEST if self.incoming.begun else _IDLE_S

    @property
    def sent_at(self) -> float:
        """When something was last sent, or a request began (monotonic seconds)."""
        return self._since

    @property
    def lingers(self) -> bool:
        """Whether a worker may still wait for the rest of a request."""
        return not self.incoming.begun or time.monotonic() - self._since < _LINGER_S

    def read(self, *, wait: bool) -> bool:
        """Read what has come, or wait a moment for it. False where nothing has; at the client's end it ends."""
        if not self._enter():
            return False
        try:
            data = self._socket.recv(_READ, 0 if wait else socket.MSG_DONTWAIT)
        except BlockingIOError:
            return False
        except OSError:
            data = b""
        finally:
            self._leave()
        if not data:
            self._client_ended()
        elif not self._refused:
            self._heard(data)
        return bool(data)

    def _client_ended(self) -> None:
        if self.incoming.begun and not self._refused:
            self.refuse(plain(400, "The request stops half-way."))
        self.end()

    def _heard(self, data: bytes) -> None:
        idle = not self.incoming.begun
        self.incoming.feed(data)
        if idle:
            self._since = time.monotonic()
        if self.incoming.asks_to_go_on():
            self.send(_CONTINUE, patience=0)

    def refuse(self, answer: HttpResponse) -> None:
        """Give the last answer, to a request that was not read whole; what the client still sends is dropped.

        (To close at once would take from it the answer that it has not read yet.)
        """
        self._refused = True
        body = answer.data()
        self.send((head(answer, "GET", 1, keep=False) or b"") + body, patience=0)
        if self._enter():
            try:
                self._socket.shutdown(socket.SHUT_WR)
            except OSError:
                self._ended = True
            finally:
                self._leave()

    def send(self, *parts: bytes, patience: float, last: bool = False) -> bool:
        """Send, and wait so many seconds at most for the client to take it; what is left then is for ``flush``.

        ``last`` ends the connection behind it. False where something is left, or the connection has ended.
        """
        self._unsent.extend(memoryview(part) for part in parts if part)
        self._since, self._sent, self._last = time.monotonic(), 0, last
        while self.flush():
            waited = time.monotonic() - self._since
            if waited >= patience or not self._await_room(patience - waited):
                return False
        self._since = time.monotonic()
        return not self._ended

    def flush(self) -> bool:
        """Send what the client takes at once; whether something is left."""
        while self._unsent:
            size = self._sent_now(self._unsent[0])
            if not size or self._ended:  # ended from another thread: nothing is left then
                return not self._ended
            self._sent += size
            rest = self._unsent.popleft()[size:]
            if rest:
                self._unsent.appendleft(rest)
        if self._last:
            self.end()
        return False

    def _sent_now(self, data: memoryview) -> int:
        if not self._enter():
            return 0
        try:
            return self._socket.send(data, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return 0
        except OSError:
            self._ended = True
            return 0
        finally:
            self._leave()

    def _await_room(self, seconds: float) -> bool:
        """Wait until the client takes more; False where it does not in that time."""
        if not self._enter():
            return False
        try:
            poll = select.poll()
            poll.register(self._socket, select.POLLOUT)
            return bool(poll.poll(seconds * 1000))
        finally:
            self._leave()

    def _enter(self) -> bool:
        """Begin a call on the socket; False where there is none any more."""
        with self._lock:
            self._inside = not self._ended
            return self._inside

    def _leave(self) -> None:
        with self._lock:
            self._inside = False
            ended = self._ended
        if ended:
            self._close()

    def end(self) -> None:
        """Close it. From any thread; a selector that watches it must have been told before."""
        with self._lock:
            self._ended = True
            if self._inside:
                with suppress(OSError):
                    self._socket.shutdown(socket.SHUT_RDWR)  # whoever is inside comes out, and closes it
                return
        self._close()

    def _close(self) -> None:
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._socket.close()
        self._unsent.clear()
        self.incoming.forget()
        self._on_end(self)
