"""Warm invocations as the caller sees them, and how many there are a second with one caller and with eight."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from tests.bench.functions import TRIVIAL, VCPU_MB, function, told
from tests.bench.peer import Peer
from tests.bench.table import Row
from tutor.sandbox.functions import SandboxedFunction

_BATCH = 50
_ROUND_TRIP = "JSON on a socketpair, two Pythons"


def rows(rounds: int) -> Iterator[Row]:
    """Latency at one vCPU and at 128 MB, in batches that take turns with the baseline's."""
    functions = {memory: function(TRIVIAL, memory) for memory in (VCPU_MB, 128)}
    taken: dict[int, list[float]] = {0: [], VCPU_MB: [], 128: []}
    with Peer() as peer:
        for turn in range(rounds + 1):
            told(f"warm invoke: round {turn} of {rounds}")
            batch = {0: [peer.ask(number) for number in range(_BATCH)]}
            for memory, made in functions.items():
                batch[memory] = [_invoke(made, number) for number in range(_BATCH)]
            for memory, samples in batch.items():
                taken[memory] += samples if turn else []
    for made in functions.values():
        made.close()
    yield Row("warm invoke", "ms", taken[VCPU_MB], _ROUND_TRIP, taken[0], 6.0)
    yield Row("warm invoke, the slowest hundredth", "ms", taken[VCPU_MB], _ROUND_TRIP, taken[0], 30.0, "p99 ratio")
    yield Row("warm invoke, 128 MB", "ms", taken[128], _ROUND_TRIP, taken[0])


def _invoke(made: SandboxedFunction, number: int) -> float:
    began = time.perf_counter()
    answer = made.invoke({"n": number}).payload
    took = (time.perf_counter() - began) * 1000
    if answer != {"ok": True, "n": number}:
        raise AssertionError(answer)
    return took


def throughput(rounds: int) -> Iterator[Row]:
    """Invocations a second with 1 and 8 callers (threads of one tutor); every answer is checked."""
    taken: dict[int, list[float]] = {0: [], 1: [], 8: []}
    made = function(TRIVIAL)
    with Peer() as peer:
        for turn in range(max(3, rounds // 6) + 1):
            told(f"throughput: round {turn}")
            found = {0: 1000 / (sum(peer.ask(number) for number in range(2000)) / 2000)}
            for callers in (1, 8):
                found[callers] = _a_second(made, callers, 2000 // callers)
            for callers, rate in found.items():
                taken[callers] += [rate] if turn else []
    made.close()
    for callers in (1, 8):
        name = f"throughput, {callers} caller{'s' if callers > 1 else ''}"
        yield Row(name, "a second", taken[callers], _ROUND_TRIP, taken[0], 10_000, "p50", at_least=True)


def _a_second(made: SandboxedFunction, callers: int, each: int) -> float:
    with ThreadPoolExecutor(callers) as threads:
        list(threads.map(made.invoke, [{}] * callers * 4))  # as many environments as callers, all warm
        began = time.perf_counter()
        for called in [threads.submit(_call, made, each) for _ in range(callers)]:
            called.result()
        return callers * each / (time.perf_counter() - began)


def _call(made: SandboxedFunction, each: int) -> None:
    for number in range(each):
        _invoke(made, number)
