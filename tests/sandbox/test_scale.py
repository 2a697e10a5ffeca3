"""Many environments: one after another, side by side, failing at random. Nothing grows, no answer goes astray."""

import gc
import os
import random
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.conftest import Create
from tutor.errors import HostError
from tutor.sandbox import cgroup
from tutor.sandbox.nursery import nursery

TRIVIAL = "calls = 0\ndef handler(event, context):\n    global calls\n    calls += 1\n    return [event, calls]"
_LONG_S = 60.0


def held() -> dict[str, int]:
    """What tutor and zygote hold: descriptors, threads, control groups, mounts, processes below the zygote."""
    gc.collect()
    ours = (os.getpid(), nursery().pid)
    below = Path(f"/proc/{nursery().pid}/task/{nursery().pid}/children").read_text().split()
    return {
        "descriptors": sum(len(os.listdir(f"/proc/{pid}/fd")) for pid in ours),
        "threads": sum(len(os.listdir(f"/proc/{pid}/task")) for pid in ours),
        "groups": sum(len(list(parent.glob(f"tutor-{os.getpid()}-*"))) for parent in set(cgroup.parents())),
        "mounts": sum(len(Path(f"/proc/{pid}/mountinfo").read_text().splitlines()) for pid in ours),
        "processes": len(below),
    }


def resident_kb() -> int:
    """Resident memory of tutor and zygote."""
    texts = (Path(f"/proc/{pid}/status").read_text() for pid in (os.getpid(), nursery().pid))
    return sum(int(text.split("VmRSS:")[1].split()[0]) for text in texts)


def settles(expected: dict[str, int], look: Callable[[], dict[str, int]] = held) -> dict[str, int]:
    """What is held once it is no more than expected, or after a long time; empty environments are made ahead."""
    deadline = time.monotonic() + _LONG_S
    while True:
        found = look()
        if all(found[name] <= expected[name] for name in expected) or time.monotonic() > deadline:
            return found
        time.sleep(0.05)


def _many(create: Create, count: int) -> None:
    for number in range(count):
        function = create(TRIVIAL)
        assert function.invoke(number).payload == [number, 1]
        function.close()


def test_sixty_environments_leave_no_more_than_one(create: Create) -> None:
    """Started and shut down one after another, they leave no descriptor, thread, group, mount or process behind."""
    _many(create, 5)
    time.sleep(0.5)
    before = held()
    _many(create, 60)
    after = settles(before)
    assert {name: after[name] - before[name] for name in after if after[name] > before[name]} == {}


@pytest.mark.wide
def test_a_thousand_environments_leave_no_more_than_one(create: Create) -> None:
    """Nor does memory grow by more than a kilobyte each."""
    _many(create, 50)
    time.sleep(0.5)
    before, memory = held(), resident_kb()
    _many(create, 1000)
    after = settles(before)
    assert {name: after[name] - before[name] for name in after if after[name] > before[name]} == {}
    assert resident_kb() - memory < 1000


def test_many_functions_live_side_by_side(create: Create) -> None:
    """Thirty functions, each with its own code, state, /tmp and memory size, answer for themselves."""
    code = (
        "import os\nname, calls = {name!r}, 0\ndef handler(event, context):\n    global calls\n    calls += 1\n"
        "    open('/tmp/' + name, 'a').write('x')\n"
        "    return [name, calls, sorted(os.listdir('/tmp')), context.memory_limit_in_mb]\n"
    )
    functions = [create(code.format(name=f"f{number}"), memory_size=128 + number) for number in range(30)]
    for calls in (1, 2, 3):
        order = random.Random(calls).sample(range(30), 30)
        with ThreadPoolExecutor(6) as threads:
            answers = list(threads.map(lambda number: functions[number].invoke(None).payload, order))
        assert answers == [[f"f{number}", calls, [f"f{number}"], str(128 + number)] for number in order]


FAILING = """
import os, sys, time
calls = 0
def handler(event, context):
    global calls
    calls += 1
    what, number = event
    if what == "timeout": time.sleep(60)
    if what == "memory": bytearray(300 << 20)
    if what == "exit": os._exit(number % 200 + 1)
    if what == "signal": os.kill(os.getpid(), 9)
    if what == "error": raise ValueError(number)
    if what == "children": [os.fork() == 0 and time.sleep(60) for _ in range(3)]
    if what == "large": return "x" * 7_000_000
    print("said", number)
    return [number, calls]
"""
ENDS: dict[str, str | None] = {
    "fine": None,
    "children": None,
    "timeout": "Sandbox.Timedout",
    "memory": "Runtime.OutOfMemory",
    "exit": "Runtime.ExitError",
    "signal": "Runtime.ExitError",
    "error": "ValueError",
    "large": "Function.ResponseSizeTooLarge",
}


def _check(what: str, number: int, invocation: Any) -> None:
    ended = ENDS[what]
    if ended is None:
        assert invocation.payload[0] == number
        assert [event.text for event in invocation.log if event.source == "function"] == [f"said {number}"]
    else:
        assert (invocation.error_type or invocation.payload["errorType"]) == ended, (what, invocation)
    if what == "error":
        assert invocation.payload["errorMessage"] == str(number)


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.wide), pytest.param(3, marks=pytest.mark.wide)])
def test_failures_at_random_hit_nobody_else(create: Create, seed: int) -> None:
    """Four callers at once, half of whose events end badly: each gets its own end, and nothing is left of them."""
    create(TRIVIAL).invoke(0)
    time.sleep(0.5)
    before = held()
    chance = random.Random(seed)
    kinds = [chance.choice(("fine", "fine", *ENDS)) for _ in range(60 if seed == 1 else 400)]
    kinds[:8] = ENDS
    function = create(FAILING, timeout=2)

    def call(number: int) -> None:
        _check(kinds[number], number, function.invoke([kinds[number], number]))

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(call, range(len(kinds))))
    assert 1 <= len(function.pool.idle) <= 4
    function.close()
    after = settles(before)
    assert {name: after[name] - before[name] for name in after if after[name] > before[name]} == {}


def test_a_zygote_that_dies_is_replaced_for_all(create: Create) -> None:
    """Callers at that moment get a sentence; afterwards every function answers again, from a new zygote."""
    functions = [create(TRIVIAL) for _ in range(4)]
    for function in functions:
        function.invoke(0)
    old = nursery()
    stop = threading.Event()
    errors: list[BaseException] = []

    def call(function: Any) -> None:
        while not stop.is_set():
            try:
                assert function.invoke("x").payload[0] == "x"
            except Exception as error:  # noqa: BLE001 # what it is, is looked at below
                errors.append(error)

    threads = [threading.Thread(target=call, args=(function,)) for function in functions]
    for thread in threads:
        thread.start()
    os.kill(old.pid, signal.SIGKILL)
    deadline = time.monotonic() + _LONG_S
    while old.alive and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.5)
    stop.set()
    for thread in threads:
        thread.join()
    for error in errors:
        if not isinstance(error, HostError):
            raise error
    assert [function.invoke(7).payload[0] for function in functions] == [7, 7, 7, 7]
    assert nursery().pid != old.pid
