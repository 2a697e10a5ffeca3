"""Who was brief and silent so far is waited for on a shorter way: whatever it does then is seen all the same."""

import os
import signal
import time
from pathlib import Path

import pytest

from tests.sandbox.conftest import Create
from tests.sandbox.test_leftovers import eventually
from tutor.sandbox.functions import SandboxedFunction

pytestmark = pytest.mark.alone

HANDLER = """
import os, sys, threading, time
all_kept = []
def handler(event, context):
    what, *given = event
    if what == "print":
        for line in range(*given): print(line)
    if what == "flood": sys.stdout.write(("x" * 99 + "\\n") * given[0])
    if what == "large": return "x" * given[0]
    if what == "sleep": time.sleep(*given)
    if what == "exit": os._exit(*given)
    if what == "swallow": kept = bytearray(given[0] << 20)
    if what == "keep": all_kept.append(b"x" * given[0])
    if what == "thread":
        global turns
        turns = 0
        def turn():
            global turns
            while True: turns += 1
        threading.Thread(target=turn, daemon=True).start()
    if what == "turns": return turns
    if what == "length": return len(given[0])
"""


@pytest.fixture
def used(create: Create) -> SandboxedFunction:
    """A function that has answered a few times at once and said nothing."""
    function = create(HANDLER, timeout=3)
    for _ in range(5):
        assert function.invoke(["nothing"]).function_error is None
    return function


def test_what_it_prints_belongs_to_the_event(used: SandboxedFunction) -> None:
    """All of it, in its order, and nothing of it to the next; also more than a pipe holds."""
    assert used.invoke(["print", 0, 5]).printed == ("0", "1", "2", "3", "4")
    assert used.invoke(["nothing"]).printed == ()
    assert used.invoke(["nothing"]).printed == ()
    assert len(used.invoke(["flood", 3000]).printed) == 3000
    assert used.invoke(["nothing"]).printed == ()


def test_long_events_and_answers_arrive_whole(used: SandboxedFunction) -> None:
    """What is longer than a piece comes in several, to and fro."""
    for size in (16_000, 17_000, 70_000, 3_000_000):
        assert used.invoke(["length", "x" * size]).payload == size
        assert used.invoke(["nothing"]).payload is None
        assert used.invoke(["large", size]).payload == "x" * size
        assert used.invoke(["nothing"]).payload is None


def test_its_limits_stand_where_they_stood(used: SandboxedFunction) -> None:
    """A timeout, a memory limit and an end by itself are told as ever, and the next event begins anew."""
    assert used.invoke(["sleep", 30]).error_type == "Sandbox.Timedout"
    used.invoke(["nothing"])
    used.invoke(["nothing"])
    assert used.invoke(["exit", 3]).report.status == "error"
    used.invoke(["nothing"])
    used.invoke(["nothing"])
    used.invoke(["nothing"])
    assert used.invoke(["swallow", 180]).error_type == "Runtime.OutOfMemory"


def test_what_it_takes_little_by_little_is_told(used: SandboxedFunction) -> None:
    """Each event takes less than is looked for in one so short; after a rest it is looked for all the same."""
    before = used.invoke(["nothing"]).report.max_memory_used_mb
    for _ in range(8):
        time.sleep(0.06)
        after = used.invoke(["keep", 400_000]).report.max_memory_used_mb
    assert after >= before + 2


def test_what_it_begins_beside_is_frozen(used: SandboxedFunction) -> None:
    """A thread that it leaves behind is stopped when the event is answered, and after the next one too."""
    used.invoke(["thread"])
    assert eventually(lambda: is_stopped(used))
    assert used.invoke(["turns"]).payload > 0
    assert eventually(lambda: is_stopped(used))


def test_one_that_died_meanwhile_is_replaced(used: SandboxedFunction) -> None:
    """Killed while it rested, it is started again for the next event, which does not fail."""
    process = runtime_of(used)
    os.kill(process, signal.SIGKILL)
    assert eventually(lambda: not Path(f"/proc/{process}").exists())  # its first process has seen it
    assert used.invoke(["nothing"]).function_error is None


def runtime_of(function: SandboxedFunction) -> int:
    """The runtime's process id on the host."""
    first = function.pool.idle[0].first_process
    return int(Path(f"/proc/{first}/task/{first}/children").read_text().split()[0])


def is_stopped(function: SandboxedFunction) -> bool:
    """Whether its runtime is stopped now."""
    return "State:\tT" in Path(f"/proc/{runtime_of(function)}/status").read_text()
