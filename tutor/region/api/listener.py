"""The HTTP/1.1 server: any number of listening sockets, each with its own application, on one loop.

waitress reads requests and writes answers on one thread, whole and without waiting for anyone, so that a slow client
or half a body keeps nobody else; an application runs on a thread of a pool that grows with what is asked at once.
"""

import logging
import resource
import socket
import threading
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, BinaryIO, TypeVar, cast
from urllib.parse import urlsplit

from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer, create_server
from waitress.task import ThreadedTaskDispatcher
from waitress.trigger import trigger

from tutor.errors import Defect, HostError
from tutor.region.api.doorstep import Application
from tutor.region.api.message import Headers, HttpRequest

MOST_REQUESTS = 256
"""Requests that are worked on at once; more wait."""

_KIB = 1024
_SHARE_OF_DESCRIPTORS = 2  # connections take at most one in so many of the process's descriptors
_SETTINGS: dict[str, Any] = {
    "asyncore_use_poll": True,  # select() ends at descriptor 1023
    "channel_timeout": 75,  # seconds after which an idle connection, or one with half a request, is closed
    "ident": None,
    "log_socket_errors": False,
    "inbuf_overflow": 512 * _KIB,  # a longer body is kept in a file that has no name
    "max_request_body_size": 2 * _KIB**3,  # a neighbour's upload may be longer than a function's package
    "max_request_header_size": 128 * _KIB,
    "outbuf_high_watermark": 1024 * _KIB,
    "recv_bytes": 256 * _KIB,
    "clear_untrusted_proxy_headers": False,
    "threads": 1,  # the pool below is used instead
}
_OF_THE_CONNECTION = frozenset({"connection", "content-length", "keep-alive", "transfer-encoding"})
"""Header fields that the server sets itself."""

Result = TypeVar("Result")
_StartResponse = Callable[[str, list[tuple[str, str]]], object]


class _Pool(ThreadedTaskDispatcher):  # type: ignore[misc]  # waitress brings no types
    """Threads for requests, as many as are needed at once; a request over the most waits for a free one."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most
        self._growing = threading.Lock()
        self.logger = self.queue_logger = logging.getLogger(f"{__name__}.pool")
        self.logger.setLevel(logging.ERROR)  # that a request waits for a thread is nothing to be told

    def add_task(self, task: Any) -> None:
        with self._growing:
            with self.lock:
                idle = len(self.threads) - self.stop_count - self.active_count
                wanted = len(self.threads) + 1
                more = len(self.queue) >= idle and wanted <= self._most and not self.stop_count
            if more:
                self.set_thread_count(wanted)
            super().add_task(task)


class _Wake(trigger):  # type: ignore[misc]  # waitress brings no types
    """Wakes the loop from any thread. Once it is closed it does nothing: its descriptor may be another file's then."""

    def __init__(self, channels: dict[int, Any]) -> None:
        self._pulling = threading.Lock()
        super().__init__(channels)

    def _physical_pull(self) -> None:
        with self._pulling:
            if not self._closed:
                super()._physical_pull()

    def close(self) -> None:
        with self._pulling:
            super().close()


