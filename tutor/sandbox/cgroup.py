"""Control groups: memory counted by the kernel and CPU time shared by it; version 2 where it can be used, else 1.

The kernel counts every process of the tree, also one that nobody can see. What lies in ``/tmp`` is a disk's, not
memory's: it is counted by the file system and left out. The group's hard limit is the function's memory and its
``/tmp`` together, so that filling ``/tmp`` is no reason to be killed; the tutor kills at the function's memory.
"""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from errno import ENODEV
from pathlib import Path
from secrets import token_hex

_ROOT = Path("/sys/fs/cgroup")
_PREFIX = "tutor-"
_PERIOD_US = 20_000
_LEAST_QUOTA_US = 1_000
_PATIENCE_S = 10


@dataclass(frozen=True)
class Dialect:
    """The file names of one cgroup version."""

    mechanism: str
    limit: str
    anonymous: str
    shared: str
    kills_file: str
    cpu_file: str
    weight_file: str
    usual_weight: str
    most_weight: str


V1 = Dialect(
    "cgroup-v1", "memory.limit_in_bytes", "total_rss", "total_shmem", "memory.oom_control", "cpu.cfs_quota_us",
    "cpu.shares", "1024", "262144",
)  # fmt: skip
V2 = Dialect(
    "cgroup-v2", "memory.max", "anon", "shmem", "memory.events", "cpu.max", "cpu.weight", "100", "10000"
)  # fmt: skip


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


def _parents(controller: str) -> Iterator[tuple[Dialect, Path]]:
    """Where a group could be made, best first: below one's own group, then at the top of the hierarchy."""
    own = _own_groups()
    for root in (_ROOT, _ROOT / "unified"):
        for place in dict.fromkeys((root / own.get("", ""), root)):
            if _offers(place, controller):
                yield V2, place
    v1 = _ROOT / controller
    for place in dict.fromkeys((v1 / own.get(controller, ""), v1)):
        if (place / "cgroup.procs").exists():
            yield V1, place


def _offers(place: Path, controller: str) -> bool:
    try:
        return controller in (place / "cgroup.subtree_control").read_text().split()
    except OSError:
        return False


def new_name() -> str:
    """A name for the groups of one environment; it holds this process' id, so that others know whose they are."""
    return f"{_PREFIX}{os.getpid()}-{token_hex(4)}"


def _make(controller: str, name: str, wanted: Path | None = None) -> tuple[Dialect, Path] | None:
    """A new, empty group for a controller, or None where this user may not make one."""
    for dialect, parent in _parents(controller):
        path = parent / name
        if wanted is not None and dialect is V2:
            return V2, wanted
        try:
            path.mkdir()
        except OSError:
            continue
        return dialect, path
    return None


def _text(descriptor: int) -> str:
    """What a file of a group says; nothing once the group is gone."""
    try:
        return os.pread(descriptor, 8192, 0).decode()
    except OSError as error:
        if error.errno != ENODEV:
            raise
        return ""


class MemoryGroup:
    """The memory of one environment."""

    def __init__(self, dialect: Dialect, path: Path) -> None:
        self.dialect = dialect
        self.path = path
        self._stat = os.open(path / "memory.stat", os.O_RDONLY | os.O_CLOEXEC)
        self._kills = os.open(path / dialect.kills_file, os.O_RDONLY | os.O_CLOEXEC)
        kernels = path / "memory.kmem.usage_in_bytes"
        self._kernels = os.open(kernels, os.O_RDONLY | os.O_CLOEXEC) if kernels.exists() else -1

    @property
    def mechanism(self) -> str:
        """``cgroup-v1`` or ``cgroup-v2``."""
        return self.dialect.mechanism

    def limit(self, size: int) -> None:
        """The hard limit in bytes."""
        (self.path / self.dialect.limit).write_text(str(size))

    def held(self) -> tuple[int, int]:
        """Bytes of (anonymous, shared) memory of everything in the group; what lies in ``/tmp`` counts as shared."""
        values = dict(line.split(" ", 1) for line in _text(self._stat).splitlines())
        return int(values.get(self.dialect.anonymous, 0)), int(values.get(self.dialect.shared, 0))

    def kernels(self) -> int:
        """Bytes that the kernel itself holds for the group: page tables, pipes, sockets, files' names."""
        if self._kernels >= 0:
            return int(_text(self._kernels) or 0)
        values = dict(line.split(" ", 1) for line in _text(self._stat).splitlines())
        return int(values.get("kernel", 0)) + int(values.get("sock", 0))

    def kills(self) -> int:
        """How many processes the kernel itself has killed for want of memory."""
        for line in _text(self._kills).splitlines():
            name, _, value = line.partition(" ")
            if name == "oom_kill":
                return int(value)
        return 0

    def close(self) -> None:
        """Give the descriptors back."""
        for descriptor in (self._stat, self._kills, self._kernels):
            if descriptor >= 0:
                os.close(descriptor)


