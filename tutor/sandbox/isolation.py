"""How the runtime gives up every right before it starts.

As root it becomes an unused user of the host first; then in every case it enters a user namespace of its own, in which
it is ``sbx_user1051`` and owns nothing: mounts, processes and network belong to the namespace outside of that one.
"""

import fcntl
import os
import resource
import signal

from tutor.sandbox import seccomp, syscalls
from tutor.sandbox.syscalls import CLONE_NEWUSER

UID, GID = 993, 990
_UNUSED_HOST_ID = 200_000
_MODEST = 10  # niceness where no control group shares the processors out: a flood must not keep the tutor from its kill
_FIRST = -20
RUNTIME_DESCRIPTOR = 3


def give_up_rights(host_root: bool, *, counted: bool = True) -> None:
    """Become Lambda's user without any capability, behind the filter.

    ``counted``: whether the kernel counts the environment's memory (see ``seccomp.program``).
    """
    os.setsid()
    if host_root:
        _leave_root()
    _enter_user_namespace()
    os.setpriority(os.PRIO_PROCESS, 0, 0 if counted else _MODEST)
    os.umask(0o022)
    for number in (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGINT, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    for limit, value in (
        (resource.RLIMIT_CORE, 1),  # with 0 a crash would still be piped to a collector of the host's; 1 means neither
        (resource.RLIMIT_MSGQUEUE, 0),
        (resource.RLIMIT_RTPRIO, 0),
        (resource.RLIMIT_NICE, 0),
    ):
        resource.setrlimit(limit, (value, value))
    syscalls.drop_capabilities()
    syscalls.prctl(syscalls.PR_SET_NO_NEW_PRIVS, 1)
    seccomp.install(counted=counted)


def limit(file_descriptors: int, processes: int) -> None:
    """How many descriptors one process may have, and how many processes and threads there may be."""
    for limited, value in ((resource.RLIMIT_NOFILE, file_descriptors), (resource.RLIMIT_NPROC, processes)):
        resource.setrlimit(limited, (value, value))


def go_first(host_root: bool) -> None:
    """In the first process of an environment: whatever computes in it, its end comes first."""
    if host_root:
        try:
            os.setpriority(os.PRIO_PROCESS, 0, _FIRST)
        except PermissionError:
            pass  # root without that right: all is as it is for an ordinary user


def _leave_root() -> None:
    os.setgroups([])
    os.setresgid(_UNUSED_HOST_ID + GID, _UNUSED_HOST_ID + GID, _UNUSED_HOST_ID + GID)
    os.setresuid(_UNUSED_HOST_ID + UID, _UNUSED_HOST_ID + UID, _UNUSED_HOST_ID + UID)
    syscalls.prctl(syscalls.PR_SET_DUMPABLE, 1)


def _enter_user_namespace() -> None:
    uid, gid = os.geteuid(), os.getegid()
    syscalls.unshare(CLONE_NEWUSER)
    map_user(UID, uid, GID, gid)


def map_user(inside_uid: int, uid: int, inside_gid: int, gid: int) -> None:
    """Map one user and one group of the outer user namespace into the one just entered."""
    _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"{inside_uid} {uid} 1")
    _write("/proc/self/gid_map", f"{inside_gid} {gid} 1")


def _write(path: str, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)


def arrange(line: int, output: int) -> None:
    """Standard streams and the runtime's line as descriptor 3; everything else is closed."""
    line, output = (fcntl.fcntl(number, fcntl.F_DUPFD_CLOEXEC, 64) for number in (line, output))
    nothing = os.open("/dev/null", os.O_RDONLY)
    for source, target in ((nothing, 0), (output, 1), (output, 2), (line, RUNTIME_DESCRIPTOR)):
        os.dup2(source, target, inheritable=True)
    os.closerange(RUNTIME_DESCRIPTOR + 1, 1 << 16)
