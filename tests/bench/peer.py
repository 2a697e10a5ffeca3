"""The least that an invocation could cost: JSON there and back on a socketpair, between two bare Pythons."""

import json
import socket
import subprocess
import time
from types import TracebackType
from typing import Self

from tests.bench.functions import python

_SERVE = """
import json, socket, sys
line = socket.socket(fileno=int(sys.argv[1]))
while data := line.recv(65536):
    event = json.loads(data)
    line.send(json.dumps({"ok": True, "n": event.get("n")}).encode())
"""


class Peer:
    """The other Python, for as long as the ``with`` block lasts."""

    def __init__(self) -> None:
        self._line, theirs = socket.socketpair()
        command = [python(), "-I", "-S", "-c", _SERVE, str(theirs.fileno())]
        self._process = subprocess.Popen(command, pass_fds=[theirs.fileno()])
        theirs.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._line.close()
        self._process.wait()

    def ask(self, number: int) -> float:
        """One round trip, in ms."""
        began = time.perf_counter()
        self._line.send(json.dumps({"n": number}).encode())
        answer = json.loads(self._line.recv(65536))
        took = (time.perf_counter() - began) * 1000
        if answer["n"] != number:
            raise AssertionError(answer)
        return took
