"""Signals that are refused where there is no pid namespace, because nothing hides the processes of this user.

To everybody at once (``kill(-1)``), to those above the runtime (the guardian and the keeper, which hold its limits, the
tutor, whoever started that) and to their process groups; to threads by their number alone.
Source: the kernel's tables of calls for x86_64 and aarch64, and kill(2).
"""

import os
import platform
import sys
from collections.abc import Iterable

from tutor.sandbox import seccomp

_TO_PROCESSES = {"x86_64": (62, 234, 129, 297, 434), "aarch64": (129, 131, 138, 240, 434)}
"""kill, tgkill, rt_sigqueueinfo, rt_tgsigqueueinfo, pidfd_open: each says first whom."""
_TKILL = {"x86_64": 200, "aarch64": 130}
_EVERYBODY = -1
_EPERM = seccomp.instruction(seccomp.RETURN, 0x00050000 | 1)
_ALLOWED = seccomp.instruction(seccomp.RETURN, seccomp.ALLOW)
_MOST_ABOVE = 50
_WHOM = 16  # where a call's first argument lies: its low half


def program(machine: str, spared: Iterable[int] = ()) -> bytes:
    """The filter for a machine: whom a signal must not reach, as kill(2) names them."""
    whom = [_EVERYBODY, *spared]
    tests = [_if(number, _EPERM) for number in whom]
    looked = b"".join([seccomp.instruction(seccomp.LOAD, _WHOM), *tests, _ALLOWED])
    calls = [_if(number, looked) for number in _TO_PROCESSES[machine]]
    return b"".join([seccomp.instruction(seccomp.LOAD, 0), *calls, _if(_TKILL[machine], _EPERM), _ALLOWED])


def _if(value: int, then: bytes) -> bytes:
    return seccomp.instruction(seccomp.EQUAL, value & 0xFFFFFFFF, no=len(then) // 8) + then


def above() -> list[int]:
    """The processes above this one, and, below zero, their groups; not the system's first."""
    found: list[int] = []
    process = os.getppid()
    while process > 1 and len(found) < _MOST_ABOVE:
        found.append(process)
        try:
            group = os.getpgid(process)
            with open(f"/proc/{process}/stat", "rb") as stat:
                process = int(stat.read().rpartition(b")")[2].split()[1])
        except (OSError, ValueError):
            break  # out of sight: out of reach as well
        if -group not in found:
            found.append(-group)
    return found


def install() -> None:
    """Put the filter on this process and all that come from it. Needs no_new_privs and ``seccomp``'s own filter."""
    if sys.platform == "linux" and platform.machine() in _TKILL:
        seccomp.install(program(platform.machine(), above()))
