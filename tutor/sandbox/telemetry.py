"""Telemetry of one environment: events go to the extensions that subscribed to them, in batches, while others work.

Each subscriber has a thread of its own in the tutor, so that a slow one costs nobody anything but its own events. What
happened before a subscription, since INIT began, is delivered with the first batch.
"""

import json
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from tutor.awslambda import platform_events
from tutor.awslambda.platform_events import PlatformEvent
from tutor.awslambda.telemetry import Subscription

_BACKLOG = 10_000
_RETRY_S, _LONGEST_RETRY_S = 0.1, 5.0
_OVERDUE = 2  # a buffer holds this many times what is asked for before events are dropped
_ANSWER = 1 << 16
_LAST_WORDS_S = 0.5

Connect = Callable[[int], socket.socket | None]
"""A connection to a port inside the environment, or None where nobody listens there."""


class Telemetry:
    """Events of one generation of processes and who hears of them. Safe for threads.

    ``json_lines``: lines are written in JSON, and are given as the objects that they stand for.
    """

    def __init__(self, *, json_lines: bool) -> None:
        self.connect: Connect = _nowhere
        self._json_lines = json_lines
        self._lock = threading.Lock()
        self._open = False
        self._backlog: deque[PlatformEvent] = deque(maxlen=_BACKLOG)
        self._subscribers: dict[str, _Subscriber] = {}

    @property
    def wanted(self) -> bool:
        """Whether an event can still reach anybody."""
        return self._open or bool(self._subscribers)

    def begin(self) -> None:
        """A new generation: nobody has subscribed yet, and anybody may."""
        self.close()
        with self._lock:
            self._backlog.clear()
            self._open = True

    def end_subscriptions(self) -> None:
        """INIT is over: who has not subscribed never will."""
        with self._lock:
            self._open = False
            self._backlog.clear()

    @property
    def open(self) -> bool:
        """Whether subscriptions are taken."""
        return self._open

    def subscribe(self, subscription: Subscription) -> None:
        """Deliver from now on, and what has been; a second subscription of one extension replaces its first."""
        subscriber = _Subscriber(subscription, self.connect)
        with self._lock:
            former = self._subscribers.pop(subscription.name, None)
            self._subscribers[subscription.name] = subscriber
            for event in self._backlog:
                subscriber.offer(event)
        if former is not None:
            former.close()
        self.tell(platform_events.telemetry_subscription(time.time(), subscription.name, subscription.types))

    def tell(self, event: PlatformEvent) -> None:
        """An event for whoever wants its type."""
        with self._lock:
            if self._open:
                self._backlog.append(event)
            for subscriber in self._subscribers.values():
                subscriber.offer(event)

    def printed(self, source: str, line: str) -> None:
        """A line that the function or an extension wrote."""
        if self.wanted:
            record = _record(line) if self._json_lines else line
            self.tell(platform_events.printed(time.time(), source, record))

    def flush(self) -> None:
        """Deliver now what is buffered."""
        with self._lock:
            subscribers = list(self._subscribers.values())
        for subscriber in subscribers:
            subscriber.flush()

    def settle(self) -> None:
        """Wait a moment for what is on its way: a shutdown follows."""
        self.flush()
        deadline = time.monotonic() + _LAST_WORDS_S
        for subscriber in list(self._subscribers.values()):
            subscriber.wait(deadline)

    def close(self) -> None:
        """End every delivery; the processes that would hear of it are gone."""
        with self._lock:
            subscribers, self._subscribers = list(self._subscribers.values()), {}
            self._open = False
        for subscriber in subscribers:
            subscriber.close()


