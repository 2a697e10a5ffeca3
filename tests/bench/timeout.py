"""How late a timeout is: from the limit to the moment at which the runtime is seen gone, by a watcher of its own."""

import os
import select
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.bench.functions import environment, python, told
from tests.bench.table import Row

_HANDLER = """
import os, signal, time
def handler(event, context):
    if event == "sleep": time.sleep(60)
    if event == "busy":
        while True: pass
    if event == "children":
        signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
        for _ in range(20):
            if os.fork() == 0: break
        while True: pass
    return True
"""
_KINDS = {"sleep": "sleeping", "busy": "computing", "children": "20 computing children, signals blocked"}


def rows(rounds: int) -> Iterator[Row]:
    """Three kinds of handlers at one vCPU, one at 128 MB; beside them Popen.wait(timeout=1) and kill."""
    turns = max(3, rounds // 8)
    subjects: dict[str, Callable[[], float]] = {"bare": _bare}
    for kind in _KINDS:
        subjects[kind] = lambda kind=kind: _late(kind, 1769)  # type: ignore[misc] # the loop's own
    subjects["small"] = lambda: _late("children", 128)
    taken: dict[str, list[float]] = {name: [] for name in subjects}
    for turn in range(turns):
        told(f"timeout: round {turn + 1} of {turns}")
        for name, subject in subjects.items():
            taken[name].append(subject())
    against = "Popen.wait(timeout=1), kill, wait"
    for kind, words in _KINDS.items():
        yield Row(f"a timeout is late by: {words}", "ms", taken[kind], against, taken["bare"], 20.0, "p99")
    yield Row(f"the same at 128 MB: {_KINDS['children']}", "ms", taken["small"], against, taken["bare"], 20.0, "p99")


def _late(kind: str, memory_size: int) -> float:
    made = environment(_HANDLER, memory_size, timeout=1)
    made.invoke("")
    first = made.first_process
    runtime = int(Path(f"/proc/{first}/task/{first}/children").read_text().split()[0])
    handle = os.pidfd_open(runtime)
    gone: list[float] = []

    def watch() -> None:
        select.select([handle], [], [])
        gone.append(time.monotonic())

    watcher = threading.Thread(target=watch)
    watcher.start()
    began = time.monotonic()
    made.invoke(kind)
    watcher.join()
    os.close(handle)
    made.shutdown()
    return (gone[0] - began - 1) * 1000


def _bare() -> float:
    process = subprocess.Popen([python(), "-I", "-S", "-c", "while True: pass"])
    began = time.monotonic()
    try:
        process.wait(1)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    return (time.monotonic() - began - 1) * 1000