class CpuGroup:
    """The CPU share of one environment."""

    def __init__(self, dialect: Dialect, path: Path) -> None:
        self.dialect = dialect
        self.path = path
        self._hurries = False
        if dialect is V1:
            (path / "cpu.cfs_period_us").write_text(str(_PERIOD_US))

    @property
    def mechanism(self) -> str:
        """``cgroup-v1`` or ``cgroup-v2``."""
        return self.dialect.mechanism

    def share(self, vcpu: float | None) -> None:
        """At most ``vcpu`` processors' worth of time from now on; None lets go. A group that has gone needs none."""
        quota = None if vcpu is None else max(_LEAST_QUOTA_US, round(vcpu * _PERIOD_US))
        if self.dialect is V1:
            text = "-1" if quota is None else str(quota)
        else:
            text = f"{'max' if quota is None else quota} {_PERIOD_US}"
        self._write(self.dialect.cpu_file, text)
        if self._hurries:
            self._hurries = False
            self._write(self.dialect.weight_file, self.dialect.usual_weight)

    def hurry(self) -> None:
        """All of it is to end: without a limit, and before whatever else the host does, until the next share."""
        self.share(None)
        self._hurries = True
        self._write(self.dialect.weight_file, self.dialect.most_weight)

    def _write(self, name: str, text: str) -> None:
        try:
            (self.path / name).write_text(text)
        except FileNotFoundError:
            pass


class PidsGroup:
    """The processes and threads of one environment."""

    def __init__(self, dialect: Dialect, path: Path) -> None:
        self.dialect = dialect
        self.path = path
        self._current = os.open(path / "pids.current", os.O_RDONLY | os.O_CLOEXEC)

    @property
    def mechanism(self) -> str:
        """``cgroup-v1`` or ``cgroup-v2``."""
        return self.dialect.mechanism

    def limit(self, most: int) -> None:
        """At most so many processes and threads together."""
        (self.path / "pids.max").write_text(str(most))

    def count(self) -> int:
        """How many there are now."""
        return int(_text(self._current) or 0)

    def close(self) -> None:
        """Give the descriptor back."""
        os.close(self._current)


class Groups:
    """The control groups of one environment. Whoever outlives it removes them; a later tutor sweeps what is left."""

    def __init__(self, memory: MemoryGroup | None, cpu: CpuGroup | None, pids: PidsGroup | None) -> None:
        self.memory = memory
        self.cpu = cpu
        self.pids = pids
        self.paths = list(dict.fromkeys(group.path for group in (memory, cpu, pids) if group))
        self.entrances = [os.open(path / "cgroup.procs", os.O_WRONLY | os.O_CLOEXEC) for path in self.paths]

    @property
    def name(self) -> str:
        """The name of its folder in every hierarchy."""
        return self.paths[0].name

    def close_entrances(self) -> None:
        """Nobody else comes in: everything in the environment is forked inside the groups."""
        for entrance in self.entrances:
            os.close(entrance)
        self.entrances = []

    def remove(self) -> None:
        """Remove the groups as soon as the last of their processes has gone; nobody asks them any more."""
        if self.memory:
            self.memory.close()
            self.memory = None
        if self.pids:
            self.pids.close()
            self.pids = None
        self.take_away()

    def take_away(self) -> None:
        """Remove the folders alone: whoever still asks the groups finds them empty."""
        deadline = time.monotonic() + _PATIENCE_S
        for path in self.paths:
            while path.is_dir() and time.monotonic() < deadline:
                try:
                    path.rmdir()
                except OSError:
                    time.sleep(0.002)


def parents() -> list[Path]:
    """The folders in which ``make_groups`` makes groups, memory first; each once."""
    groups = make_groups(new_name())
    if groups is None:
        return []
    groups.close_entrances()
    groups.remove()
    return [path.parent for path in groups.paths]


def make_groups(name: str) -> Groups | None:
    """New groups without limits yet, or None where this user may make none."""
    memory = _make("memory", name)
    unified = memory[1] if memory and memory[0] is V2 else None
    cpu, pids = _make("cpu", name, unified), _make("pids", name, unified)
    if memory is None and cpu is None and pids is None:
        return None
    return Groups(
        MemoryGroup(*memory) if memory else None,
        CpuGroup(*cpu) if cpu else None,
        PidsGroup(*pids) if pids else None,
    )


def available() -> dict[str, str]:
    """Limit -> the mechanism that ``make_groups`` gives here for it, tried for real."""
    groups = make_groups(new_name())
    if groups is None:
        return {}
    groups.close_entrances()
    parts = {"memory": groups.memory, "cpu": groups.cpu, "processes": groups.pids}
    found = {limit: group.mechanism for limit, group in parts.items() if group}
    groups.remove()
    return found


def sweep() -> None:
    """Remove groups whose maker is gone (it was killed before it could): their name holds its pid."""
    for controller in ("memory", "cpu", "pids"):
        for _, parent in _parents(controller):
            for path in parent.glob(f"{_PREFIX}*-*"):
                maker = path.name.removeprefix(_PREFIX).partition("-")[0]
                if maker.isdigit() and not Path(f"/proc/{maker}").exists():
                    try:
                        path.rmdir()
                    except OSError:
                        continue
