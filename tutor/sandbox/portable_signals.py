"""No signal to everybody where there is no pid namespace: ``kill(-1)`` would reach all that this user runs.

Source: the kernel's tables of calls for x86_64 and aarch64, and kill(2).
"""

import platform
import sys

from tutor.sandbox import seccomp

_KILL = {"x86_64": 62, "aarch64": 129}
_EVERYBODY = 0xFFFFFFFF
_EPERM = 0x00050000 | 1


def program(machine: str) -> bytes:
    """The filter for a machine: ``kill`` of -1 is refused."""
    return b"".join(
        (
            seccomp.instruction(seccomp.LOAD, 0),
            seccomp.instruction(seccomp.EQUAL, _KILL[machine], no=3),
            seccomp.instruction(seccomp.LOAD, 16),  # its first argument, low half: whom
            seccomp.instruction(seccomp.EQUAL, _EVERYBODY, no=1),
            seccomp.instruction(seccomp.RETURN, _EPERM),
            seccomp.instruction(seccomp.RETURN, seccomp.ALLOW),
        )
    )


def install() -> None:
    """Put the filter on this process and all that come from it. Needs no_new_privs and ``seccomp``'s own filter."""
    if sys.platform == "linux" and platform.machine() in _KILL:
        seccomp.install(program(platform.machine()))
