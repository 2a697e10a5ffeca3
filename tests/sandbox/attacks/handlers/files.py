"""Attempts to read what is not one's own, and to write outside /tmp.

The event: ``paths`` of the host that must not be seen, ``words`` that lie in them or in other functions, ``host`` path
fragments that must not show up anywhere.
"""

import ctypes
import mmap
import os
import re
import stat
from typing import Any

from tests.sandbox.attacks.handlers.attempts import attempt, libc, run

INIT = (
    "root",
    "cwd",
    "exe",
    "environ",
    "maps",
    "mem",
    "fd",
    "cmdline",
    "mounts",
    "mountinfo",
    "ns/mnt",
    "task",
    "stack",
)


def everything(top: str) -> Any:
    """Every file below a folder, other file systems included, but not /proc."""
    for place, folders, files in os.walk(top):
        folders[:] = [
            name for name in folders if os.path.join(place, name) not in ("/proc", "/usr", "/var/lang", "/tmp")
        ]
        yield from (os.path.join(place, name) for name in files)


def searched(event: Any) -> list[re.Pattern[bytes]]:
    """The event's words, which come backwards and in hex, so that nowhere in this process they stand as they are."""
    forward = [word[::-1] for word in event["words"]]
    return [re.compile("".join(f"\\x{word[n : n + 2]}" for n in range(0, len(word), 2)).encode()) for word in forward]


@attempt
def hosts_files(event: Any) -> Any:
    """files of the host: by their path, and above one's own root"""
    ways = (
        "",
        "/proc/1/root",
        "/proc/self/root/..",
        "/..",
        "/proc/self/cwd/../../..",
        "/.old",
        "/proc/thread-self/root",
    )
    return [way + path for path in event["paths"] for way in ways if os.path.lexists(way + path)]


@attempt
def first_process(event: Any) -> Any:
    """what /proc tells of the first process"""
    got = []
    for name in INIT:
        path = f"/proc/1/{name}"
        try:
            got.append(
                name
                if os.path.islink(path) and os.readlink(path)
                else os.listdir(path)
                if os.path.isdir(path)
                else open(path, "rb").read(1)
            )
        except OSError:
            continue
    return got


@attempt
def below_the_mounts(event: Any) -> Any:
    """what lies under the mounts of /opt, /tmp, /proc and /var/task: other functions' packages, the host's /proc"""
    got = [
        path
        for path in ("/opt", "/tmp", "/proc", "/var/task", "/var/lang", "/usr", "/")
        for flag in (0, 2, 8)
        if libc.umount2(path.encode(), flag) == 0
    ]
    return (
        got
        + [name for name in os.listdir("/opt") if len(name) == 32]
        + [name for name in os.listdir("/tmp") if name == "tutor"]
    )


@attempt
def by_handle(event: Any) -> Any:
    """a file by its handle (the root of the host's file system has inode 2)"""
    got = []
    for kind, body in ((1, b"\x02\0\0\0\0\0\0\0"), (0x81, b"\x80\0\0\0\0\0\0\0\0\0\0\0")):
        handle = ctypes.create_string_buffer(len(body).to_bytes(4, "little") + kind.to_bytes(4, "little") + body)
        for place in ("/", "/usr", "/var/lang", "/etc", "/dev/null"):
            descriptor = os.open(place, os.O_RDONLY)
            if libc.open_by_handle_at(descriptor, handle, os.O_RDONLY) >= 0:
                got.append(place)
    return got


@attempt
def paths_of_the_host(event: Any) -> Any:
    """the host's paths and the tutor's secrets, in what /proc tells about oneself and in the environment"""
    got = []
    for name in ("maps", "environ", "cmdline", "mounts", "cgroup", "limits", "status", "auxv"):
        data = open(f"/proc/self/{name}", "rb").read()
        got += [f"{word} in {name}" for word in event["host"] if word.encode() in data]
    return got


@attempt
def memory_of_before(event: Any) -> Any:
    """one's own memory, searched for what other functions and the tutor had in theirs"""
    got = set()
    words = searched(event)
    with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
        for line in maps:
            area, rights = line.split()[:2]
            start, end = (int(number, 16) for number in area.split("-"))
            if "r" not in rights or start > 1 << 62 or end - start > 1 << 28:
                continue
            memory.seek(start)
            try:
                data = memory.read(end - start)
            except OSError:
                continue
            got |= {number for number, word in enumerate(words) if word.search(data)}
    return sorted(got)


@attempt
def foreign_words(event: Any) -> Any:
    """the words of other functions, in every file that can be read"""
    words = searched(event)
    got = []
    for path in everything("/"):
        if stat.S_ISREG(os.lstat(path).st_mode):
            try:
                data = open(path, "rb").read()
            except OSError:
                continue
            got += [path for word in words if word.search(data)]
    return got


