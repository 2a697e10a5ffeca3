"""Memory held by a process tree, measured from outside through /proc.

In a pid namespace everything in it belongs to the tree, orphans too; elsewhere the tree is walked. A single process is
asked for what it has resident. Of several the kernel tells each page's share, so that a page that they share counts
once; the pages shared with the zygote too, whose other holders are told apart by what the runtime showed while it was
alone. Counted files are those that are mapped.
"""

import os
import platform
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_KB = 1024
_NEWS = 2 << 20
_TRIES = 3
_MANY = 64
_LOOKS = 30
_READ, _LINE = {"x86_64": "0", "aarch64": "63"}, "0x3"  # the call's number, and the runtime's descriptor
_CATCHABLE = 0x7FFFFFFF  # all signals but the C library's own
_LONGEST_LOOK_S = 0.2
_TABLES = 16 << 20  # page tables of which no honest process needs more
_IN_MEMORY = ("/memfd:", "/dev/zero", "/SYSV")
Region = tuple[str, str, str]  # device, inode, offset


@dataclass(frozen=True)
class Look:
    """What a tree held when it was looked at, in bytes; what lies on the disk (``/tmp``) is left out.

    ``highest`` is the most that one process of it has had resident at once since it began, the disk's pages included.
    ``alone`` is the folder of /proc of a process that is the only one.
    """

    anonymous: int
    shared: int
    files: int
    highest: int
    alone: str = ""


@dataclass(frozen=True)
class _Status:
    anonymous: int
    shared: int
    files: int
    highest: int
    threads: int


