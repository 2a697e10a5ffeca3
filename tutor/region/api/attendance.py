"""A worker's time with one connection: it answers what has come, and waits a moment for more.

A client that goes on asking meets the same thread again, with no other in between; one that is slow, or silent for a
second, goes back to the loop, which costs nothing.
"""

import logging
from collections.abc import Iterator

from tutor.region.api.connection import Connection
from tutor.region.api.incoming import Arrived
from tutor.region.api.message import HttpResponse
from tutor.region.api.outgoing import LAST_CHUNK, chunk, has_body, head, plain
from tutor.region.api.workers import Workers

_JOINED = 64 * 1024  # a longer body is not copied to stand behind its head
_PATIENCE_S = 1.0  # seconds that a worker waits for a client to take an answer before the loop does
_STREAM_PATIENCE_S = 60.0  # seconds that it waits for a client to take a piece of a stream
_log = logging.getLogger(__name__)


def attend(connection: Connection, workers: Workers) -> None:
    """Serve until there is nothing to do that needs a thread: the connection has ended, or is for the loop."""
    incoming = connection.incoming
    while connection.open and not connection.unsent:
        arrived = incoming.take()
        if arrived is not None:
            _answer(connection, arrived, workers)
        elif incoming.refused is not None:
            connection.refuse(incoming.refused)
            return
        elif not _hears_more(connection, workers):
            return


def _hears_more(connection: Connection, workers: Workers) -> bool:
    if not connection.lingers or not workers.may_linger:
        return False
    with workers.lingering():
        return connection.read(wait=True)


def _answer(connection: Connection, arrived: Arrived, workers: Workers) -> None:
    """The boundary: an application that fails ends one request."""
    request = arrived.request
    began = connection.sent_at
    try:
        _send(connection, connection.application(request), arrived, workers)
    except Exception:
        _log.exception("A request could not be answered.")
        if connection.sent_at == began:
            _send(connection, plain(500, "The request could not be answered."), arrived, workers)
        else:
            connection.end()
    finally:
        if not isinstance(request.body, bytes):
            request.body.close()


def _send(connection: Connection, response: HttpResponse, arrived: Arrived, workers: Workers) -> None:
    method, minor = arrived.request.method, arrived.minor
    keep = arrived.keep and (isinstance(response.body, bytes) or minor > 0)
    begin = head(response, method, minor, keep=keep)
    if begin is None:
        _finish(response.body)
        unreadable = plain(502, "What came back is no answer that could be sent on.")
        _send(connection, unreadable, arrived, workers)
    elif isinstance(response.body, bytes) or not has_body(response, method):
        body = response.body if isinstance(response.body, bytes) and has_body(response, method) else b""
        parts = (begin, body) if len(body) > _JOINED else (begin + body,)
        connection.send(*parts, patience=_PATIENCE_S, last=not keep)
        _finish(response.body)
    else:
        _stream(connection, begin, response.body, workers, chunked=minor > 0)
        if not keep:
            connection.end()


def _stream(connection: Connection, begin: bytes, pieces: Iterator[bytes], workers: Workers, *, chunked: bool) -> None:
    """Send pieces as they come. Where they fail, or the client takes none, the connection ends before their end."""
    try:
        if not _sent(connection, workers, begin):
            return
        for piece in pieces:
            if piece and not _sent(connection, workers, chunk(piece) if chunked else piece):
                return
        _sent(connection, workers, LAST_CHUNK if chunked else b"")
    finally:
        _finish(pieces)


def _sent(connection: Connection, workers: Workers, data: bytes) -> bool:
    """Send a piece; the connection ends where that cannot be. Who waits for a slow client keeps nobody from work."""
    if connection.send(data, patience=0):
        return True
    with workers.lingering():
        taken = connection.send(patience=_STREAM_PATIENCE_S)
    if not taken:
        connection.end()
    return taken


def _finish(body: bytes | Iterator[bytes]) -> None:
    """Tell an iterator that nobody wants more of it."""
    close = getattr(body, "close", None)
    if close is not None:
        close()
