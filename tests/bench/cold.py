"""Cold starts: nothing runs for the function, its code is on disk, and the clock stops at the first response.

Each round begins with the baseline, so the zygote has the pause in which it makes empty environments ahead; the row
"one after another" gives it none.
"""

import importlib.util
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.bench.functions import TRIVIAL, VCPU_MB, function, on_disk, python, run_ms, told
from tests.bench.table import Row
from tutor.sandbox.interpreter import runtime_files

_CLIENT = "boto3.client('s3', region_name='us-east-1', aws_access_key_id='x', aws_secret_access_key='x')"
_BOTO3 = f"import boto3\nclient = {_CLIENT}\n{TRIVIAL}"
_BARE = "python3 -I -S -c pass"


def rows(rounds: int) -> Iterator[Row]:
    """The trivial handler at one vCPU and at 128 MB, back to back, and one that imports boto3."""
    yield from _trivial(rounds)
    if importlib.util.find_spec("boto3"):
        yield from _boto3(max(3, rounds // 4))


def _cold(folder: Path, memory_size: int) -> float:
    began = time.perf_counter()
    made = function(folder, memory_size)
    answer = made.invoke({"n": 7}).payload
    took = (time.perf_counter() - began) * 1000
    made.close()
    if answer != {"ok": True, "n": 7}:
        raise AssertionError(answer)
    return took


def _turns(subjects: dict[str, Callable[[], float]], rounds: int, word: str) -> dict[str, list[float]]:
    """Every subject once a round, in shuffled order; round 0 is thrown away."""
    taken: dict[str, list[float]] = {name: [] for name in subjects}
    for turn in range(rounds + 1):
        told(f"{word}: round {turn} of {rounds}")
        for name in random.sample(list(subjects), len(subjects)):
            taken[name].append(subjects[name]())
            time.sleep(0.02)
    return {name: samples[1:] for name, samples in taken.items()}


def _trivial(rounds: int) -> Iterator[Row]:
    folder = on_disk(TRIVIAL)
    subjects: dict[str, Callable[[], float]] = {
        "bare": lambda: run_ms([python(), "-I", "-S", "-c", "pass"]),
        "full": lambda: _cold(folder, VCPU_MB),
        "small": lambda: _cold(folder, 128),
        "crowd": lambda: sum(_cold(folder, VCPU_MB) for _ in range(6)) / 6,
    }
    taken = _turns(subjects, rounds, "cold start")
    yield Row("cold start, trivial", "ms", taken["full"], _BARE, taken["bare"], 1.0)
    yield Row("cold start, trivial, 128 MB", "ms", taken["small"], _BARE, taken["bare"])
    yield Row("cold starts one after another, each", "ms", taken["crowd"], _BARE, taken["bare"])


def _boto3(rounds: int) -> Iterator[Row]:
    folder = on_disk(_BOTO3)
    packages = on_disk("")
    for name, source in runtime_files():
        if not name.startswith("bootstrap"):
            (packages / name).symlink_to(source)
    plain = f"import sys; sys.path.append({str(packages)!r}); import boto3; {_CLIENT}"
    subjects: dict[str, Callable[[], float]] = {
        "plain": lambda: run_ms([python(), "-I", "-S", "-c", plain]),
        "full": lambda: _cold(folder, VCPU_MB),
    }
    taken = _turns(subjects, rounds, "cold start with boto3")
    yield Row("cold start, boto3 and a client", "ms", taken["full"], "plain Python doing the same", taken["plain"], 1.1)
