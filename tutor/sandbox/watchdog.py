"""Memory held by a process tree, measured from outside through /proc, for hosts without a usable control group.

Orphans stay in the tree: in a pid namespace they become children of its first process. A quick sum counts shared
pages twice; only when that sum passes the limit are they counted once, which costs more.
"""

import os
from collections.abc import Iterable

_KB = 1024


class ProcessTree:
    """The processes below the first process of a pid namespace, seen through a descriptor of the host's /proc."""

    mechanism = "watchdog"

    def __init__(self, proc: int) -> None:
        self._proc = proc
        self.first: int | None = None

    def held(self, limit: int) -> tuple[int, int]:
        """Bytes of (anonymous, shared) memory that the tree holds; exact about sharing only near the ``limit``."""
        processes = self._below(self.first) if self.first else []
        quick = _total(self._status(pid) for pid in processes)
        if sum(quick) <= limit or len(processes) == 1:
            return quick
        return _total(self._proportional(pid) for pid in processes)

    def _read(self, path: str) -> str:
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC, dir_fd=self._proc)
        except OSError:
            return ""
        try:
            return os.read(descriptor, 65536).decode()
        except OSError:
            return ""
        finally:
            os.close(descriptor)

    def _below(self, pid: int) -> list[int]:
        found: list[int] = []
        waiting = [pid]
        while waiting:
            parent = waiting.pop()
            for thread in self._threads(parent):
                children = [int(child) for child in self._read(f"{parent}/task/{thread}/children").split()]
                found += children
                waiting += children
        return found

    def _threads(self, pid: int) -> list[str]:
        try:
            descriptor = os.open(f"{pid}/task", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=self._proc)
        except OSError:
            return []
        try:
            return os.listdir(descriptor)
        except OSError:
            return []
        finally:
            os.close(descriptor)

    def _status(self, pid: int) -> tuple[int, int]:
        text = self._read(f"{pid}/status")
        return _value(text, "RssAnon:"), _value(text, "RssShmem:")

    def _proportional(self, pid: int) -> tuple[int, int]:
        text = self._read(f"{pid}/smaps_rollup")
        if "Pss_Anon:" not in text:
            return self._status(pid)
        return _value(text, "Pss_Anon:"), _value(text, "Pss_Shmem:")


def _value(text: str, name: str) -> int:
    """A size in bytes from a file of /proc that gives it in kB; 0 where it is missing."""
    for line in text.splitlines():
        if line.startswith(name):
            return int(line.split()[1]) * _KB
    return 0


def _total(parts: Iterable[tuple[int, int]]) -> tuple[int, int]:
    anonymous = shared = 0
    for part in parts:
        anonymous += part[0]
        shared += part[1]
    return anonymous, shared
