"""Waits until something comes on a descriptor, whatever its number: ``select`` knows none above 1023."""

import select
import socket


def arrives(source: int | socket.socket, seconds: float) -> bool:
    """Whether something can be read, or the other side's end be seen, within so many seconds."""
    poll = select.poll()
    poll.register(source, select.POLLIN)
    return bool(poll.poll(seconds * 1000))
