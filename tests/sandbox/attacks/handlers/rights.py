"""Attempts to win rights: namespaces, mounts, keys, and the calls that have opened ways out of sandboxes before."""

import ctypes
import mmap
import os
import resource
import signal
from typing import Any

from tests.sandbox.attacks.handlers.attempts import attempt, call, libc, refused, run

NAMESPACES = {"mnt": 0x20000, "cgroup": 0x2000000, "uts": 0x4000000, "ipc": 0x8000000, "user": 0x10000000,
              "pid": 0x20000000, "net": 0x40000000, "time": 0x80}  # fmt: skip
REFUSED = {
    "mount": ((165, 40), 0, 0, 0, 0, 0), "umount2": ((166, 39), 0, 2), "pivot_root": ((155, 41), 0, 0),
    "chroot": ((161, 51), 0), "setns": ((308, 268), 0, 0), "fsopen": (430, 0, 0), "fsconfig": (431, 0, 0, 0, 0, 0),
    "fsmount": (432, 0, 0, 0), "fspick": (433, 0, 0, 0), "open_tree": (428, -100, 0, 0), "move_mount": (429, 0, 0, 0, 0, 0),
    "mount_setattr": (442, 0, 0, 0, 0, 0), "open_tree_attr": (467, 0, 0, 0, 0, 0), "statmount": (457, 0, 0, 0, 0),
    "listmount": (458, 0, 0, 0, 0), "keyctl": ((250, 219), 0, -1, 1), "add_key": ((248, 217), 0, 0, 0, 0, -2),
    "request_key": ((249, 218), 0, 0, 0, -2), "userfaultfd": ((323, 282), 1), "io_uring_setup": (425, 1, 0),
    "io_uring_enter": (426, 0, 0, 0, 0, 0, 0), "io_uring_register": (427, 0, 0, 0, 0), "bpf": ((321, 280), 0, 0, 0),
    "perf_event_open": ((298, 241), 0, 0, -1, -1, 0), "ptrace": ((101, 117), 0, 0, 0, 0), "process_vm_readv": ((310, 270), 1, 0, 0, 0, 0, 0),
    "process_vm_writev": ((311, 271), 1, 0, 0, 0, 0, 0), "pidfd_getfd": (438, 0, 0, 0), "process_madvise": (440, 0, 0, 0, 0, 0),
    "kcmp": ((312, 272), 1, 1, 0, 0, 0), "init_module": ((175, 105), 0, 0, 0), "finit_module": ((313, 273), 0, 0, 0),
    "delete_module": ((176, 106), 0, 0), "kexec_load": ((246, 104), 0, 0, 0, 0), "kexec_file_load": ((320, 294), 0, 0, 0, 0, 0),
    "reboot": ((169, 142), 0, 0, 0, 0), "swapon": ((167, 224), 0, 0), "swapoff": ((168, 225), 0), "acct": ((163, 89), 0),
    "quotactl": ((179, 60), 0, 0, 0, 0), "quotactl_fd": (443, 0, 0, 0, 0), "syslog": ((103, 116), 3, 0, 0), "settimeofday": ((164, 170), 0, 0),
    "clock_settime": ((227, 112), 0, 0), "clock_adjtime": ((305, 266), 0, 0), "adjtimex": ((159, 171), 0),
    "sethostname": ((170, 161), 0, 0), "setdomainname": ((171, 162), 0, 0), "name_to_handle_at": ((303, 264), -100, 0, 0, 0, 0),
    "open_by_handle_at": ((304, 265), -100, 0, 0), "lookup_dcookie": ((212, 18), 0, 0, 0), "fanotify_init": ((300, 262), 0, 0),
    "vhangup": ((153, 58),), "memfd_secret": (447, 0), "shmget": ((29, 194), 0, 4096, 0o1777), "semget": ((64, 190), 0, 1, 0o1777),
    "msgget": ((68, 186), 0, 0o1777), "mq_open": ((240, 180), 0, 0, 0, 0), "timer_create with a signal": ((222, 107), 1, 8, 0),
    "inotify_init1": ((294, 26), 0), "a lease on a file": ((72, 25), 0, 1024, 0), "a notice of a folder": ((72, 25), 0, 1026, 1),
}  # fmt: skip
X86_ONLY = {
    "iopl": (172, 3),
    "ioperm": (173, 0, 1, 1),
    "modify_ldt": (154, 0, 0, 0),
    "uselib": (134, 0),
    "nfsservctl": (180, 0, 0, 0),
    "create_module": (174, 0, 0),
    "sysfs": (139, 3),
    "inotify_init": (253,),
}


@attempt
def new_namespaces(event: Any) -> Any:
    """unshare of each namespace"""
    return [name for name, flag in NAMESPACES.items() if libc.unshare(flag) == 0]


