"""Doors: addresses inside an environment that are served from outside, and through which nothing else comes.

A door is a listening socket made in the environment's own network namespace by its first process and handed out to the
tutor. What connects to it inside is accepted outside; no packet leaves the namespace.
"""

import errno
import socket
import struct

from tutor.sandbox import netlink

RUNTIME_API = ("127.0.0.1", 9001)
"""Where ``AWS_LAMBDA_RUNTIME_API`` points."""
_BACKLOG = 64
_NEW_ROUTE = 24
_LOCAL_ROUTE = (255, 3, 254, 2)  # in the table of local addresses, as at boot, for this host alone, local


def listen(address: str, port: int) -> socket.socket:
    """A door of the network namespace in which this is called. Raises ``OSError``.

    An address that is none of loopback's becomes one of this namespace.
    """
    if not address.startswith("127."):
        _make_local(address)
    door = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind((address, port))
        door.listen(_BACKLOG)
    except OSError:
        door.close()
        raise
    return door


def _make_local(address: str) -> None:
    """``ip route add local <address> dev lo``. Source: rtnetlink(7)."""
    route = struct.pack("BBBBBBBBI", socket.AF_INET, 32, 0, 0, *_LOCAL_ROUTE, 0)
    place = netlink.attribute(1, socket.inet_aton(address))
    loopback = netlink.attribute(4, struct.pack("I", socket.if_nametoindex("lo")))
    flags = netlink.REQUEST | netlink.ACKNOWLEDGE | netlink.CREATE
    netlink.tell(socket.NETLINK_ROUTE, netlink.message(_NEW_ROUTE, flags, route + place + loopback))


def connect(port: int, line: int) -> None:
    """The reverse: a connection to a port of this network namespace goes out over ``line``, or nothing does."""
    with socket.socket(fileno=line) as answer, socket.socket(socket.AF_INET, socket.SOCK_STREAM) as connection:
        connection.setblocking(False)
        if connection.connect_ex(("127.0.0.1", port)) in (0, errno.EINPROGRESS):
            socket.send_fds(answer, [b"connected"], [connection.fileno()])
