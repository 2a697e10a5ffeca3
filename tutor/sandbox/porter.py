"""The tutor's line to the porter (``packing.serve``), who writes packages where environments find them."""

import socket
import threading
from uuid import uuid4

from tutor.errors import HostError
from tutor.sandbox.package import Package
from tutor.sandbox.wire import pack

_SENT_AT_ONCE = 1 << 18


class Porter:
    """Hands packages over and has them forgotten. Safe for threads."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._lock = threading.Lock()

    def hand_over(self, package: Package) -> str:
        """Give a package to the porter; the name under which it lies there until it is forgotten."""
        name = uuid4().hex
        with self._lock:
            try:
                self._line.sendall(pack({"begin": name}))
                waiting = bytearray()
                for part, piece in package.contents():
                    waiting += pack({"part": part, **piece.header}, piece.content)
                    if len(waiting) >= _SENT_AT_ONCE:
                        self._line.sendall(waiting)
                        waiting.clear()
                self._line.sendall(waiting + pack({"end": True}))
                taken = self._line.recv(1)
            except (BrokenPipeError, ConnectionResetError):
                taken = b""
            except BaseException:
                self._forget(name)
                raise
        if taken != b"1":
            raise HostError("The sandbox could not take the package in.", "Is there room for it?")
        return name

    def forget(self, name: str) -> None:
        """Give a package's room back; no environment may still run from it."""
        with self._lock:
            self._forget(name)

    def _forget(self, name: str) -> None:
        try:
            self._line.sendall(pack({"forget": name}))
            self._line.recv(1)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the porter and all packages are gone

    def close(self) -> None:
        """End the porter."""
        self._line.close()
