"""Attempts to hold more memory than the function has: each takes 300 MB in a way of its own, and keeps it a while.

What is returned are the MB that it had when it thought itself safe.
"""

import array
import ctypes
import fcntl
import mmap
import os
import resource
import socket
import threading
import time
from typing import Any

libc = ctypes.CDLL(None, use_errno=True)
MB = 1 << 20
WANTED = 300
KEPT: list[Any] = []
BLOCK = b"x" * MB


def anonymous() -> int:
    """One block."""
    KEPT.append(bytearray(WANTED * MB))
    return WANTED


def children() -> int:
    """A little in each of many processes."""
    for _ in range(30):
        if os.fork() == 0:
            KEPT.append(bytearray(10 * MB))
            time.sleep(30)
    return WANTED


def grandchildren() -> int:
    """In orphans that left the session."""
    for _ in range(6):
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                KEPT.append(bytearray(50 * MB))
                time.sleep(30)
            os._exit(0)
    return WANTED


def shared() -> int:
    """Shared anonymous memory."""
    block = mmap.mmap(-1, WANTED * MB)
    for _ in range(WANTED):
        block.write(BLOCK)
    KEPT.append(block)
    return WANTED


def shared_beside_a_full_tmp() -> int:
    """Shared memory, with as much in /tmp, so that the one may be taken for the other."""
    with open("/tmp/full", "wb") as file:
        file.writelines(BLOCK for _ in range(WANTED))
    return shared()


def shared_and_dropped() -> int:
    """Shared memory that is written, then dropped from the page tables: it stays, and nobody sees it mapped."""
    for _ in range(10):
        block = mmap.mmap(-1, WANTED // 10 * MB)
        for _ in range(WANTED // 10):
            block.write(BLOCK)
        block.madvise(mmap.MADV_DONTNEED)
        KEPT.append(block)
    return WANTED


def memory_files() -> int:
    """Files in memory that are written and never mapped."""
    for _ in range(WANTED):
        descriptor = os.memfd_create("x")
        os.write(descriptor, BLOCK)
        KEPT.append(descriptor)
    return WANTED


def memory_files_under_way() -> int:
    """Files in memory that are nowhere open: they are on their way through a socket."""
    ours, theirs = socket.socketpair()
    KEPT.extend((ours, theirs))
    for _ in range(30):
        descriptor = os.memfd_create("x")
        for _ in range(WANTED // 30):
            os.write(descriptor, BLOCK)
        ours.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [descriptor]))])
        os.close(descriptor)
    return WANTED


def deleted_files() -> int:
    """Files in /tmp that are mapped privately and written to."""
    with open("/tmp/x", "w+b") as file:
        file.truncate(WANTED * MB)
        block = mmap.mmap(file.fileno(), WANTED * MB, mmap.MAP_PRIVATE)
        os.remove("/tmp/x")
    for _ in range(WANTED):
        block.write(BLOCK)
    KEPT.append(block)
    return WANTED


def stacks() -> int:
    """The stacks of threads."""
    threading.stack_size(16 * MB)

    def deep() -> None:
        libc.memset(ctypes.create_string_buffer(1), 0, 1)
        buffer = (ctypes.c_char * (12 * MB))()
        KEPT.append(buffer)
        ctypes.memset(buffer, 1, 12 * MB)
        time.sleep(30)

    for _ in range(WANTED // 12):
        threading.Thread(target=deep, daemon=True).start()
    return WANTED


def hopping() -> int:
    """A process that forks and ends without a pause, so that it is never where one looks."""
    KEPT.append(bytearray(90 * MB))
    if os.fork() == 0:
        KEPT.append(bytearray(90 * MB))
        while True:
            if os.fork() != 0:
                os._exit(0)
            KEPT.append(bytearray(4 * MB))
    time.sleep(3)
    return WANTED


def page_tables() -> int:
    """Page tables: one page read in every two megabytes of address space."""
    libc.mmap.restype = ctypes.c_void_p
    size = WANTED * 256 * 2 * MB
    address = libc.mmap(None, ctypes.c_size_t(size), 1, 0x4022, -1, ctypes.c_long(0))
    if address in (None, 2**64 - 1):
        return 0
    for number in range(WANTED * 256):
        ctypes.string_at(address + number * 2 * MB, 1)
    return WANTED


def pipes() -> int:
    """What lies in pipes."""
    held = 0
    for _ in range(8):
        if os.fork() == 0:
            for _ in range(400):
                try:
                    _, writing = os.pipe()
                    fcntl.fcntl(writing, 1031, MB)
                except OSError:
                    pass
                os.set_blocking(writing, False)
                try:
                    os.write(writing, BLOCK)
                except OSError:
                    break
            time.sleep(30)
        held += 400
    return held


def unix_sockets() -> int:
    """What lies in unix sockets."""
    for _ in range(4):
        if os.fork() == 0:
            for _ in range(480):
                ours, theirs = socket.socketpair()
                ours.setblocking(False)
                KEPT.extend((ours, theirs))
                try:
                    while True:
                        ours.send(BLOCK[: 1 << 16])
                except OSError:
                    continue
            time.sleep(30)
    return WANTED


def udp_sockets() -> int:
    """What lies in UDP sockets."""
    for _ in range(4):
        if os.fork() == 0:
            sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            for _ in range(900):
                receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                receiver.bind(("127.0.0.1", 0))
                KEPT.append(receiver)
                for _ in range(10):
                    sender.sendto(BLOCK[:60000], receiver.getsockname())
            time.sleep(30)
    return WANTED


def locks() -> int:
    """Locks on the bytes of a file."""
    descriptor = os.open("/tmp/locked", os.O_RDWR | os.O_CREAT)
    for number in range(1_200_000):
        fcntl.lockf(descriptor, fcntl.LOCK_EX, 1, number * 2)
    return WANTED


def locked_memory() -> int:
    """Locked memory."""
    resource.setrlimit(resource.RLIMIT_MEMLOCK, (resource.getrlimit(resource.RLIMIT_MEMLOCK)[1],) * 2)
    libc.mlockall(3)
    return anonymous()


BOMBS = {
    bomb.__name__: bomb
    for bomb in (
        anonymous, children, grandchildren, shared, shared_beside_a_full_tmp, shared_and_dropped, memory_files,
        memory_files_under_way, deleted_files, stacks, hopping, page_tables, pipes, unix_sockets, udp_sockets, locks, locked_memory,
    )
}  # fmt: skip


def handler(event: Any, context: Any) -> Any:
    try:
        got = BOMBS[event]()
    except OSError as error:
        return f"stopped: {error}"
    time.sleep(4)
    return got
