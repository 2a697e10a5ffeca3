"""No network where there is no network namespace: a second filter refuses every socket but local ones.

The error is the one that a network without any route gives.
Source: the kernel's tables of calls for x86_64 and aarch64, and seccomp(2).
"""

import platform
import sys

from tutor.sandbox import seccomp

_SOCKET = {"x86_64": 41, "aarch64": 198}
_AF_UNIX = 1
_ENETUNREACH = 0x00050000 | 101


def program(machine: str) -> bytes:
    """The filter for a machine: ``socket`` with any family but AF_UNIX is refused."""
    return b"".join(
        (
            seccomp.instruction(seccomp.LOAD, 0),
            seccomp.instruction(seccomp.EQUAL, _SOCKET[machine], no=3),
            seccomp.instruction(seccomp.LOAD, 16),  # its first argument, low half: the family
            seccomp.instruction(seccomp.EQUAL, _AF_UNIX, yes=1),
            seccomp.instruction(seccomp.RETURN, _ENETUNREACH),
            seccomp.instruction(seccomp.RETURN, seccomp.ALLOW),
        )
    )


def install() -> None:
    """Put the filter on this process and all that come from it. Needs no_new_privs and ``seccomp``'s own filter."""
    if holds():
        seccomp.install(program(platform.machine()))


def holds() -> bool:
    """Whether this host can filter calls and its machine's are known here."""
    return sys.platform == "linux" and platform.machine() in _SOCKET