class ProcessTree:
    """The processes below a first one, which is not counted.

    ``disk`` is the device number of ``/tmp`` where that is no part of memory; ``begun_with`` are the bytes of anonymous
    memory that the runtime has in common with the zygote, as far as is known before it was looked at.
    """

    def __init__(self, first: int, disk: int = -1, begun_with: int = 0) -> None:
        self.first = first
        self._disk = f"{os.major(disk):02x}:{os.minor(disk):02x}" if disk >= 0 else ""
        self._begun_with = begun_with
        self._zygotes = begun_with * 2 // 3
        self._others = 2.0  # how many outside of the tree hold a page of the zygote's, on the average
        self._known = ("", 0)
        self._most = 0
        self._files: dict[str, tuple[int, dict[Region, int]]] = {}
        self._until = 0.0
        self._turn = 0
        self._single = False
        self.crowded = False  # whether there was more than one thread when it was looked at last
        self._runtime = 0
        self._namespaced = _pid_namespace(first) != _pid_namespace(os.getpid())

    def processes(self) -> list[int]:
        """The host's process ids of everything below the first process."""
        return self._below(self.first)

    def held(self, limit: int) -> tuple[int, int, int]:  # noqa: ARG002 # as exact far below the limit
        """Bytes of (anonymous, shared, files') memory of the tree."""
        look = self.look()
        return look.anonymous, look.shared, look.files

    def count(self) -> int:
        """How many processes there are below the first one."""
        return len(self._members())

    def look(self, *, counted_elsewhere: bool = False) -> Look:
        """What the tree holds now; anonymous and shared memory of several processes only where nobody else counts."""
        self._until = time.monotonic() + _LONGEST_LOOK_S
        found = {path: _status(path) for path in self._in_time(self._members())}
        self._single = len(found) == 1
        self.crowded = len(found) > 1 or any(status.threads > 1 for status in found.values())
        highest = max((status.highest for status in found.values()), default=0)
        if len(found) > 1:
            anonymous, shared = (0, 0) if counted_elsewhere else self._several(list(found))
            return Look(anonymous, shared, self._mapped(found), highest)
        for path, status in found.items():
            if counted_elsewhere:
                return Look(status.anonymous, 0, status.files, highest, path)
            self._acquaint(path, status.anonymous)
            return Look(status.anonymous, self._shared([path], status.shared), status.files, highest, path)
        return Look(0, 0, 0, 0)

    def alone(self, runtime: int) -> bool:
        """Whether the runtime is all there is below the first process, with no thread but its main one."""
        try:
            threads = os.stat(f"/proc/{runtime}/task").st_nlink - 2
        except OSError:
            return False
        return (
            threads == 1
            and not _read(f"/proc/{runtime}/task/{runtime}/children")
            and _read(f"/proc/{self.first}/task/{self.first}/children").split() == [str(runtime)]
        )

    @staticmethod
    def waits(runtime: int) -> bool:
        """Whether the runtime sits in the reading of its line, not stopped, and has no signal that would wake it up.

        An answer alone does not tell: a handler may have given it itself, or set an alarm.
        """
        if not _reads(f"/proc/{runtime}/syscall", f"{_READ.get(platform.machine(), '')} {_LINE} ".encode()):
            return False
        status = _read(f"/proc/{runtime}/status", pieces=1)
        start = status.find("SigCgt:")
        return start >= 0 and "State:\tS" in status and int(status[start + 7 : start + 25], 16) & _CATCHABLE == 0

    def runtime(self) -> int:
        """The host's process id of the first process' first child; 0 where it has ended already."""
        self._runtime = int(next(iter(_read(f"/proc/{self.first}/task/{self.first}/children").split()), 0))
        return self._runtime

    def spent(self) -> float | None:
        """CPU seconds of the runtime, where it was alone when it was looked at; to start another takes it some more."""
        if not self._single or not self._runtime:
            return None
        try:
            return time.clock_gettime(~self._runtime << 3 | 2)  # another process' clock: clock_getcpuclockid(3)
        except OSError:
            return None

    def _in_time(self, paths: Iterable[str]) -> Iterator[str]:
        """The paths, as far as there is time: a flood of processes holds no timeout up. Others come first each time."""
        listed = list(paths)
        if len(listed) > _MANY:
            self._turn = (self._turn + _MANY) % len(listed)
            listed = listed[self._turn :] + listed[: self._turn]
        for path in listed:
            if time.monotonic() > self._until:
                return
            yield path

    def _several(self, paths: list[str]) -> tuple[int, int]:
        """(Anonymous, shared) memory; what forks, ends or lets go while it is summed up counts twice, so sum up again.

        Below what was seen before that would change nothing.
        """
        lowest = self._proportional(paths)
        for _ in range(_TRIES):
            if time.monotonic() > self._until:
                break
            now = self._members()
            if sum(lowest) <= self._most and now == paths:
                break
            again = self._proportional(now)
            close = abs(sum(again) - sum(lowest)) < _NEWS // 4 and now == paths
            paths, lowest = now, min(lowest, again)
            if close:
                break
        self._most = max(self._most, sum(lowest))
        return lowest

    def _proportional(self, paths: list[str]) -> tuple[int, int]:
        """(Anonymous, shared) memory of several processes, each page once."""
        counted = [_read(f"{path}/smaps_rollup") for path in self._in_time(paths)]
        anonymous = sum(_value(text, "Pss_Anon:") for text in counted)
        missing = self._zygotes * self._others / (len(paths) + self._others)
        shared = self._shared(paths, sum(_value(text, "Pss_Shmem:") for text in counted))
        return anonymous + round(missing), shared

    def _acquaint(self, path: str, anonymous: int) -> None:
        """A runtime that is alone shows what it shares with the zygote, the less the more it has written since."""
        if path == self._known[0] and abs(anonymous - self._known[1]) < _NEWS:
            return
        text = _read(f"{path}/smaps_rollup")
        if self._members() != [path]:
            return  # it has forked meanwhile: what it shares is its children's
        own = _value(text, "Private_Dirty:") - _value(text, "Pss_Shmem:")
        common = min(self._begun_with, max(0, _value(text, "Anonymous:") - own))
        share = _value(text, "Pss_Anon:") - own
        self._known, self._zygotes = (path, anonymous), common
        self._others = max(1.0, common / share - 1) if share > 0 else 2.0

    def _shared(self, paths: list[str], proportional: int) -> int:
        """Shared memory without the disk's pages; a file in memory that nobody maps cannot be made in this tier."""
        if not proportional:
            return 0
        regions = (region for path in self._in_time(paths) for region in _regions(path))
        disk = sum(sizes["Pss"] - sizes["Anonymous"] for device, _, _, _, sizes in regions if device == self._disk)
        return max(0, proportional - disk)

    def _mapped(self, found: dict[str, _Status]) -> int:
        """Pages of mapped files, each once. Processes that run the same program map much the same."""
        most: dict[str, tuple[int, str]] = {}
        for path, status in found.items():
            program = _program(path)
            most[program] = max(most.get(program, (0, "")), (status.files, path))
        if len(most) == 1:
            return next(iter(most.values()))[0]
        files: dict[str, tuple[int, dict[Region, int]]] = {}
        for size, path in most.values():
            before = self._files.get(path)
            files[path] = before if before and before[0] == size else (size, self._file_regions(path))
        self._files = files
        union: dict[Region, int] = {}
        for _, regions in files.values():
            for region, size in regions.items():
                union[region] = max(size, union.get(region, 0))
        return sum(union.values())

    def _file_regions(self, path: str) -> dict[Region, int]:
        found: dict[Region, int] = {}
        for device, inode, offset, name, sizes in _regions(path):
            if inode != "0" and device != self._disk and not name.startswith(_IN_MEMORY):
                found[device, inode, offset] = max(0, sizes["Rss"] - sizes["Anonymous"])
        return found

    def _members(self) -> list[str]:
        """The folders of /proc of everything below the first process."""
        if not self._namespaced:
            return [f"/proc/{pid}" for pid in self._below(self.first)]
        inside = f"/proc/{self.first}/root/proc"
        return [f"{inside}/{name}" for name in _names(inside) if name.isdigit() and name != "1"]

    def _below(self, pid: int) -> list[int]:
        found: list[int] = []
        waiting = [pid]
        while waiting:
            parent = waiting.pop()
            for thread in _names(f"/proc/{parent}/task"):
                children = [int(child) for child in _read(f"/proc/{parent}/task/{thread}/children").split()]
                found += children
                waiting += children
        return found


