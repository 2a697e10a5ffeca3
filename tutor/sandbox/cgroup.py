"""Memory held by a control group: version 2 where its memory controller can be used, else version 1.

The kernel counts every process of the tree, also one that nobody can see. What lies in ``/tmp`` is a disk's, not
memory's: it is counted by the file system and left out. The group's hard limit is the function's memory and its
``/tmp`` together, so that filling ``/tmp`` is no reason to be killed; the supervisor kills at the function's memory.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

_ROOT = Path("/sys/fs/cgroup")
_PREFIX = "tutor-"


@dataclass(frozen=True)
class Dialect:
    """The file names of one cgroup version."""

    mechanism: str
    limit: str
    anonymous: str
    shared: str
    kills_file: str


V1 = Dialect("cgroup-v1", "memory.limit_in_bytes", "total_rss", "total_shmem", "memory.oom_control")
V2 = Dialect("cgroup-v2", "memory.max", "anon", "shmem", "memory.events")


def _own_groups() -> dict[str, str]:
    """Controller ('' for version 2) -> this process' group, from /proc/self/cgroup."""
    try:
        lines = Path("/proc/self/cgroup").read_text().splitlines()
    except OSError:
        return {}
    found: dict[str, str] = {}
    for line in lines:
        _, controllers, path = line.split(":", 2)
        for controller in controllers.split(","):
            found[controller] = path.lstrip("/")
    return found


def _parents() -> Iterator[tuple[Dialect, Path]]:
    """Where a group could be made, best first: below one's own group, then at the top of the hierarchy."""
    own = _own_groups()
    for root in (_ROOT, _ROOT / "unified"):
        for place in dict.fromkeys((root / own.get("", ""), root)):
            if _offers_memory(place):
                yield V2, place
    v1 = _ROOT / "memory"
    for place in dict.fromkeys((v1 / own.get("memory", ""), v1)):
        if (place / V1.limit).exists() or (place / V1.kills_file).exists():
            yield V1, place


def _offers_memory(place: Path) -> bool:
    try:
        return "memory" in (place / "cgroup.subtree_control").read_text().split()
    except OSError:
        return False


class MemoryGroup:
    """A memory group of its own for one environment. It is removed by ``close``, and by whoever outlives it."""

    def __init__(self, dialect: Dialect, path: Path) -> None:
        self.dialect = dialect
        self.path = path
        self._stat = os.open(path / "memory.stat", os.O_RDONLY | os.O_CLOEXEC)
        self._kills = os.open(path / dialect.kills_file, os.O_RDONLY | os.O_CLOEXEC)
        self.entrance = os.open(path / "cgroup.procs", os.O_WRONLY | os.O_CLOEXEC)
        self._parent = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)

    @property
    def mechanism(self) -> str:
        """``cgroup-v1`` or ``cgroup-v2``."""
        return self.dialect.mechanism

    def held(self, limit: int) -> tuple[int, int]:  # noqa: ARG002 # the kernel is exact whatever the limit
        """Bytes of (anonymous, shared) memory of everything in the group; what lies in ``/tmp`` counts as shared."""
        values = dict(line.split(" ", 1) for line in os.pread(self._stat, 8192, 0).decode().splitlines())
        return int(values[self.dialect.anonymous]), int(values.get(self.dialect.shared, 0))

    def kills(self) -> int:
        """How many processes the kernel itself has killed for want of memory."""
        for line in os.pread(self._kills, 1024, 0).decode().splitlines():
            name, _, value = line.partition(" ")
            if name == "oom_kill":
                return int(value)
        return 0

    def close(self) -> None:
        """Remove the group. Its processes must be gone."""
        for descriptor in (self._stat, self._kills, self.entrance):
            os.close(descriptor)
        try:
            os.rmdir(self.path.name, dir_fd=self._parent)
        except OSError:
            pass
        os.close(self._parent)


def make_group(limit: int) -> MemoryGroup | None:
    """A new group with a hard limit in bytes, or None where this user may not make one."""
    for dialect, parent in _parents():
        path = parent / f"{_PREFIX}{os.getpid()}-{token_hex(4)}"
        try:
            path.mkdir()
        except OSError:
            continue
        try:
            (path / dialect.limit).write_text(str(limit))
            return MemoryGroup(dialect, path)
        except OSError:
            path.rmdir()
    return None


def available() -> str | None:
    """The mechanism that ``make_group`` would give here, tried for real; None where there is none."""
    group = make_group(1 << 30)
    if group is None:
        return None
    mechanism = group.mechanism
    group.close()
    return mechanism


def sweep() -> None:
    """Remove groups whose maker is gone (it was killed before it could): their name holds its pid."""
    for _, parent in _parents():
        for path in parent.glob(f"{_PREFIX}*-*"):
            maker = path.name.removeprefix(_PREFIX).partition("-")[0]
            if maker.isdigit() and not Path(f"/proc/{maker}").exists():
                try:
                    path.rmdir()
                except OSError:
                    continue
