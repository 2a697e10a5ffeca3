"""Doors: addresses inside an environment that are served from outside, and through which nothing else comes.

A door is a listening socket made in the environment's own network namespace by its first process and handed out to the
tutor. What connects to it inside is accepted outside; no packet leaves the namespace.
"""

import errno
import socket

RUNTIME_API = ("127.0.0.1", 9001)
"""Where ``AWS_LAMBDA_RUNTIME_API`` points."""
_BACKLOG = 64


def listen(address: str, port: int) -> socket.socket:
    """A door of the network namespace in which this is called. Raises ``OSError``."""
    door = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind((address, port))
        door.listen(_BACKLOG)
    except OSError:
        door.close()
        raise
    return door


def connect(port: int, line: int) -> None:
    """The reverse: a connection to a port of this network namespace goes out over ``line``, or nothing does."""
    with socket.socket(fileno=line) as answer, socket.socket(socket.AF_INET, socket.SOCK_STREAM) as connection:
        connection.setblocking(False)
        if connection.connect_ex(("127.0.0.1", port)) in (0, errno.EINPROGRESS):
            socket.send_fds(answer, [b"connected"], [connection.fileno()])
