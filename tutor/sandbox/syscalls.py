"""The Linux calls that the standard library lacks, as plain functions that raise ``OSError``.

Source: the man pages of each call; numbers for x86_64 and aarch64 from the kernel's tables.
"""

import ctypes
import errno
import os
import platform
import struct

CLONE_NEWNS = 0x00020000
CLONE_NEWCGROUP = 0x02000000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 32, 4096, 16384, 1 << 18
MNT_DETACH = 2

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 4, 24, 38

_AT_FDCWD = -100
_AT_RECURSIVE = 0x8000
_SIGCHLD = 17
_NUMBERS = {
    "x86_64": {"clone": 56, "pivot_root": 155, "mount_setattr": 442},
    "aarch64": {"clone": 220, "pivot_root": 41, "mount_setattr": 442},
}
_SA_NOCLDSTOP = 1
_action = ctypes.create_string_buffer(256)  # as long as a struct sigaction is anywhere, and longer
_FLAGS, _FLAGS_AT = struct.Struct("i"), struct.calcsize("P") + 128  # of struct sigaction: behind handler and mask
_libc = ctypes.CDLL(None, use_errno=True)
_python = ctypes.PyDLL(None, use_errno=True)


def _number(name: str) -> int:
    try:
        return _NUMBERS[platform.machine()][name]
    except KeyError:
        raise OSError(errno.ENOSYS, f"{name} is not known for {platform.machine()}") from None


def _checked(result: int, what: str) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")
    return result


def unshare(flags: int) -> None:
    """Leave the namespaces in ``flags`` for new ones."""
    _checked(_libc.unshare(flags), "unshare")


def fork_into(flags: int) -> int:
    """Fork with the child in new namespaces: 0 in the child, its pid in the parent.

    Only for a process with a single thread: the interpreter lock is kept through the call.
    """
    number = _number("clone")
    ctypes.pythonapi.PyOS_BeforeFork()
    pid: int = _python.syscall(number, flags | _SIGCHLD, 0, 0, 0, 0)
    if pid == 0:
        ctypes.pythonapi.PyOS_AfterFork_Child()
    else:
        ctypes.pythonapi.PyOS_AfterFork_Parent()
    return _checked(pid, "clone")


def mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    """mount(2)."""
    result = _libc.mount(source.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), options.encode())
    _checked(result, f"mount {kind or 'bind'} on {target}")


def unmount(target: str) -> None:
    """Take a mount away at once, whoever still uses it."""
    _checked(_libc.umount2(target.encode(), MNT_DETACH), f"umount {target}")


def pivot_root(new_root: str, put_old: str) -> None:
    """Make ``new_root`` the root of this mount namespace."""
    _checked(_libc.syscall(_number("pivot_root"), new_root.encode(), put_old.encode()), "pivot_root")


def make_read_only(target: str, *, devices: bool = False) -> None:
    """Make a mount, and every mount below it, read-only and without setuid (and device files).

    One call where the kernel has mount_setattr (5.12); before that only the mount itself is remounted.
    """
    attributes = MS_RDONLY | MS_NOSUID | (0 if devices else MS_NODEV)
    structure = struct.pack("QQQQ", attributes, 0, 0, 0)
    result = _libc.syscall(
        _number("mount_setattr"), _AT_FDCWD, target.encode(), _AT_RECURSIVE, structure, len(structure)
    )
    if result == 0:
        return
    kept = os.statvfs(target).f_flag & (MS_NOSUID | MS_NODEV | MS_NOEXEC)
    mount("", target, "", MS_REMOUNT | MS_BIND | attributes | kept)


def prctl(option: int, value: int) -> None:
    """prctl(2) with one argument."""
    _checked(_libc.prctl(option, value, 0, 0, 0), "prctl")


def hear_of_ends_only() -> None:
    """Have SIGCHLD sent for children that end, and not for those that are stopped or go on (SA_NOCLDSTOP)."""
    _checked(_libc.sigaction(_SIGCHLD, None, _action), "sigaction")
    (flags,) = _FLAGS.unpack_from(_action, _FLAGS_AT)
    _FLAGS.pack_into(_action, _FLAGS_AT, flags | _SA_NOCLDSTOP)
    _checked(_libc.sigaction(_SIGCHLD, _action, None), "sigaction")


def drop_capabilities() -> None:
    """Give up every capability for good: bounding set, and all sets of this process."""
    for capability in range(64):
        if _libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0:
            break
    version = 0x20080522  # _LINUX_CAPABILITY_VERSION_3
    header = struct.pack("Ii", version, 0)
    _checked(_libc.capset(header, bytes(24)), "capset")


def filter_calls(option: int, mode: int, program: bytes) -> None:
    """prctl(PR_SET_SECCOMP) with a packed ``sock_fprog``."""
    _checked(_libc.prctl(option, mode, program, 0, 0), "seccomp")
