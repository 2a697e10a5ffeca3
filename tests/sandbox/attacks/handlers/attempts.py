"""Beside each hostile handler: every attempt runs in a process of its own, and what it gives back tells how it went.

An attempt has got through when it returns something true; an ``OSError`` or something false means that it was stopped.
"""

import ctypes
import errno
import os
import platform
import select
import signal
import sys
from collections.abc import Callable
from typing import Any

libc = ctypes.CDLL(None, use_errno=True)
ATTEMPTS: list[Callable[[Any], Any]] = []
PATIENCE_S = 10
ARM = platform.machine() == "aarch64"


def attempt(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Try this one too; its docstring's first line is its name."""
    ATTEMPTS.append(function)
    return function


def call(number: int | tuple[int, int], *arguments: Any) -> int:
    """A system call by its number (x86_64, or x86_64 and aarch64). Raises ``OSError``."""
    if isinstance(number, tuple):
        number = number[ARM]
    given = [ctypes.c_long(value) if isinstance(value, int) else value for value in arguments]
    result: int = libc.syscall(ctypes.c_long(number), *given)
    if result == -1:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result


def refused(number: int | tuple[int, int], *arguments: Any) -> bool:
    """Whether the filter or the kernel's rules answer the call, not the kernel's code for it."""
    try:
        call(number, *arguments)
    except OSError as error:
        return error.errno in (errno.EPERM, errno.ENOSYS)
    return False


def _child(one: Callable[[Any], Any], event: Any, pipe: int) -> None:
    told = ""
    try:
        found = one(event)
        told = f"THROUGH {found!r}" if found else "stopped"
    except OSError as error:
        told = f"stopped by {errno.errorcode.get(error.errno or 0, '?')}"
    finally:
        told = told or f"BROKEN {sys.exc_info()[1]!r}"
        os.write(pipe, told[:300].encode(errors="replace"))
        os._exit(0)


def _tried(one: Callable[[Any], Any], event: Any) -> str:
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        _child(one, event, writing)
    os.close(writing)
    ready, _, _ = select.select([reading], [], [], PATIENCE_S)
    told = os.read(reading, 1000).decode() if ready else "HUNG"
    os.close(reading)
    if not ready:
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    return told or f"stopped by signal {status & 127}"


def run(event: Any) -> dict[str, str]:
    """Name of each attempt -> how it went."""
    sys.stdout.flush()
    return {(one.__doc__ or one.__name__).splitlines()[0]: _tried(one, event) for one in ATTEMPTS}
