"""The process that becomes a runtime. It is forked before there is a function, gives up its rights, and waits.

So nothing of it is on the way from a function's first event to its INIT. Until its order comes it is nobody's: no code
but this has run in it. With the order it gets its limits, its environment and its line, and is a runtime.
"""

import json
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from tutor.sandbox import entrypoint, isolation

_LONGEST_ORDER = 1 << 18


class Spare:
    """A forked process that waits for its order.

    ``bootstrap`` is the runtime's module, ``give_up_rights`` does what its name says, ``complain`` is told why it could
    not go on.
    """

    def __init__(self, bootstrap: Any, give_up_rights: Callable[[], None], complain: Callable[[OSError], None]) -> None:
        self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.pid = os.fork()
        if self.pid == 0:
            try:
                self._line.close()
                signal.set_wakeup_fd(-1)
                give_up_rights()
                _wait(theirs, bootstrap)
            except OSError as error:
                complain(error)
            finally:
                os._exit(1)
        theirs.close()

    def start(self, order: bytes, descriptors: Sequence[int]) -> None:
        """Become a runtime: its line (or an end to say why there is none) and its output go with the order."""
        with self._line:
            try:
                socket.send_fds(self._line, [order], list(descriptors))
            except (BrokenPipeError, ConnectionResetError):
                pass  # it has ended: that is told as the end of any runtime

    def forget(self) -> None:
        """It has been killed."""
        self._line.close()


def _wait(line: socket.socket, bootstrap: Any) -> NoReturn:
    names = [name for name in sys.modules if name.startswith("tutor")]
    _unseen = [sys.modules.pop(name) for name in names]  # not freed: that would write to memory shared with all others
    os.environ.clear()
    sys.modules["__main__"] = bootstrap
    packet, descriptors, _, _ = socket.recv_fds(line, _LONGEST_ORDER, 2)
    if not packet:
        os._exit(0)
    order = json.loads(packet)
    isolation.limit(order["file_descriptors"], order["processes"])
    os.chdir("/var/task")
    isolation.arrange(*descriptors)
    if order["entrypoints"]:
        entrypoint.execute(order["entrypoints"], order["environment"], isolation.RUNTIME_DESCRIPTOR)
    os.environ.update(order["environment"])
    time.tzset()
    bootstrap.live()
    os._exit(0)
