"""Memory held by a process tree, measured from outside through /proc, for hosts without a usable control group.

Orphans stay in the tree: in a pid namespace they become children of its first process. A quick sum counts shared
pages twice; only when that sum passes the limit are they counted once, which costs more.
"""

import os

_KB = 1024


class ProcessTree:
    """The processes below the first process of a pid namespace, seen through the host's /proc."""

    def __init__(self, first: int) -> None:
        self.first = first

    def processes(self) -> list[int]:
        """The host's process ids of everything below the first process."""
        return self._below(self.first)

    def held(self, limit: int) -> tuple[int, int, int]:
        """Bytes of (anonymous, shared, files') memory of the tree; exact about sharing only near the ``limit``."""
        processes = self._below(self.first)
        anonymous = shared = files = 0
        found = [self._status(pid) for pid in processes]
        if len(found) > 1 and sum(map(sum, found)) > limit:
            found = [self._proportional(pid) for pid in processes]
            files = sum(part[2] for part in found)
        else:
            files = max((part[2] for part in found), default=0)
        for part in found:
            anonymous += part[0]
            shared += part[1]
        return anonymous, shared, files

    def alone(self, runtime: int) -> bool:
        """Whether the runtime is all there is below the first process, with no thread but its main one."""
        try:
            threads = os.stat(f"/proc/{runtime}/task").st_nlink - 2
        except OSError:
            return False
        return (
            threads == 1
            and not self._read(f"{runtime}/task/{runtime}/children")
            and self._read(f"{self.first}/task/{self.first}/children").split() == [str(runtime)]
        )

    def runtime(self) -> int:
        """The host's process id of the first process' first child."""
        return int(self._read(f"{self.first}/task/{self.first}/children").split()[0])

    def files(self) -> int:
        """Bytes of mapped files, those of the process that has most of them: the others map much the same."""
        return max((self._status(pid)[2] for pid in self._below(self.first)), default=0)

    def _read(self, path: str) -> str:
        try:
            descriptor = os.open(f"/proc/{path}", os.O_RDONLY | os.O_CLOEXEC)
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
            return os.listdir(f"/proc/{pid}/task")
        except OSError:
            return []

    def _status(self, pid: int) -> tuple[int, int, int]:
        text = self._read(f"{pid}/status")
        return _value(text, "RssAnon:"), _value(text, "RssShmem:"), _value(text, "RssFile:")

    def _proportional(self, pid: int) -> tuple[int, int, int]:
        text = self._read(f"{pid}/smaps_rollup")
        if "Pss_Anon:" not in text:
            return self._status(pid)
        return _value(text, "Pss_Anon:"), _value(text, "Pss_Shmem:"), _value(text, "Pss_File:")


def _value(text: str, name: str) -> int:
    """A size in bytes from a file of /proc that gives it in kB; 0 where it is missing."""
    start = text.find(name)
    return int(text[start + len(name) : start + 40].split()[0]) * _KB if start >= 0 else 0
