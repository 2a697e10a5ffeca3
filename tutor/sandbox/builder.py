"""A short-lived program: leave the host, build the base root, and become the zygote in it.

Started as ``python -I -S`` with the descriptor of a socket as its argument; the order comes over that socket. It tells
one word, ``built`` or why not, before it is replaced by the zygote.
"""

import json
import os
import socket
import sys

from tutor.sandbox import filesystem, isolation, syscalls
from tutor.sandbox.syscalls import CLONE_NEWIPC, CLONE_NEWNET, CLONE_NEWNS, CLONE_NEWUSER, CLONE_NEWUTS

_LONGEST_ORDER = 1 << 20


def main() -> None:
    """Build and become; an ``OSError`` is told over the socket, and nothing is left of it."""
    line = socket.socket(fileno=int(sys.argv[1]))
    os.umask(0o022)  # whatever the host's user has: Lambda's user has to read what is made from here on
    order = json.loads(line.recv(_LONGEST_ORDER))
    try:
        _leave_host()
        filesystem.build(filesystem.Base(**order["base"]))
        os.set_inheritable(line.fileno(), True)
        command = [order["python"], *order["flags"], "/var/runtime/bootstrap", str(line.fileno())]
        os.execve(order["python"], command, order["environment"])
    except OSError as error:
        line.send(json.dumps({"failed": str(error)}).encode())


def _leave_host() -> None:
    """New namespaces; an ordinary user gets a user namespace first, in which it is root and nobody else."""
    uid, gid = os.geteuid(), os.getegid()
    if uid != 0:
        syscalls.unshare(CLONE_NEWUSER)
        isolation.map_user(0, uid, 0, gid)
    syscalls.unshare(CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS)
