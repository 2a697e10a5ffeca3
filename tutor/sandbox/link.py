"""The tutor's end of the line to one supervisor: start it, give orders, read results, and make sure it ends."""

import os
import socket
import subprocess
import sys
import time
import weakref
from typing import Any

from tutor import locations
from tutor.errors import HostError
from tutor.sandbox.wire import Message, Reader, pack

_START = "import sys; sys.path.insert(0, sys.argv[2]); from tutor.sandbox.supervisor import main; main()"
_KEPT = 1 << 25
_PATIENCE_S = 10


class SupervisorLink:
    """One supervisor process. It ends when this is closed, and by itself when the tutor is gone."""

    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair()
        command = [sys.executable, "-I", "-S", "-c", _START, str(theirs.fileno()), str(locations.PACKAGE.parent)]
        self._process = subprocess.Popen(
            command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, start_new_session=True, env={}
        )
        theirs.close()
        self._reader = Reader(_KEPT, _KEPT)
        self._groups: list[str] = []
        self._end = weakref.finalize(self, _end, self._socket, self._process, self._groups)

    @property
    def pid(self) -> int:
        """The supervisor's process id."""
        return self._process.pid

    def build(self, order: dict[str, Any]) -> str:
        """Build the sandbox; the mechanism that will hold the memory limit. Raises ``HostError``."""
        header = self.ask(order).header
        if not header["built"]:
            self.close()
            raise HostError(
                f"This host cannot build the sandbox: {header['reason']}.",
                "It needs Linux with user, mount, pid and network namespaces: see `tutor doctor`.",
            )
        self._groups += [header["group"]] if header["group"] else []
        return str(header["memory"])

    def ask(self, header: dict[str, Any], body: bytes = b"") -> Message:
        """Give one order and wait for its result. Raises ``HostError`` when the supervisor was killed."""
        try:
            self._socket.sendall(pack(header, body))
            while True:
                data = self._socket.recv(1 << 18)
                if not data:
                    break
                messages = self._reader.feed(data)
                if messages:
                    return messages[0]
        except OSError:
            pass
        self.close()
        raise HostError("The sandbox's supervisor ended before its work was done.", "Run it again.")

    def close(self) -> None:
        """End the supervisor and everything below it, also at the tutor's own exit. Safe to call twice."""
        self._end()


def _end(line: socket.socket, process: subprocess.Popen[bytes], groups: list[str]) -> None:
    """Close the line, wait for the supervisor, and remove its control group where it could not."""
    line.close()
    try:
        process.wait(_PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for group in groups:
        _remove(group)


def _remove(group: str) -> None:
    """Remove a control group as soon as the last of its processes has gone; they were killed already."""
    deadline = time.monotonic() + _PATIENCE_S
    while os.path.isdir(group) and time.monotonic() < deadline:
        try:
            os.rmdir(group)
        except OSError:
            time.sleep(0.005)
