"""A filter on system calls: what no handler needs and what has opened ways out of sandboxes before.

Refused with EPERM: namespaces, mounts, keys, userfaultfd, io_uring, bpf, perf, ptrace, other processes' memory,
modules, clocks, reboot; calls that change another process' scheduling or limits; every way to send SIGCONT, with which
a process could thaw itself; leases on files and notices of what others do with them. Answered as if the kernel had not
been built with it: ``clone3`` (the C library falls back to ``clone``, whose flags can be read), System V and POSIX
queues and shared memory, inotify (it tells what others do with files that all share, and a user has but a few), calls
newer than this file, and all socket families but unix, IP and route netlink (others, such as VSOCK, belong to no
network namespace).
Source: the kernel's tables of calls for x86_64 and aarch64, and seccomp(2).
"""

import ctypes
import platform
import struct
from errno import EAFNOSUPPORT, ENOSYS, EPERM, EPROTONOSUPPORT
from functools import cache

from tutor.sandbox import syscalls

_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_NONE = -1
_REFUSED = {  # name: (x86_64, aarch64)
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51), "unshare": (272, 97),
    "setns": (308, 268), "fsopen": (430, 430), "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433),
    "open_tree": (428, 428), "move_mount": (429, 429), "mount_setattr": (442, 442), "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265), "swapon": (167, 224), "swapoff": (168, 225), "acct": (163, 89),
    "quotactl": (179, 60), "quotactl_fd": (443, 443), "fanotify_init": (300, 262), "fanotify_mark": (301, 263),
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219),
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kcmp": (312, 272),
    "pidfd_getfd": (438, 438), "process_madvise": (440, 440),
    "userfaultfd": (323, 282), "io_uring_setup": (425, 425), "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427), "bpf": (321, 280), "perf_event_open": (298, 241), "memfd_secret": (447, 447),
    "init_module": (175, 105), "finit_module": (313, 273), "delete_module": (176, 106), "create_module": (174, _NONE),
    "get_kernel_syms": (177, _NONE), "query_module": (178, _NONE), "kexec_load": (246, 104),
    "kexec_file_load": (320, 294), "reboot": (169, 142), "syslog": (103, 116), "vhangup": (153, 58),
    "sethostname": (170, 161), "setdomainname": (171, 162), "settimeofday": (164, 170), "clock_settime": (227, 112),
    "clock_adjtime": (305, 266), "adjtimex": (159, 171), "iopl": (172, _NONE), "ioperm": (173, _NONE),
    "modify_ldt": (154, _NONE), "uselib": (134, _NONE), "ustat": (136, _NONE), "sysfs": (139, _NONE),
    "nfsservctl": (180, 42), "lookup_dcookie": (212, 18),
}  # fmt: skip
_ABSENT = {
    "clone3": (435, 435), "io_setup": (206, 0), "inotify_init": (253, _NONE), "inotify_init1": (294, 26),
    "shmget": (29, 194), "shmat": (30, 196), "shmctl": (31, 195), "shmdt": (67, 197), "semget": (64, 190),
    "semop": (65, 193), "semctl": (66, 191), "semtimedop": (220, 192), "msgget": (68, 186), "msgsnd": (69, 189),
    "msgrcv": (70, 188), "msgctl": (71, 187), "mq_open": (240, 180), "mq_unlink": (241, 181),
    "mq_timedsend": (242, 182), "mq_timedreceive": (243, 183), "mq_notify": (244, 184), "mq_getsetattr": (245, 185),
}  # fmt: skip
_MEMFD = {"memfd_create": (319, 279)}
_SETSID = (112, 157)
_FIRST_UNKNOWN = 457
_LOOKED_INTO = {
    "clone": (56, 220), "socket": (41, 198), "socketpair": (53, 199), "kill": (62, 129), "tkill": (200, 130),
    "tgkill": (234, 131), "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240),
    "pidfd_send_signal": (424, 424), "timer_create": (222, 107), "fcntl": (72, 25), "prctl": (157, 167),
    "prlimit64": (302, 261), "setrlimit": (160, 164), "setpriority": (141, 140), "ioprio_set": (251, 30),
    "sched_setscheduler": (144, 119), "sched_setparam": (142, 118), "sched_setattr": (314, 274),
}  # fmt: skip

_NEW_NAMESPACES = 0x7E020080  # CLONE_NEWTIME to CLONE_NEWNET, CLONE_NEWNS, CLONE_NEWTIME's own bit
_SIGCONT, _RLIMIT_CORE, _PR_SET_PDEATHSIG = 18, 4, 1
_F_SETSIG, _F_SETLEASE, _F_NOTIFY = 10, 1024, 1026
_AF_UNIX, _AF_INET, _AF_INET6, _AF_NETLINK, _NETLINK_ROUTE = 1, 2, 10, 16, 0
_IP_PROTOCOLS = (0, 1, 6, 17, 58)  # any, ICMP, TCP, UDP, ICMPv6
LOAD, EQUAL, RETURN = 0x20, 0x15, 0x06
_AND, _ANY_BIT, _AT_LEAST = 0x54, 0x45, 0x35
ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_X32_BIT = 0x40000000
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
_PR_SET_SECCOMP, _FILTER = 22, 2


def instruction(code: int, value: int, yes: int = 0, no: int = 0) -> bytes:
    """One instruction of a filter: its code, its value, and how many others a comparison jumps over."""
    return struct.pack("HBBI", code, yes, no, value)


_ALLOWED = instruction(RETURN, ALLOW)


def _refuse(code: int) -> bytes:
    return instruction(RETURN, _ERRNO | code)


