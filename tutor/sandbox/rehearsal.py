"""An INIT and a few events gone through in the zygote, where nobody hears of them.

What an interpreter notes down on such a way (which method was found where, how a much used function may run faster) is
in memory that all runtimes share then; otherwise each of them would write it into memory of its own.
"""

import json
import os
import select
import shutil
import socket
import sys
from pathlib import Path
from typing import Any

from tutor.sandbox import syscalls
from tutor.sandbox.throttle import Throttle
from tutor.sandbox.wire import pack

_TIMES = 10  # an interpreter takes note of what is done more often than eight times
_LONGEST_ANSWER = 1 << 12
_HANDLER = "def handler(event, context):\n    return event\n"


def rehearse(bootstrap: Any, folder: Path) -> None:
    """Go through it with the runtime's module; ``folder`` is made for that, and gone afterwards."""
    folder.mkdir()
    (folder / "rehearsed.py").write_text(_HANDLER)
    before = list(sys.path), (sys.stdin, sys.stdout, sys.stderr), dict(os.environ)
    for _ in range(_TIMES):
        _go_through(bootstrap, str(folder))
    _watch_over()
    os.environ.clear()
    os.environ.update(before[2])
    sys.stdin, sys.stdout, sys.stderr = before[1]
    sys.path[:] = before[0]
    sys.path_importer_cache.clear()
    bootstrap.Request.id = ""
    shutil.rmtree(folder)


def _go_through(bootstrap: Any, folder: str) -> None:
    os.environ.update({"_HANDLER": "rehearsed.handler", "TZ": ":UTC"})
    bootstrap._prepare_interpreter()
    sys.path.insert(0, folder)
    log = bootstrap.Log(bootstrap._stream(1))
    log.prepare()
    handler = bootstrap.load_handler("rehearsed.handler")
    tutor, line = socket.socketpair()
    with tutor, line:
        channel = bootstrap.Channel(line.fileno())
        for number in range(_TIMES):
            header = {"id": str(number), "arn": "", "deadline_ms": 0.0, "trace_id": "Root=1", "next_within_s": 1e-9}
            tutor.send(pack(header, b'{"n": 1}'))
            bootstrap._handle(channel, log, handler, *channel.receive())
            tutor.recv(_LONGEST_ANSWER)
    log.retire()
    del sys.modules["rehearsed"]


def _watch_over() -> None:
    """What a first process does while it waits, and before."""
    syscalls.hear_of_ends_only()
    throttle = Throttle(1.0, lambda: [str(os.getpid())], lambda _: None)
    poll = select.poll()
    line, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    poll.register(line, select.POLLIN)
    with line, other:
        for number in range(_TIMES):
            throttle.step(float(number))
            socket.send_fds(other, [json.dumps({"do": "start", "environment": {"TZ": ":UTC"}}).encode()], [0])
            dict(poll.poll(0))
            packet, descriptors, _, _ = socket.recv_fds(line, 1 << 18, 4)
            json.loads(packet)
            os.close(*descriptors)


def fill_gaps() -> None:
    """Fill the gaps that were left between this process' small objects, for good.

    A runtime would put its first objects into them, all over the memory that it shares with the others, and each time
    get a page of its own; so it puts them side by side.
    """
    for size in range(_SMALLEST, _LARGEST + 1, _STEP):
        in_a_row = 0
        for _ in range(_MOST):
            _gaps.append(bytes(size - _OVERHEAD))
            in_a_row = in_a_row + 1 if len(_gaps) > 1 and id(_gaps[-1]) - id(_gaps[-2]) == size else 0
            if in_a_row == _FRESH:
                break


_gaps: list[bytes] = []
_OVERHEAD = sys.getsizeof(b"")
_SMALLEST, _LARGEST, _STEP = 48, 512, 16  # the allocator's classes of size, but for two that no bytes object has
_FRESH = 16  # objects side by side are in memory that was never used
_MOST = 4096  # of a class, whatever allocator there is
