"""The CPU share: the same work at 128 MB and at 1,769 MB, and how much of a core a busy handler gets."""

import json
import subprocess
from collections.abc import Iterator

from tests.bench.functions import function, python, quotas, told
from tests.bench.table import Row

_WORK = """
import time
def work(turns):
    began = time.perf_counter()
    total = 0
    for number in range(turns):
        total += number & 7
    return time.perf_counter() - began
"""
_HANDLER = _WORK + "\ndef handler(event, context):\n    return work(event)\n"
_FULL_S = 0.3
_VCPU = 1769


def rows(rounds: int) -> Iterator[Row]:
    """Seconds of the same work at two sizes and in a bare Python, taking turns."""
    turns = max(3, rounds // 8)
    size = int(1_000_000 * _FULL_S / _bare(1_000_000))
    made = {memory: function(_HANDLER, memory) for memory in (128, _VCPU)}
    taken: dict[int, list[float]] = {0: [], 128: [], _VCPU: []}
    for turn in range(turns):
        told(f"CPU: round {turn + 1} of {turns}")
        taken[0].append(_bare(size))
        for memory, one in made.items():
            payload = one.invoke(size).payload
            assert isinstance(payload, float)
            taken[memory].append(payload)
    for one in made.values():
        one.close()
    aim = quotas().memory_per_vcpu / 128
    yield Row("the same work at 128 MB: at most", "s", taken[128], "at 1,769 MB", taken[_VCPU], aim * 1.15)
    yield Row(
        "the same work at 128 MB: at least", "s", taken[128], "at 1,769 MB", taken[_VCPU], aim / 1.15, at_least=True
    )
    yield Row("the same work at 1,769 MB", "s", taken[_VCPU], "a bare Python", taken[0], 1.15)


def _bare(turns: int) -> float:
    program = f"{_WORK}\nprint(work({turns}))"
    ran = subprocess.run([python(), "-I", "-S", "-c", program], capture_output=True, text=True, check=True)
    return float(json.loads(ran.stdout))
