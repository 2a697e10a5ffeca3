"""Who came from a process, and what they hold, on hosts without pid namespaces.

On Linux the guardian of an environment adopts the orphans, so that the tree below it is whole and /proc tells all.
Elsewhere ``ps`` is asked: whoever has a parent or a process group in the tree belongs to it.
"""

import sys
from pathlib import Path
from typing import Protocol

from tutor.sandbox.watchdog import ProcessTree

_KB = 1024
_COLUMNS = ("pid", "ppid", "pgid", "rss")


class Processes(Protocol):
    """The processes below a first one, which is not counted."""

    def processes(self) -> list[int]:
        """Their process ids."""
        ...

    def held(self, limit: int) -> tuple[int, int, int]:
        """Bytes of (anonymous, shared, files') memory; may be rough far below the ``limit``."""
        ...

    def alone(self, runtime: int) -> bool:
        """Whether the runtime is known to be all there is, with a single thread."""
        ...

    def waits(self, runtime: int) -> bool:
        """Whether the runtime is known to sit in the reading of its line."""
        ...

    def running(self) -> list[int]:
        """Those that are not stopped, as far as can be known."""
        ...


class ListedProcesses:
    """The processes below a first one, by the list that ``ps`` gives. Pages that they share are counted twice."""

    def __init__(self, first: int) -> None:
        self._first = first
        self._groups: set[int] = set()

    def processes(self) -> list[int]:
        """Their process ids."""
        return list(self._members())

    def held(self, limit: int) -> tuple[int, int, int]:  # noqa: ARG002 # ps knows no better near the limit
        """Bytes of (resident, 0, 0): ps does not tell the kinds apart."""
        return sum(self._members().values()), 0, 0

    def alone(self, runtime: int) -> bool:  # noqa: ARG002 # ps counts no threads
        """Not known here."""
        return False

    def waits(self, runtime: int) -> bool:  # noqa: ARG002 # ps does not tell what a process does
        """Not known here."""
        return False

    def running(self) -> list[int]:
        """Not known here: none that is worth stopping again."""
        return []

    def _members(self) -> dict[int, int]:
        """Process id -> resident bytes."""
        rows = [row for row in _listed() if row[0] != self._first]
        found: dict[int, int] = {}
        size = -1
        while size < len(found):
            size = len(found)
            for pid, parent, group, resident in rows:
                if parent == self._first or parent in found or group in self._groups:
                    found[pid] = resident * _KB
                    self._groups.add(group)
            self._groups.discard(self._first)
        self._groups &= {group for pid, _, group, _ in rows if pid in found}
        return found


def _listed() -> list[list[int]]:
    """One row per process but ``ps`` itself: pid, parent, group, resident kB."""
    from subprocess import PIPE, Popen  # here, so that no runtime begins with it in its memory

    columns = [part for column in _COLUMNS for part in ("-o", f"{column}=")]
    with Popen(["ps", "-A", *columns], stdout=PIPE, text=True) as ps:
        rows = [[int(word) for word in line.split()] for line in ps.stdout or () if line.strip()]
    return [row for row in rows if row[0] != ps.pid]


class TreeOfProcesses(ProcessTree):
    """The processes below a first one that adopts their orphans."""

    def running(self) -> list[int]:
        """Those that are neither stopped nor dead."""
        return [pid for pid in self.processes() if _state(pid) not in (b"T", b"t", b"Z", b"X", b"")]


def _state(pid: int) -> bytes:
    """The letter that the kernel gives; empty for a process that has gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0]
    except (OSError, IndexError):
        return b""


def processes_of(first: int) -> Processes:
    """The processes below ``first``, by the best means of this host."""
    return TreeOfProcesses(first) if sys.platform == "linux" else ListedProcesses(first)
