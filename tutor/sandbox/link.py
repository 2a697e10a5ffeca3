"""The tutor's end of the line to one supervisor: start the process, give orders, read results, and make sure it ends."""

import os
import socket
import subprocess
import sys
from pathlib import Path
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
        self._reader = Reader(_KEPT)
        self._group: str | None = None

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
        self._group = header["group"]
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
        """End the supervisor and everything below it. Safe to call twice."""
        self._socket.close()
        try:
            self._process.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._group is not None and Path(self._group).is_dir():
            try:
                os.rmdir(self._group)
            except OSError:
                pass
