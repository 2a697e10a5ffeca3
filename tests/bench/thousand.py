"""A thousand environments, one after another: what has grown, and whether the last start is as fast as the first."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.functions import TRIVIAL, function, on_disk, python, run_ms, told
from tests.bench.table import Row
from tutor.sandbox import cgroup
from tutor.sandbox.nursery import nursery

_MANY = 1000
_SOME = 100
_EVERY = 10
_FIRST = 100  # until the heap has found its size
_REST_S = 0.5
_BARE = "python3 -I -S -c pass"
_GROWTH = {"RSS of tutor and zygote, KiB": 512, "descriptors": 0, "threads": 0, "groups": 0, "mounts": 0}


def rows(rounds: int) -> Iterator[Row]:
    """Growth of memory, descriptors, groups and mounts, and time per start, the last hundred against the first."""
    folder = on_disk(TRIVIAL)
    for _ in range(_FIRST):
        _start(folder)
    before = _held_at_rest()
    taken = []
    bare = []
    for number in range(_MANY):
        if number % _EVERY == 0:
            told(f"a thousand environments: {number}")
            bare.append(run_ms([python(), *_BARE.split()[1:]]))
        taken.append(_start(folder))
    after = _held_at_rest()
    relative = [took / bare[number // _EVERY] for number, took in enumerate(taken)]
    first, last = relative[:_SOME], relative[-_SOME:]
    yield Row("start and shutdown, each of 1,000", "ms", taken, _BARE, [one for one in bare for _ in range(_EVERY)])
    yield Row("the last 100 of them, in bare starts", "", last, "the first 100", first, 1.2)
    for what, aim in _GROWTH.items():
        yield Row(f"growth over 1,000: {what}", "", [after[what] - before[what]], "before", [before[what]], aim, "p50")


def _start(folder: Path) -> float:
    began = time.perf_counter()
    made = function(folder)
    if made.invoke({"n": 1}).payload != {"ok": True, "n": 1}:
        raise AssertionError
    made.close()
    return (time.perf_counter() - began) * 1000


def _held_at_rest() -> dict[str, int]:
    """What is held with as many environments made ahead as there ever are: they are made while nobody asks for one."""
    time.sleep(_REST_S)
    return _held()


def _held() -> dict[str, int]:
    ours = (os.getpid(), nursery().pid)
    return {
        "RSS of tutor and zygote, KiB": sum(_status(pid, "VmRSS:") for pid in ours),
        "descriptors": sum(len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in ours),
        "threads": sum(_status(pid, "Threads:") for pid in ours),
        "groups": sum(len(list(parent.glob(f"tutor-{os.getpid()}-*"))) for parent in set(cgroup.parents())),
        "mounts": sum(len(Path(f"/proc/{pid}/mountinfo").read_text().splitlines()) for pid in ours),
    }


def _status(pid: int, name: str) -> int:
    return int(Path(f"/proc/{pid}/status").read_text().split(name)[1].split()[0])