@attempt
def other_places(event: Any) -> Any:
    """new files anywhere but in /tmp"""
    got = []
    for place in ("/", "/var", "/var/task", "/opt", "/var/runtime", "/var/lang", "/var/lang/lib", "/usr", "/usr/bin", "/usr/lib", "/etc", "/etc/ssl/certs",
                  "/dev", "/dev/shm", "/proc", "/proc/self", "/run", "/home", "/var/tmp", "/sys", "/mnt"):  # fmt: skip
        for make in (
            lambda p: open(p, "w"),
            os.mkdir,
            os.mkfifo,
            lambda p: os.symlink("/", p),
            lambda p: os.link("/var/task/app.py", p),
        ):
            try:
                make(place + "/attack")
                got.append(place)
            except OSError:
                continue
    return got


@attempt
def changed_files(event: Any) -> Any:
    """changed files and attributes anywhere but in /tmp"""
    got = []
    for path in (
        "/var/task/app.py",
        "/var/runtime/bootstrap.py",
        "/etc/passwd",
        "/usr/bin/env",
        "/usr/lib",
        "/var/lang",
        "/dev/null",
        "/dev/zero",
        "/dev",
    ):
        changes: Any = {
            "mode": lambda: os.chmod(path, 0o777), "owner": lambda: os.chown(path, os.getuid(), -1), "times": lambda: os.utime(path),
            "attribute": lambda: os.setxattr(path, "user.x", b"x"), "size": lambda: os.truncate(path, 0),
            "name": lambda: os.rename(path, path + "x"), "life": lambda: os.unlink(path),
        }  # fmt: skip
        for name, change in changes.items():
            try:
                change()
                got.append(f"{name} of {path}")
            except OSError:
                continue
    return got


@attempt
def kernel_settings(event: Any) -> Any:
    """settings of the kernel, and the files of /proc and /dev that are dangerous"""
    got = []
    for place, _, files in os.walk("/proc/sys"):
        for name in files:
            try:
                with open(os.path.join(place, name), "r+b", 0) as file:
                    file.write(file.read())
                got.append(os.path.join(place, name))
            except OSError:
                continue
    for path in ("/proc/sysrq-trigger", "/proc/kcore", "/proc/kmsg", "/proc/mtrr", "/dev/mem", "/dev/kmsg", "/dev/port", "/dev/sda", "/dev/vda",
                 "/dev/tty", "/dev/ptmx", "/dev/pts/ptmx", "/dev/kvm", "/dev/fuse", "/dev/net/tun", "/dev/vsock", "/dev/loop-control"):  # fmt: skip
        for mode in (os.O_RDONLY, os.O_WRONLY):
            try:
                os.close(os.open(path, mode | os.O_NOCTTY))
                got.append(path)
            except OSError:
                continue
    return got


@attempt
def device_nodes(event: Any) -> Any:
    """device nodes of one's own"""
    got = []
    for name, mode, device in (
        ("mem", stat.S_IFCHR, os.makedev(1, 1)),
        ("disk", stat.S_IFBLK, os.makedev(8, 0)),
        ("vda", stat.S_IFBLK, os.makedev(254, 0)),
    ):
        try:
            os.mknod(f"/tmp/{name}", mode | 0o666, device)
            os.open(f"/tmp/{name}", os.O_RDONLY)
            got.append(name)
        except OSError:
            continue
    return got


@attempt
def hard_links(event: Any) -> Any:
    """hard links in /tmp to files that are not one's own"""
    got = []
    for path in ("/usr/bin/env", "/var/task/app.py", "/etc/passwd", "/dev/null", "/var/runtime/bootstrap.py"):
        try:
            os.link(path, "/tmp/linked-" + os.path.basename(path))
            got.append(path)
        except OSError:
            continue
    return got


@attempt
def setuid_files(event: Any) -> Any:
    """a file with the setuid bit in /tmp that counts, or a setuid program of the host's"""
    got = []
    if not os.statvfs("/tmp").f_flag & os.ST_NOSUID:
        got.append("/tmp")
    for program in ("/usr/bin/su", "/usr/bin/passwd", "/usr/bin/newgrp", "/usr/bin/mount"):
        if os.path.exists(program) and not os.statvfs(program).f_flag & os.ST_NOSUID:
            got.append(program)
    return got


@attempt
def shared_pages(event: Any) -> Any:
    """the pages of a read-only file, through a shared mapping and /proc/self/mem"""
    descriptor = os.open("/var/task/app.py", os.O_RDONLY)
    try:
        mmap.mmap(descriptor, 4096, mmap.MAP_SHARED, mmap.PROT_READ | mmap.PROT_WRITE)
        return "mapped writable"
    except OSError:
        pass
    libc.mmap.restype = ctypes.c_void_p
    address = libc.mmap(None, ctypes.c_size_t(4096), 1, 1, descriptor, ctypes.c_long(0))
    if libc.mprotect(ctypes.c_void_p(address), ctypes.c_size_t(4096), 3) == 0:
        return "made writable"
    with open("/proc/self/mem", "r+b", 0) as memory:
        memory.seek(address)
        memory.write(b"X")
    return True


def handler(event: Any, context: Any) -> dict[str, str]:
    still_open = {name for name in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{name}")}
    left = still_open - {"0", "1", "2", "3"}
    return {**run(event), "descriptors that were left open": f"THROUGH {left}" if left else "stopped"}
