"""The CPU share: the same work at 128 MB and at 1,769 MB, and how much of a processor the smallest function gets.

On a busy host the whole processor of the larger one is not to be had, and the first ratio is too small; the share of
the smaller one is the kernel's count and stays true.
"""

import json
import subprocess
from collections.abc import Iterator

from tests.bench.functions import function, python, quotas, told
from tests.bench.table import Row
from tutor.sandbox.functions import SandboxedFunction

_WORK = """
import time
def work(turns):
    began, spent = time.perf_counter(), time.process_time()
    total = 0
    for number in range(turns):
        total += number & 7
    return time.perf_counter() - began, time.process_time() - spent
"""
_HANDLER = _WORK + "\ndef handler(event, context):\n    return work(event)\n"
_FULL_S = 0.3
_VCPU = 1769
_SLACK = 1.15
_PAIRS = 3


def rows(rounds: int) -> Iterator[Row]:
    """Seconds of the same work at two sizes and in a bare Python, taking turns.

    A bare Python and a whole processor come one right after the other, several times: the smallest function's turn
    takes seconds, in which the machine may become another.
    """
    turns = max(3, rounds // 8)
    size = int(1_000_000 * _FULL_S / _bare(1_000_000)[1])
    made = {memory: function(_HANDLER, memory) for memory in (128, _VCPU)}
    taken: dict[int, list[float]] = {0: [], 128: [], _VCPU: []}
    shares: list[float] = []
    for turn in range(turns):
        told(f"CPU: round {turn + 1} of {turns}")
        for _ in range(_PAIRS):
            taken[0].append(_bare(size)[0])
            taken[_VCPU].append(_worked(made[_VCPU], size)[0])
        seconds, spent = _worked(made[128], size)
        taken[128].append(seconds)
        shares.append(spent / seconds)
    for one in made.values():
        one.close()
    share = 128 / quotas().memory_per_vcpu
    for words, aim, least in (("at most", _SLACK, False), ("at least", 1 / _SLACK, True)):
        name = f"the same work at 128 MB, {words}"
        yield Row(name, "s", taken[128], "at 1,769 MB", taken[_VCPU], aim / share, at_least=least)
        yield Row(f"its share of a processor, {words}", "", shares, "128 / 1,769", [share], aim, at_least=least)
    yield Row("the same work at 1,769 MB", "s", taken[_VCPU], "a bare Python", taken[0], _SLACK)


def _worked(made: SandboxedFunction, turns: int) -> tuple[float, float]:
    """Seconds that passed, and seconds of CPU time, as the handler saw them."""
    seconds, spent = json.loads(made.invoke(turns).body)
    return seconds, spent


def _bare(turns: int) -> tuple[float, float]:
    program = f"{_WORK}\nprint(list(work({turns})))"
    ran = subprocess.run([python(), "-I", "-S", "-c", program], capture_output=True, text=True, check=True)
    seconds, spent = json.loads(ran.stdout)
    return seconds, spent