def _load(argument: int, *, high: bool = False) -> bytes:
    """Half of a call's argument (both machines are little-endian)."""
    return instruction(LOAD, _ARGUMENTS + 8 * argument + 4 * high)


def _if(test: bytes, then: bytes) -> bytes:
    """``test`` is a comparison without its jumps: where it fails, ``then`` is jumped over."""
    code, _, _, value = struct.unpack("HBBI", test[-8:])
    return test[:-8] + instruction(code, value, no=len(then) // 8) + then


def _is(argument: int, value: int, *, mask: int = 0) -> bytes:
    masked = instruction(_AND, mask) if mask else b""
    return _load(argument) + masked + instruction(EQUAL, value)


def _unless(test: bytes, then: bytes) -> bytes:
    """The other way round: where ``test`` holds, ``then`` is jumped over."""
    code, _, _, value = struct.unpack("HBBI", test[-8:])
    return test[:-8] + instruction(code, value, yes=len(then) // 8) + then


def _looks() -> dict[str, bytes]:
    """What is decided by a call's arguments; whatever falls through is allowed."""
    no = _refuse(EPERM)
    inet = b"".join(_if(_is(2, number), _ALLOWED) for number in _IP_PROTOCOLS) + _refuse(EPROTONOSUPPORT)
    socket = (
        _if(_is(0, _AF_UNIX), _ALLOWED)
        + _if(_is(0, _AF_INET), inet)
        + _if(_is(0, _AF_INET6), inet)
        + _if(_is(0, _AF_NETLINK), _if(_is(2, _NETLINK_ROUTE), _ALLOWED))
        + _refuse(EAFNOSUPPORT)
    )
    own_process = _unless(_is(0, 0), no)
    own_priority = _if(_is(0, 0), _if(_is(1, 0), _ALLOWED)) + no
    own_io = _if(_is(0, 1), _if(_is(1, 0), _ALLOWED)) + no
    new_core = _if(_is(1, _RLIMIT_CORE), _unless(_is(2, 0), no) + _unless(_load(2, high=True) + _is(2, 0)[8:], no))
    return {
        "clone": _if(_load(0) + instruction(_ANY_BIT, _NEW_NAMESPACES), no) + _if(_is(0, _SIGCONT, mask=0xFF), no),
        "socket": socket,
        "socketpair": socket,
        **{name: _if(_is(1, _SIGCONT), no) for name in ("kill", "tkill", "rt_sigqueueinfo", "pidfd_send_signal")},
        **{name: _if(_is(2, _SIGCONT), no) for name in ("tgkill", "rt_tgsigqueueinfo")},
        "timer_create": _unless(_is(1, 0), no) + _unless(_load(1, high=True) + _is(1, 0)[8:], no),
        "fcntl": b"".join(_if(_is(1, command), no) for command in (_F_SETSIG, _F_SETLEASE, _F_NOTIFY)),
        "prctl": _if(_is(0, _PR_SET_PDEATHSIG), _if(_is(1, _SIGCONT), no)),
        "prlimit64": own_process + new_core,
        "setrlimit": _if(_is(0, _RLIMIT_CORE), no),
        "setpriority": own_priority,
        "ioprio_set": own_io,
        **dict.fromkeys(("sched_setscheduler", "sched_setparam", "sched_setattr"), own_process),
    }


@cache
def program(machine: str, *, counted: bool = True) -> bytes:
    """The filter for a machine. Another architecture's calls (32 bits, x32) are all refused.

    ``counted``: whether the kernel counts the environment's memory. Where it does not, memory files are refused too:
    what is written to one and never mapped cannot be seen from outside. And ``setsid`` is answered, but not obeyed:
    the kernel shares the processors out by sessions, and a flood of sessions would leave the tutor next to none.
    """
    column = list(_ARCHITECTURES).index(machine)
    absent = _ABSENT if counted else {**_ABSENT, **_MEMFD}
    lines = [
        instruction(LOAD, _ARCHITECTURE),
        _unless(instruction(EQUAL, _ARCHITECTURES[machine]), _refuse(EPERM)),
        instruction(LOAD, _NUMBER),
        _if(instruction(_AT_LEAST, _X32_BIT), _refuse(EPERM)),
        _if(instruction(_AT_LEAST, _FIRST_UNKNOWN), _refuse(ENOSYS)),
    ]
    for calls, verdict in ((_REFUSED, _refuse(EPERM)), (absent, _refuse(ENOSYS))):
        numbers = [call[column] for call in calls.values() if call[column] != _NONE]
        lines += [_if(instruction(EQUAL, number), verdict) for number in numbers]
    if not counted:
        lines.append(_if(instruction(EQUAL, _SETSID[column]), _refuse(0)))
    looks = _looks()
    for name, call in _LOOKED_INTO.items():
        lines.append(_if(instruction(EQUAL, call[column]), looks[name] + _ALLOWED))
    return b"".join([*lines, _ALLOWED])


def install(code: bytes | None = None, *, counted: bool = True) -> None:
    """Put the filter (or another one beside it) on this process and all that come from it. Needs no_new_privs."""
    if not holds():
        return
    code = code or program(platform.machine(), counted=counted)
    buffer = ctypes.create_string_buffer(code, len(code))
    header = struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(buffer))
    syscalls.filter_calls(_PR_SET_SECCOMP, _FILTER, header)


def prepare() -> None:
    """Assemble the filters once, where many processes are forked from."""
    if holds():
        for counted in (True, False):
            program(platform.machine(), counted=counted)


def holds() -> bool:
    """Whether this machine's calls are known here."""
    return platform.machine() in _ARCHITECTURES
