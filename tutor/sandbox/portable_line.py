"""The line between the tutor and a process of the portable tier: one JSON object a line, descriptors beside it.

A stream, because not every Unix has packets on local sockets.
"""

import json
import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tutor.sandbox.arrival import arrives

_MOST_DESCRIPTORS = 8


@dataclass(frozen=True)
class Told:
    """What came: the object, and the descriptors that came with it (the receiver closes them)."""

    told: dict[str, Any]
    descriptors: list[int] = field(default_factory=list)


class Line:
    """One end of the line. Closing it is a message too: the other side's ``receive`` gives None."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self._bytes = b""
        self._descriptors: list[int] = []

    def fileno(self) -> int:
        """For ``poll``."""
        return self._end.fileno()

    def send(self, told: dict[str, Any], descriptors: Sequence[int] = ()) -> None:
        """Send one object. Raises ``OSError`` when the other side has gone."""
        data = json.dumps({**told, "descriptors": len(descriptors)}).encode() + b"\n"
        sent = socket.send_fds(self._end, [data], list(descriptors)) if descriptors else 0
        self._end.sendall(data[sent:])

    def receive(self) -> Told | None:
        """Wait for the next object; None when the other side has gone."""
        while b"\n" not in self._bytes:
            try:
                data, descriptors, _, _ = socket.recv_fds(self._end, 1 << 16, _MOST_DESCRIPTORS)
            except ConnectionError:
                return None
            for descriptor in descriptors:
                os.set_inheritable(descriptor, False)
            self._descriptors += descriptors
            if not data:
                return None
            self._bytes += data
        text, _, self._bytes = self._bytes.partition(b"\n")
        told = json.loads(text)
        count = told.pop("descriptors")
        mine, self._descriptors = self._descriptors[:count], self._descriptors[count:]
        return Told(told, mine)

    def waits(self, seconds: float = 0) -> bool:
        """Whether something (the other side's end, too) comes within so many seconds."""
        return b"\n" in self._bytes or arrives(self._end, seconds)

    def close(self) -> None:
        """Hang up."""
        self._end.close()
