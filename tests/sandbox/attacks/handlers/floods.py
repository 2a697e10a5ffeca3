"""Attempts to use up processes, threads, descriptors, the disk and the processor."""

import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from typing import Any

KEPT: list[Any] = []


def until_refused(make: Callable[[int], Any], most: int = 200_000) -> list[Any]:
    """Make until it is refused: how many, and with which error."""
    for number in range(most):
        try:
            KEPT.append(make(number))
        except OSError as error:
            return [number, error.errno]
        except RuntimeError:
            return [number, 11]
    return [most, 0]


def fork_bomb(event: Any) -> Any:
    """Fork in every process, ignore every signal, leave the session."""
    for number in range(1, 32):
        if number not in (9, 19):
            signal.signal(number, signal.SIG_IGN)
    while True:
        try:
            if os.fork() == 0:
                os.setsid()
        except OSError:
            continue


def processes(event: Any) -> Any:
    """Children until no more."""

    def child(number: int) -> int:
        pid = os.fork()
        if pid == 0:
            signal.pause()
        return pid

    return until_refused(child, 5000)


def threads(event: Any) -> Any:
    """Threads until no more."""
    threading.stack_size(65536)

    def thread(number: int) -> threading.Thread:
        made = threading.Thread(target=time.sleep, args=(60,), daemon=True)
        made.start()
        return made

    return until_refused(thread, 5000)


def descriptors(event: Any) -> Any:
    """Descriptors until no more."""
    return until_refused(lambda number: os.open("/dev/null", os.O_RDONLY), 5000)


def sockets(event: Any) -> Any:
    """Sockets until no more."""
    return until_refused(lambda number: socket.socket(), 5000)


def files(event: Any) -> Any:
    """Empty files, links, folders and pipes until no more."""
    makers: list[Callable[[int], Any]] = [
        lambda number: open(f"/tmp/{number}", "w").close(), lambda number: os.symlink("x" * 200, f"/tmp/{number}"),
        lambda number: os.mkdir(f"/tmp/{number}"), lambda number: os.mkfifo(f"/tmp/{number}"),
    ]  # fmt: skip
    return until_refused(lambda number: makers[number % 4](number))


def deep(event: Any) -> Any:
    """Folders in folders until no more."""

    def down(number: int) -> None:
        os.mkdir("d" * 250)
        os.chdir("d" * 250)

    os.chdir("/tmp")
    return until_refused(down)


def attributes(event: Any) -> Any:
    """Attributes of a file until no more."""
    open("/tmp/attributed", "w").close()
    found = until_refused(lambda number: os.setxattr("/tmp/attributed", f"user.{number}", b"x" * 60_000), 20_000)
    return [found[0] * 60_000 >> 20, found[1]]


def allocated(event: Any) -> Any:
    """Space that is only reserved, and a file with a hole of a terabyte."""
    descriptor = os.open("/tmp/reserved", os.O_RDWR | os.O_CREAT)
    found = until_refused(lambda number: os.posix_fallocate(descriptor, 0, (number + 1) << 26), 1000)
    os.truncate("/tmp/reserved", 0)
    os.truncate("/tmp/reserved", 1 << 40)
    written = until_refused(lambda number: os.pwrite(descriptor, b"x" * (1 << 20), number << 24), 2000)
    return [found[0] * 64, written[0]]


def processor(event: Any) -> Any:
    """The processor's time that eight of the least modest processes get in two seconds."""
    ends = []
    for number in range(8):
        reading, writing = os.pipe()
        if os.fork() == 0:
            asks: tuple[Callable[[], object], ...] = (
                lambda: os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0)),
                lambda: os.sched_setaffinity(0, {number % (os.cpu_count() or 1)}),
                os.setsid,
            )
            for ask in asks:
                try:
                    ask()
                except OSError:
                    continue
            end = time.monotonic() + 2
            while time.monotonic() < end:
                pass
            os.write(writing, repr(time.process_time()).encode())
            os._exit(0)
        ends.append(reading)
    return sum(float(os.read(reading, 100)) for reading in ends)


def outlive(event: Any) -> Any:
    """Processes that want to stay: orphans, a subreaper's, stopped ones, one that waits for a vfork's child."""
    command = ["sleep", event["mark"]]
    for number in range(1, 32):
        if number not in (9, 19, 17):
            signal.signal(number, signal.SIG_IGN)
    import ctypes

    libc = ctypes.CDLL(None)
    libc.prctl(36, 1, 0, 0, 0)
    for leave in (os.setsid, lambda: os.setpgid(0, 0), lambda: None):
        if os.fork() == 0:
            leave()
            if os.fork() == 0:
                os.execv("/usr/bin/sleep", command)
            os._exit(0)
    stopped = subprocess.Popen(command, start_new_session=True)
    os.kill(stopped.pid, signal.SIGSTOP)
    KEPT.append(stopped)
    threading.Thread(target=lambda: subprocess.run(command), daemon=True).start()
    time.sleep(0.2)
    return "left"


def handler(event: Any, context: Any) -> Any:
    if not event:
        return [name for name in os.listdir("/proc") if name.isdigit() and int(name) != os.getpid()]
    return globals()[event["do"]](event)
