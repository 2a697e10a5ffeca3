"""Attempts to see, signal, stop or change other processes: the first one of the environment, the zygote, the tutor.

The event is a list of process ids of the host.
"""

import ctypes
import os
import resource
import signal
from typing import Any

from tests.sandbox.attacks.handlers.attempts import attempt, call, libc, run


@attempt
def others(event: Any) -> Any:
    """the list of processes"""
    return [name for name in os.listdir("/proc") if name.isdigit() and int(name) not in (os.getpid(), os.getppid())]


@attempt
def hidden_ones(event: Any) -> Any:
    """processes of the host, by their number"""
    got = []
    for pid in event:
        for look in (
            lambda p: os.kill(p, 0),
            os.getpgid,
            os.getsid,
            os.pidfd_open,
            os.sched_getaffinity,
            lambda p: os.stat(f"/proc/{p}"),
        ):
            try:
                look(pid)
                got.append(pid)
            except OSError:
                continue
    return [pid for pid in got if pid not in (os.getpid(), os.getppid())]


@attempt
def parent_of_the_first(event: Any) -> Any:
    """the parent of the first process"""
    os.setpgid(0, 0)
    return [pid for pid in (os.getppid(),) if pid == 0]


@attempt
def memory_of_the_first(event: Any) -> Any:
    """the first process' memory, descriptors and namespaces"""
    buffer = ctypes.create_string_buffer(16)
    vector = (ctypes.c_void_p * 2)(ctypes.addressof(buffer), 16)
    got = []
    pidfd = os.pidfd_open(1)
    tries: Any = {
        "ptrace": lambda: call((101, 117), 16, 1, 0, 0), "seize": lambda: call((101, 117), 0x4206, 1, 0, 0),
        "read": lambda: call((310, 270), 1, vector, 1, vector, 1, 0), "write": lambda: call((311, 271), 1, vector, 1, vector, 1, 0),
        "pidfd_getfd": lambda: call(438, pidfd, 0, 0), "kcmp": lambda: call((312, 272), 1, os.getpid(), 0, 0, 0),
        "setns": lambda: call((308, 268), pidfd, 0x20000), "robust list": lambda: call((274, 100), 1, buffer, buffer),
        "namespace of pidfd": lambda: libc.ioctl(pidfd, 0xFF03, 0) >= 0 or call(-1),
        "mem": lambda: open("/proc/1/mem", "rb"), "move_pages": lambda: call((279, 239), 1, 1, vector, 0, buffer, 0),
    }  # fmt: skip
    for name, one in tries.items():
        try:
            one()
            got.append(name)
        except OSError:
            continue
    return got


@attempt
def limits_of_the_first(event: Any) -> Any:
    """the first process' limits and priorities"""
    got = []
    tries: Any = {
        "processor time": lambda: resource.prlimit(1, resource.RLIMIT_CPU, (1, 1)), "descriptors": lambda: resource.prlimit(1, resource.RLIMIT_NOFILE, (3, 3)),
        "priority": lambda: os.setpriority(os.PRIO_PROCESS, 1, 19), "priority of the user": lambda: os.setpriority(os.PRIO_USER, 0, 19),
        "priority of the group": lambda: os.setpriority(os.PRIO_PGRP, os.getpgid(1), 19), "policy": lambda: os.sched_setscheduler(1, os.SCHED_IDLE, os.sched_param(0)),
        "parameters": lambda: os.sched_setparam(1, os.sched_param(0)), "I/O": lambda: call((251, 30), 1, 1, 3 << 13), "I/O of the user": lambda: call((251, 30), 3, os.getuid(), 3 << 13),
        "processors": lambda: os.sched_setaffinity(1, {min(os.sched_getaffinity(0))}),
    }  # fmt: skip
    for name, one in tries.items():
        try:
            one()
            got.append(name)
        except OSError:
            continue
    return got


@attempt
def thawing_signals(event: Any) -> Any:
    """SIGCONT, by every call that sends signals"""
    me = os.getpid()
    info = ctypes.create_string_buffer(128)
    ctypes.memmove(info, (ctypes.c_int * 4)(18, 0, -1, 0), 16)
    pidfd = os.pidfd_open(me)
    got = []
    tries: Any = {
        "kill": lambda: os.kill(me, 18), "tkill": lambda: call((200, 130), me, 18), "tgkill": lambda: call((234, 131), me, me, 18),
        "queue": lambda: call((129, 138), me, 18, info), "thread queue": lambda: call((297, 240), me, me, 18, info), "pidfd": lambda: signal.pidfd_send_signal(pidfd, 18),
        "group": lambda: os.killpg(0, 18), "all": lambda: os.kill(-1, 18), "parent's death": lambda: libc.prctl(1, 18, 0, 0, 0) == 0 or call(-1),
        "descriptor": lambda: libc.fcntl(0, 10, 18) == 0 or call(-1), "timer": lambda: call((222, 107), 1, (ctypes.c_int * 16)(0, 0, 18, 0), info),
    }  # fmt: skip
    for name, one in tries.items():
        try:
            one()
            got.append(name)
        except OSError:
            continue
    return got


def handler(event: Any, context: Any) -> Any:
    if event == "signal":
        for number in range(1, 65):
            for _ in range(5 if number != 18 else 0):
                libc.kill(1, number)
                libc.tgkill(1, 1, number)
        return "alive"
    if event == "sleep":
        signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
        os.fork()
        while True:
            libc.kill(1, signal.SIGINT)
    return run(event) if isinstance(event, list) else "alive"
