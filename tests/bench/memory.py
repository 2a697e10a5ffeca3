"""What an idle environment keeps for itself: private memory of its processes, seen from outside."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.bench.functions import TRIVIAL, environment, python, told
from tests.bench.table import Row
from tutor.sandbox.environment import ExecutionEnvironment
from tutor.sandbox.nursery import nursery

_MIB = 1 << 20
_CROWD = 100


def rows(rounds: int) -> Iterator[Row]:
    """One environment after an invocation, then a hundred at once; beside them a bare idle Python."""
    told("memory")
    crowd: list[ExecutionEnvironment] = []
    before = _available()
    for number in range(_CROWD):
        one = environment(TRIVIAL)
        one.invoke({"n": number})
        crowd.append(one)
    single = [sum(map(private, family(one.first_process or 0))) / _MIB for one in crowd]
    taken = (before - _available()) / _MIB
    bare = [_bare() / _MIB]
    yield Row("private memory of an idle environment", "MiB", single, "an idle python3 -I -S", bare, 5.0, "p50")
    yield Row("private memory of a hundred", "MiB", [sum(single)], "an idle python3 -I -S", bare, 500.0, "p50")
    yield Row("a hundred, by the host's MemAvailable", "MiB", [taken])
    yield Row("the zygote, private", "MiB", [private(nursery().pid) / _MIB])
    for one in crowd:
        one.shutdown()


def family(first: int) -> list[int]:
    """A process and everything below it."""
    found = [first]
    for pid in found:
        try:
            for thread in Path(f"/proc/{pid}/task").iterdir():
                found += [int(child) for child in (thread / "children").read_text().split()]
        except OSError:
            continue
    return found


def private(pid: int) -> int:
    """Bytes that only this process holds."""
    return sum(
        int(line.split()[1]) * 1024
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        if line.startswith(("Private_Clean:", "Private_Dirty:"))
    )


def _available() -> int:
    text = Path("/proc/meminfo").read_text()
    return int(text.split("MemAvailable:")[1].split()[0]) * 1024


def _bare() -> int:
    command = [python(), "-I", "-S", "-c", "print(flush=True); input()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        found = private(process.pid)
        process.communicate(b"\n")
    return found