class _Subscriber:
    """One subscription: a buffer, and the thread that empties it."""

    def __init__(self, subscription: Subscription, connect: Connect) -> None:
        self._subscription = subscription
        self._connect = connect
        self._changed = threading.Condition()
        self._buffer: deque[bytes] = deque()
        self._size = 0
        self._since = 0.0
        self._hurry = self._closed = self._busy = False
        self._dropped = [0, 0]
        self._socket: socket.socket | None = None
        self._thread = threading.Thread(target=self._deliver, name="telemetry", daemon=True)
        self._thread.start()

    def offer(self, event: PlatformEvent) -> None:
        """Take an event in, if it is of a type that was asked for and there is room."""
        if event["type"].split(".")[0] not in self._subscription.types:
            return
        data = json.dumps(self._formed(event)).encode()
        with self._changed:
            if self._size + len(data) > self._subscription.max_bytes * _OVERDUE:
                self._dropped = [self._dropped[0] + 1, self._dropped[1] + len(data)]
            else:
                self._add(data)

    def _formed(self, event: PlatformEvent) -> PlatformEvent:
        """The event as the subscriber's schema has it: in the oldest one, every line is text."""
        record = event["record"]
        if event["type"].startswith("platform") or isinstance(record, str) or self._subscription.json_as_objects:
            return event
        return {**event, "record": json.dumps(record)}

    def _add(self, data: bytes) -> None:
        if not self._buffer:
            self._since = time.monotonic()
        self._buffer.append(data)
        self._size += len(data)
        if len(self._buffer) == 1 or self._full():
            self._changed.notify_all()

    def _full(self) -> bool:
        return len(self._buffer) >= self._subscription.max_items or self._size >= self._subscription.max_bytes

    def flush(self) -> None:
        """Do not wait for more."""
        with self._changed:
            self._hurry = True
            self._changed.notify_all()

    def wait(self, deadline: float) -> None:
        """Until everything was delivered, or the deadline (monotonic seconds)."""
        with self._changed:
            while (self._buffer or self._busy) and not self._closed and time.monotonic() < deadline:
                self._changed.wait(max(0.0, deadline - time.monotonic()))

    def close(self) -> None:
        """End the thread; what it could not deliver is gone."""
        with self._changed:
            self._closed = True
            if self._socket is not None:
                _shut(self._socket)
            self._changed.notify_all()
        if self._thread is not threading.current_thread():
            self._thread.join()

    def _deliver(self) -> None:
        while (batch := self._next_batch()) is not None:
            pause = _RETRY_S
            while not self._send(batch):
                with self._changed:
                    self._changed.wait_for(lambda: self._closed, pause)
                    if self._closed:
                        return
                pause = min(2 * pause, _LONGEST_RETRY_S)
            with self._changed:
                self._busy = False
                self._changed.notify_all()

    def _next_batch(self) -> list[bytes] | None:
        """Wait for a batch to be due; None at the end."""
        with self._changed:
            while not self._closed:
                due = self._since + self._subscription.timeout / 1000 - time.monotonic()
                if self._buffer and (due <= 0 or self._hurry or self._full()):
                    return self._take()
                self._hurry = False
                self._changed.wait(due if self._buffer else None)
            return None

    def _take(self) -> list[bytes]:
        batch = [self._buffer.popleft() for _ in range(min(len(self._buffer), self._subscription.max_items))]
        self._size = sum(map(len, self._buffer))
        self._since = time.monotonic()
        self._busy = True
        records, size = self._dropped
        if records:
            self._dropped = [0, 0]
            batch.append(json.dumps(platform_events.logs_dropped(time.time(), records, size)).encode())
        return batch

    def _send(self, batch: list[bytes]) -> bool:
        connection = self._connected()
        if connection is None:
            return False
        try:
            if self._subscription.protocol == "TCP":
                connection.sendall(b"".join(line + b"\n" for line in batch))
                return True
            return self._post(connection, b"[" + b",".join(batch) + b"]")
        except OSError:
            return False
        finally:
            with self._changed:
                self._socket = None
            connection.close()

    def _connected(self) -> socket.socket | None:
        connection = self._connect(self._subscription.port)
        with self._changed:
            if self._closed and connection is not None:
                connection.close()
                return None
            self._socket = connection
        return connection

    def _post(self, connection: socket.socket, body: bytes) -> bool:
        """One batch; whether the subscriber has taken it."""
        head = (
            f"POST {self._subscription.path} HTTP/1.1\r\nHost: sandbox.localdomain:{self._subscription.port}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        connection.sendall(head.encode("latin-1", "replace") + body)
        answer = b""
        while b"\r\n" not in answer and len(answer) < _ANSWER:
            piece = connection.recv(_ANSWER)
            if not piece:
                return False
            answer += piece
        return answer.split(b" ", 2)[1:2] != [] and answer.split(b" ", 2)[1].startswith(b"2")


def _record(line: str) -> Any:
    """What a line in JSON stands for; any other line as it is."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return line
    return found if isinstance(found, dict) else line


def _nowhere(port: int) -> None:
    """An environment that is not there yet has no ports."""


def _shut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # it has ended already
