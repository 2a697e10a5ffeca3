"""A filter on system calls: what no handler needs and what has opened ways out of sandboxes before.

Refused with EPERM: namespaces, mounts, keys, userfaultfd, io_uring, bpf, perf, ptrace, other processes' memory,
modules, clocks, reboot. ``clone3`` is answered with ENOSYS, so that the C library falls back to ``clone``, whose flags
can be read.
Source: the kernel's tables of calls for x86_64 and aarch64, and seccomp(2).
"""

import ctypes
import platform
import struct
from functools import cache

from tutor.sandbox import syscalls

_X86, _ARM = 0xC000003E, 0xC00000B7
_REFUSED = {
    "x86_64": (
        101, 103, 153, 155, 161, 165, 166, 167, 168, 169, 172, 173, 175, 176, 246, 248, 249, 250, 272, 298,
        303, 304, 308, 310, 311, 313, 320, 321, 323, 425, 426, 427, 428, 429, 430, 431, 432, 433, 438, 440,
        442, 159, 163, 164, 227, 305, 134, 136, 139, 170, 171, 180, 212, 174, 177, 178, 179, 312, 447,
    ),
    "aarch64": (
        117, 116, 41, 51, 40, 39, 224, 225, 142, 105, 106, 217, 218, 219, 97, 241, 264, 265, 268, 270, 271,
        273, 294, 280, 104, 58, 282, 425, 426, 427, 428, 429, 430, 431, 432, 433, 438, 440, 442, 171, 112, 266,
        161, 162, 42, 60, 272, 89, 447,
    ),
}  # fmt: skip
_CLONE = {"x86_64": 56, "aarch64": 220}
_CLONE3 = 435
_NEW_NAMESPACES = 0x7E020080  # CLONE_NEWTIME to CLONE_NEWNET, CLONE_NEWNS, CLONE_NEWTIME's own bit
ALLOW, _EPERM, _ENOSYS = 0x7FFF0000, 0x00050001, 0x00050026
LOAD, EQUAL, _ANY_BIT, _AT_LEAST, RETURN = 0x20, 0x15, 0x45, 0x35, 0x06
_X32_BIT = 0x40000000
_PR_SET_SECCOMP, _FILTER = 22, 2


def instruction(code: int, value: int, yes: int = 0, no: int = 0) -> bytes:
    """One instruction of a filter; ``yes`` and ``no`` say how many to skip after a comparison."""
    return struct.pack("HBBI", code, yes, no, value)


@cache
def program(machine: str) -> bytes:
    """The filter for a machine. Another architecture's calls (32 bits, x32) are all refused."""
    wanted = {"x86_64": _X86, "aarch64": _ARM}[machine]
    lines = [
        instruction(LOAD, 4),  # the architecture
        instruction(EQUAL, wanted, yes=1),
        instruction(RETURN, _EPERM),
        instruction(LOAD, 0),  # the number of the call
        instruction(_AT_LEAST, _X32_BIT, no=1),
        instruction(RETURN, _EPERM),
    ]
    for number in _REFUSED[machine]:
        lines += [instruction(EQUAL, number, no=1), instruction(RETURN, _EPERM)]
    lines += [instruction(EQUAL, _CLONE3, no=1), instruction(RETURN, _ENOSYS)]
    lines += [
        instruction(EQUAL, _CLONE[machine], no=3),
        instruction(LOAD, 16),  # its first argument, low half: the flags
        instruction(_ANY_BIT, _NEW_NAMESPACES, no=1),
        instruction(RETURN, _EPERM),
        instruction(RETURN, ALLOW),
    ]
    return b"".join(lines)


def install(code: bytes | None = None) -> None:
    """Put the filter (or another one beside it) on this process and all that come from it. Needs no_new_privs."""
    if not holds():
        return
    code = code or program(platform.machine())
    buffer = ctypes.create_string_buffer(code, len(code))
    header = struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(buffer))
    syscalls.filter_calls(_PR_SET_SECCOMP, _FILTER, header)


def prepare() -> None:
    """Assemble the filter once, where many processes are forked from."""
    if holds():
        program(platform.machine())


def holds() -> bool:
    """Whether this machine's calls are known here."""
    return platform.machine() in _REFUSED
