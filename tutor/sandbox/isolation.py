"""The processes of an environment: the first one of a pid namespace, and the runtime below it.

The first process does nothing but start the runtime, reap orphans and say how the runtime ended. The runtime gives
up every right before it starts: as root it becomes an unused user of the host first, then in every case it enters a
user namespace of its own, in which it is ``sbx_user1051`` and owns nothing.
"""

import fcntl
import os
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tutor.sandbox import filesystem, syscalls
from tutor.sandbox.syscalls import CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWUSER

UID, GID = 993, 990
_UNUSED_HOST_ID = 200_000
RUNTIME_DESCRIPTOR = 3


@dataclass(frozen=True)
class Descriptors:
    """What the new processes inherit: the runtime's socket and its output, and the line on which the end is told."""

    runtime: int
    output: int
    ending: int
    group: int | None


def start(command: Sequence[str], environment: Mapping[str, str], descriptors: Descriptors) -> int:
    """Start a runtime as the second process of a new pid namespace; the host's pid of the first one."""
    pid = syscalls.fork_into(CLONE_NEWPID | CLONE_NEWNS)
    if pid == 0:
        try:
            _first_process(command, environment, descriptors)
        except OSError as error:
            _tell(descriptors.ending, f"failed {error}")
        finally:
            os._exit(0)
    return pid


def _first_process(command: Sequence[str], environment: Mapping[str, str], descriptors: Descriptors) -> None:
    syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)
    filesystem.enter_processes()
    runtime = os.fork()
    if runtime == 0:
        try:
            _become_runtime(command, environment, descriptors)
        except OSError as error:
            _tell(descriptors.ending, f"failed {error}")
        finally:
            os._exit(126)
    _close_all_but(descriptors.ending)
    syscalls.drop_capabilities()
    while True:
        pid, status = os.wait()
        if pid == runtime:
            _tell(descriptors.ending, f"ended {os.waitstatus_to_exitcode(status)}")
            return


def _become_runtime(command: Sequence[str], environment: Mapping[str, str], descriptors: Descriptors) -> None:
    if descriptors.group is not None:
        os.write(descriptors.group, b"0")
    os.setsid()
    _leave_root()
    _enter_user_namespace()
    _arrange(descriptors)
    os.chdir("/var/task")
    os.umask(0o022)
    for number in (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    syscalls.drop_capabilities()
    syscalls.prctl(syscalls.PR_SET_NO_NEW_PRIVS, 1)
    os.execve(command[0], list(command), dict(environment))


def _leave_root() -> None:
    if os.geteuid() != 0:
        return
    os.setgroups([])
    os.setresgid(_UNUSED_HOST_ID + GID, _UNUSED_HOST_ID + GID, _UNUSED_HOST_ID + GID)
    os.setresuid(_UNUSED_HOST_ID + UID, _UNUSED_HOST_ID + UID, _UNUSED_HOST_ID + UID)
    syscalls.prctl(syscalls.PR_SET_DUMPABLE, 1)


def _enter_user_namespace() -> None:
    uid, gid = os.geteuid(), os.getegid()
    syscalls.unshare(CLONE_NEWUSER)
    map_user(UID, uid, GID, gid)
    try:
        Path("/proc/sys/user/max_user_namespaces").write_text("0")
    except OSError:
        pass  # a kernel that does not let go of this still holds every other fence


def map_user(inside_uid: int, uid: int, inside_gid: int, gid: int) -> None:
    """Map one user and one group of the outer user namespace into the one just entered."""
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{inside_uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{inside_gid} {gid} 1")


def _arrange(descriptors: Descriptors) -> None:
    """Standard streams and the runtime's socket as descriptor 3; everything else is gone at exec."""
    socket, output = (
        fcntl.fcntl(number, fcntl.F_DUPFD_CLOEXEC, 64) for number in (descriptors.runtime, descriptors.output)
    )
    nothing = os.open("/dev/null", os.O_RDONLY)
    for source, target in ((nothing, 0), (output, 1), (output, 2), (socket, RUNTIME_DESCRIPTOR)):
        os.dup2(source, target, inheritable=True)
    for number in map(int, os.listdir("/proc/self/fd")):
        if number > RUNTIME_DESCRIPTOR:
            _close_at_exec(number)


def _close_at_exec(number: int) -> None:
    try:
        os.set_inheritable(number, False)
    except OSError:
        pass  # the descriptor that listed the folder is gone by now


def _close_all_but(kept: int) -> None:
    os.closerange(0, kept)
    os.closerange(kept + 1, 65536)


def _tell(ending: int, text: str) -> None:
    os.write(ending, text.encode())