def _pid_namespace(pid: int) -> str:
    try:
        return os.readlink(f"/proc/{pid}/ns/pid")
    except OSError:
        return ""


def _program(path: str) -> str:
    try:
        return os.readlink(f"{path}/exe")
    except OSError:
        return ""


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _read(path: str, pieces: int = 0) -> str:
    """What a file of /proc says; in so many ``pieces`` where it is known to come in them."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return ""
    try:
        found = [os.read(descriptor, 1 << 16) for _ in range(pieces)]
        found += [] if pieces else iter(lambda: os.read(descriptor, 1 << 16), b"")
        return b"".join(found).decode(errors="replace")
    except OSError:
        return ""
    finally:
        os.close(descriptor)


def anonymous(path: str) -> int:
    """Bytes of anonymous memory of one process, given its folder of /proc."""
    return _value(_read(f"{path}/status", pieces=1), "RssAnon:")


def _status(path: str) -> _Status:
    text = _read(f"{path}/status", pieces=1)
    anonymous, shared, files, highest = (
        _value(text, f"{name}:") for name in ("RssAnon", "RssShmem", "RssFile", "VmHWM")
    )
    tables = max(0, _value(text, "VmPTE:") - _TABLES)
    return _Status(anonymous + tables, shared, files, highest, _number(text, "Threads:"))


def _regions(path: str) -> list[tuple[str, str, str, str, dict[str, int]]]:
    """(device, inode, offset, name, sizes in bytes) of each mapping of a file."""
    found = []
    sizes: dict[str, int] = {}
    for line in _read(f"{path}/smaps").splitlines():
        name, _, rest = line.partition(" ")
        if name.endswith(":"):
            if name in ("Rss:", "Pss:", "Anonymous:"):
                sizes[name[:-1]] = int(rest.split()[0]) * _KB
            continue
        _, offset, device, inode, *file = rest.split(maxsplit=4)
        sizes = {"Rss": 0, "Pss": 0, "Anonymous": 0}
        if inode != "0":
            found.append((device, inode, offset, "".join(file), sizes))
    return found


def _reads(path: str, wanted: bytes) -> bool:
    """Whether a process comes to the system call that is wanted within the moment that an honest one needs for it."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        for _ in range(_LOOKS):
            if os.pread(descriptor, 256, 0).startswith(wanted):
                return True
            os.sched_yield()
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return False


def _value(text: str, name: str) -> int:
    """A size in bytes from a file of /proc that gives it in kB; 0 where it is missing."""
    return _number(text, name) * _KB


def _number(text: str, name: str) -> int:
    start = text.find(name)
    return int(text[start + len(name) : start + 40].split()[0]) if start >= 0 else 0