class Listener:
    """Serves sockets until it is closed. Threads: one for all connections, and those of the applications."""

    def __init__(self, most_requests: int = MOST_REQUESTS) -> None:
        self._channels: dict[int, Any] = {}
        self._wake = _Wake(self._channels)
        self._pool = _Pool(most_requests)
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="listener", daemon=True)
        self._thread.start()

    def listen(self, application: Application, port: int = 0) -> "Served":
        """Serve an application on a port of 127.0.0.1; 0 is any free one. Raises ``HostError`` for a port in use."""
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(("127.0.0.1", port))
            listening.listen()
        except OSError as error:
            listening.close()
            raise HostError(f"Port {port} on 127.0.0.1 cannot be listened on: {error.strerror}.") from error
        return self.serve(listening, application)

    def serve(self, listening: socket.socket, application: Application) -> "Served":
        """Serve an application on a bound socket (TCP or unix, of whatever network namespace); it is ours from now."""
        return Served(self, self.on_loop(lambda: self._served(listening, application)))

    def _served(self, listening: socket.socket, application: Application) -> Any:
        server = create_server(
            _wsgi(application),
            map=self._channels,
            sockets=[listening],
            _dispatcher=self._pool,
            connection_limit=_connection_limit(),
            **_SETTINGS,
        )
        server.trigger.close()
        server.trigger = self._wake  # one for all, which outlives the requests that pull it
        return server

    def _run(self) -> None:
        while not self._stopping:
            wasyncore.loop(timeout=1.0, map=self._channels, use_poll=True, count=1)
        for channel in list(self._channels.values()):
            _end(channel)

    def on_loop(self, work: Callable[[], Result]) -> Result:
        """Do something on the loop's thread, and wait for what comes of it."""
        done, results = threading.Event(), list[Result]()

        def told() -> None:
            try:
                results.append(work())
            finally:
                done.set()

        self._wake.pull_trigger(told)
        while not done.wait(1.0) and self._thread.is_alive():
            pass
        if not results:
            raise Defect("The listener has ended, or could not do what it was told; its log says why.")
        return results[0]

    @property
    def closed(self) -> bool:
        """Whether it serves no more."""
        return self._stopping

    def close(self) -> None:
        """Stop serving: connections end, and what still runs is not waited for."""
        self._stopping = True
        self._wake.pull_trigger()
        self._thread.join()
        self._pool.shutdown(timeout=1)


class Served:
    """One listening socket that is being served."""

    def __init__(self, listener: Listener, server: Any) -> None:
        self._listener = listener
        self._server = server

    @property
    def port(self) -> int:
        """The port, for a TCP socket."""
        return int(self._server.effective_port)

    @property
    def address(self) -> str:
        """The URL of a TCP socket."""
        return f"http://{self._server.effective_host}:{self.port}"

    def close(self) -> None:
        """Stop listening here and end this socket's connections; the listener's others go on."""
        if not self._listener.closed:
            self._listener.on_loop(self._end)

    def _end(self) -> None:
        for channel in list(self._server.active_channels.values()):
            _end(channel)
        _end(self._server)


def _end(channel: Any) -> None:
    """Close a connection, telling who waits to write to it; a socket; or the loop's own trigger."""
    if isinstance(channel, HTTPChannel):
        channel.handle_close()
    elif isinstance(channel, BaseWSGIServer):
        wasyncore.dispatcher.close(channel)  # its trigger is everyone's
    else:
        channel.close()


def _connection_limit() -> int:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(soft // _SHARE_OF_DESCRIPTORS, MOST_REQUESTS)


def _wsgi(application: Application) -> Callable[[dict[str, Any], _StartResponse], Iterable[bytes]]:
    """The application as waitress wants it."""

    def respond(environ: dict[str, Any], start: _StartResponse) -> Iterable[bytes]:
        response = application(_request(environ))
        headers = [(name, value) for name, value in response.headers if name.lower() not in _OF_THE_CONNECTION]
        if isinstance(response.body, bytes):
            headers.append(("Content-Length", str(len(response.body))))
        start(f"{response.status} {_reason(response.status)}", headers)
        return (response.body,) if isinstance(response.body, bytes) else response.body

    return respond


def _request(environ: dict[str, Any]) -> HttpRequest:
    uri = environ["REQUEST_URI"]
    if not uri.startswith("/"):  # a proxy's form: http://host/path
        split = urlsplit(uri)
        uri = (split.path or "/") + (f"?{split.query}" if split.query else "")
    path, _, query = uri.partition("?")
    headers = Headers(
        (name[5:].replace("_", "-") if name.startswith("HTTP_") else name.replace("_", "-"), value)
        for name, value in environ.items()
        if name.startswith("HTTP_") or name in ("CONTENT_TYPE", "CONTENT_LENGTH")
    )
    body = environ["wsgi.input"]
    small = int(environ.get("CONTENT_LENGTH") or 0) < _SETTINGS["inbuf_overflow"]
    return HttpRequest(environ["REQUEST_METHOD"], path, query, headers, body.read() if small else cast(BinaryIO, body))


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
