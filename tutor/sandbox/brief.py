"""Calls on a line that cannot wait, made without letting go of the interpreter's lock.

To give that lock up for a microsecond and to get it back costs more than the call itself, and many times as much where
other threads want it too: each handing over is a turn of the scheduler's.
"""

import ctypes
import os
import select
import socket
import struct
import time
from typing import ClassVar

_python = ctypes.PyDLL(None, use_errno=True)
_library = ctypes.CDLL(None, use_errno=True)  # the same calls, but others can go on meanwhile
_send, _receive, _poll, _send_long = _python.send, _python.recv, _python.poll, _library.send
for _call in (_send, _receive, _send_long):
    _call.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_int)
    _call.restype = ctypes.c_ssize_t
_SENT = socket.MSG_DONTWAIT | getattr(socket, "MSG_NOSIGNAL", 0)
_HELD, _LONGEST = 1 << 14, 1 << 18
LOOKS_S, _MOST_IN_VAIN = 200e-6, 8
_PROCESSORS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
_TIME = struct.Struct("ll")  # seconds and microseconds


class _Looked(ctypes.Structure):
    """What poll(2) is asked of one descriptor."""

    _fields_ = (("descriptor", ctypes.c_int), ("wanted", ctypes.c_short), ("seen", ctypes.c_short))


_poll.argtypes = (ctypes.c_void_p, ctypes.c_ulong, ctypes.c_int)
_poll.restype = ctypes.c_int


class Eye:
    """Looks whether one descriptor has something to tell: a word, an end, an error."""

    def __init__(self, descriptor: int) -> None:
        self._looked = _Looked(descriptor, select.POLLIN, 0)
        self._place = ctypes.addressof(self._looked)

    def sees(self) -> bool:
        """Whether it has now."""
        return int(_poll(self._place, 1, 0)) > 0  # less where a signal came between: then it is looked again


class Ear:
    """What comes in on one socket, a piece at a time. Not for two threads at once.

    Who waits alone keeps looking for some microseconds before going to sleep: to be woken on another processor costs
    more than most brief answers do. Who looked in vain looks less often.
    """

    _waiting: ClassVar[set["Ear"]] = set()

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._buffer = ctypes.create_string_buffer(_HELD)
        self._eye = Eye(descriptor)
        self._looks_left_out, self._in_vain = 0, 0

    def take(self) -> bytes:
        """The next piece; empty at the end. Raises ``OSError``, ``BlockingIOError`` where there is nothing."""
        size = _receive(self._descriptor, self._buffer, _HELD, socket.MSG_DONTWAIT)
        if size < 0:
            raise _error()
        return self._whole(ctypes.string_at(self._buffer, size))

    def wait(self) -> bytes:
        """The next piece, waited for as long as ``hasten`` has set. Raises ``OSError`` as ``take`` does."""
        try:
            self._waiting.add(self)
            return self._look() or self._sleep()
        finally:
            self._waiting.discard(self)

    @classmethod
    def alone(cls) -> bool:
        """Whether nobody waits, so that a look takes no processor from others."""
        return _PROCESSORS > 1 and not cls._waiting

    def _look(self) -> bytes:
        """What comes very soon; empty where it does not, or where others need the interpreter or the processor."""
        if self._looks_left_out:
            self._looks_left_out -= 1
            return b""
        until = time.perf_counter() + LOOKS_S
        while _PROCESSORS > 1 and len(self._waiting) == 1 and time.perf_counter() < until:
            size = _receive(self._descriptor, self._buffer, _HELD, socket.MSG_DONTWAIT)
            if size >= 0:
                self._in_vain = 0
                return self._whole(ctypes.string_at(self._buffer, size))
        self._in_vain = min(self._in_vain + 1, _MOST_IN_VAIN)
        self._looks_left_out = (1 << self._in_vain) - 1
        return b""

    def _sleep(self) -> bytes:
        return self._whole(os.read(self._descriptor, _HELD))

    def _whole(self, data: bytes) -> bytes:
        return data if len(data) < _HELD else data + self._rest()

    def _rest(self) -> bytes:
        """What comes behind a long piece is read in the ordinary way: there others can go on meanwhile."""
        return os.read(self._descriptor, _LONGEST) if self._eye.sees() else b""


def hasten(line: socket.socket, seconds: float) -> None:
    """Let nobody wait longer than that for a piece on this socket; Linux rounds it up to a tick of its clock."""
    line.setblocking(True)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, _TIME.pack(int(seconds), round(seconds % 1 * 1_000_000)))


def send(descriptor: int, data: bytes) -> int:
    """How many bytes a socket took at once. Raises ``OSError``, ``BlockingIOError`` where it takes none now."""
    size: int = _send(descriptor, data, len(data), _SENT)
    if size < 0:
        raise _error()
    return size


def send_long(descriptor: int, data: memoryview) -> int:
    """As ``send``, of what is long; other threads can go on meanwhile."""
    piece = bytes(data[:_LONGEST])
    size: int = _send_long(descriptor, piece, len(piece), _SENT)
    if size < 0:
        raise _error()
    return size


def _error() -> OSError:
    code = ctypes.get_errno()
    return OSError(code, os.strerror(code))