@attempt
def cloned_namespaces(event: Any) -> Any:
    """clone into each namespace"""
    got = []
    for name, flag in NAMESPACES.items():
        if name == "time":
            continue
        pid = libc.syscall((56, 220)[os.uname().machine == "aarch64"], ctypes.c_long(flag | signal.SIGCHLD), 0, 0, 0, 0)
        if pid == 0:
            os._exit(0)
        if pid > 0:
            os.waitpid(pid, 0)
            got.append(name)
    return got


@attempt
def clone3(event: Any) -> Any:
    """clone3, whose flags no filter can read"""
    arguments = (ctypes.c_uint64 * 11)(0x10000000, 0, 0, 0, signal.SIGCHLD)
    pid = call(435, arguments, 88)
    if pid == 0:
        os._exit(0)
    return pid


@attempt
def dangerous_calls(event: Any) -> Any:
    """calls that no handler needs, which must be answered by the filter"""
    table: dict[str, Any] = {**REFUSED, **({} if os.uname().machine == "aarch64" else X86_ONLY)}
    return [name for name, arguments in table.items() if not refused(*arguments)]


@attempt
def other_tables(event: Any) -> Any:
    """the x32 table of calls"""
    return libc.syscall(ctypes.c_long(0x40000000 | 39)) > 0


@attempt
def thirty_two_bits(event: Any) -> Any:
    """getpid by int 0x80 (32-bit calls)"""
    if os.uname().machine != "x86_64":
        return False
    code = mmap.mmap(-1, 4096, prot=7)
    code.write(b"\xb8\x14\x00\x00\x00\xcd\x80\xc3")
    address = ctypes.addressof(ctypes.c_char.from_buffer(code))
    function: Any = ctypes.CFUNCTYPE(ctypes.c_int)(address)
    got: int = function()
    return got > 0


@attempt
def become_root(event: Any) -> Any:
    """uid 0, gid 0, other groups, capabilities"""
    header, sets = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)(*[0xFFFFFFFF] * 6)
    calls: Any = {
        "setuid": lambda: libc.setuid(0), "setresuid": lambda: libc.setresuid(0, 0, 0), "setgid": lambda: libc.setgid(0),
        "setgroups": lambda: libc.setgroups(1, (ctypes.c_uint32 * 1)(0)), "setfsuid": lambda: libc.setfsuid(0) or libc.setfsuid(-1),
        "capset": lambda: libc.capset(header, sets), "ambient": lambda: libc.prctl(47, 2, 21, 0, 0),
        "keepcaps": lambda: libc.prctl(28, 0x2F, 0, 0, 0), "no no_new_privs": lambda: libc.prctl(38, 0, 0, 0, 0),
    }  # fmt: skip
    return [name for name, one in calls.items() if one() == 0]


@attempt
def maps(event: Any) -> Any:
    """new user maps of one's own namespace"""
    got = []
    for name in ("uid_map", "gid_map", "setgroups"):
        try:
            with open(f"/proc/self/{name}", "w") as file:
                file.write("0 0 4294967295" if name != "setgroups" else "allow")
            got.append(name)
        except OSError:
            continue
    return got


@attempt
def real_time(event: Any) -> Any:
    """real-time scheduling, deadlines, negative niceness"""
    got = []
    for policy in (os.SCHED_FIFO, os.SCHED_RR):
        try:
            os.sched_setscheduler(0, policy, os.sched_param(1))
            got.append(f"policy {policy}")
        except OSError:
            pass
    if libc.setpriority(0, 0, -1) == 0:
        got.append("nice -1")
    if libc.syscall((251, 30)[os.uname().machine == "aarch64"], 1, 0, 1 << 13) == 0:
        got.append("real-time I/O")
    return got


@attempt
def more_limits(event: Any) -> Any:
    """raised limits, core files, locked memory"""
    got = []
    for name in ("NOFILE", "NPROC", "RTPRIO", "MEMLOCK", "MSGQUEUE", "NICE"):
        limit = getattr(resource, f"RLIMIT_{name}")
        try:
            value = resource.getrlimit(limit)[1]
            resource.setrlimit(limit, (value + 1, value + 1) if value >= 0 else (-1, -1))
            got.append(name)
        except (OSError, ValueError):
            pass
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        got.append("a limit of 0 for core files, with which a crash would be piped to the host's collector")
    except (OSError, ValueError):
        pass
    if libc.mlockall(3) == 0:
        got.append("mlockall")
    return got


@attempt
def never_killed(event: Any) -> Any:
    """an oom_score_adj that spares it"""
    with open("/proc/self/oom_score_adj", "w") as file:
        file.write("-1000")
    return True


@attempt
def debugged_children(event: Any) -> Any:
    """a child that is traced"""
    return libc.ptrace(0, 0, 0, 0) == 0


def handler(event: Any, context: Any) -> dict[str, str]:
    return run(event)
