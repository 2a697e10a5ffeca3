"""Calls on a socket that cannot wait, made without letting go of the interpreter's lock.

To give that lock up for a microsecond and to get it back costs more than the call itself, and many times as much where
other threads want it too: each handing over is a turn of the scheduler's.
"""

import ctypes
import errno
import os
import socket

_python = ctypes.PyDLL(None, use_errno=True)
_send, _receive = _python.send, _python.recv
_send.argtypes = _receive.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_int)
_send.restype = _receive.restype = ctypes.c_ssize_t
_SENT = socket.MSG_DONTWAIT | getattr(socket, "MSG_NOSIGNAL", 0)
_PEEKED = socket.MSG_PEEK | socket.MSG_DONTWAIT
_HELD, _LONGEST = 1 << 14, 1 << 18
_peeked = ctypes.create_string_buffer(1)


class Ear:
    """What comes in on one socket, a piece at a time. Not for two threads at once."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._buffer = ctypes.create_string_buffer(_HELD)

    def take(self) -> bytes:
        """The next piece; empty at the end. Raises ``OSError``, ``BlockingIOError`` where there is nothing."""
        size = _receive(self._descriptor, self._buffer, _HELD, socket.MSG_DONTWAIT)
        if size < 0:
            raise _error()
        data = ctypes.string_at(self._buffer, size)
        return data if size < _HELD else data + self._rest()

    def _rest(self) -> bytes:
        """What comes behind a long piece is read in the ordinary way: there others can go on meanwhile."""
        try:
            return os.read(self._descriptor, _LONGEST)
        except BlockingIOError:
            return b""


def send(descriptor: int, data: bytes) -> int:
    """How many bytes a socket took at once. Raises ``OSError``, ``BlockingIOError`` where it takes none now."""
    size: int = _send(descriptor, data, len(data), _SENT)
    if size < 0:
        raise _error()
    return size


def silent(descriptor: int) -> bool:
    """Whether a socket has nothing to say: no word, no end, no error."""
    return _receive(descriptor, _peeked, 1, _PEEKED) < 0 and ctypes.get_errno() == errno.EAGAIN


def _error() -> OSError:
    code = ctypes.get_errno()
    return OSError(code, os.strerror(code))
