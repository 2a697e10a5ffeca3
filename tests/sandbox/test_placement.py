"""Who is called by several and answers at once leaves its callers a processor; whoever takes longer has them all."""

import os
from unittest.mock import Mock

import pytest

from tests.sandbox.conftest import Create
from tutor.sandbox import brief
from tutor.sandbox.functions import SandboxedFunction
from tutor.sandbox.placement import Placement

ALL = sorted(os.sched_getaffinity(0))
OTHERS = ALL[1:]
pytestmark = pytest.mark.skipif(not OTHERS, reason="this host has one processor")

HANDLER = f"""
import os, threading, time
def places():
    threads = map(int, os.listdir("/proc/self/task"))
    return [list(place) for place in {{tuple(sorted(os.sched_getaffinity(thread))) for thread in threads}}]
def handler(event, context):
    if event == "keep a thread":
        threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
    until = time.monotonic() + 30
    while event == "take long" and places() != [{ALL}] and time.monotonic() < until:
        time.sleep(0.01)
    return places()
"""


@pytest.fixture
def beside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody else waits for a brief answer all the time."""
    monkeypatch.setattr(brief.Ear, "_waiting", {brief.Ear(0)})


def handler(create: Create, memory_size: int = 1769) -> SandboxedFunction:
    """Tells on which processors its threads may run."""
    return create(HANDLER, memory_size=memory_size, timeout=60)


def aside(function: SandboxedFunction) -> bool:
    """Whether it steps aside; it has many tries to answer at once, on a machine that is busy with other things."""
    return any(function.invoke(None).payload == [OTHERS] for _ in range(500))


@pytest.mark.usefixtures("beside")
def test_it_leaves_a_processor_to_those_who_call(create: Create) -> None:
    """At one virtual processor and below."""
    assert aside(handler(create))
    assert aside(handler(create, 128))


def test_alone_or_with_more_than_a_processor_it_runs_anywhere(create: Create, monkeypatch: pytest.MonkeyPatch) -> None:
    """There nobody is in its way, or it would lose what it paid for."""
    small, large = handler(create), handler(create, 3538)
    assert all(small.invoke(None).payload == [ALL] for _ in range(50))
    monkeypatch.setattr(brief.Ear, "_waiting", {brief.Ear(0)})
    assert all(large.invoke(None).payload == [ALL] for _ in range(50))


@pytest.mark.usefixtures("beside")
def test_who_takes_longer_has_them_all(create: Create) -> None:
    """Also those of its threads that it started while it was brief."""
    function = handler(create)
    assert aside(function)
    assert function.invoke("take long").payload == [ALL]
    assert aside(function)
    assert function.invoke("keep a thread").function_error is None
    assert function.invoke("take long").payload == [ALL]


PINNED = f"""
import os
os.sched_setaffinity(0, {{{ALL[0]}}})
def handler(event, context):
    return sorted(os.sched_getaffinity(0))
"""


@pytest.mark.usefixtures("beside")
def test_who_has_chosen_its_place_keeps_it(create: Create) -> None:
    """A function may pin itself to a processor; that is no business of its callers."""
    function = create(PINNED, memory_size=1769)
    assert all(function.invoke(None).payload == [ALL[0]] for _ in range(300))


def test_a_runtime_that_has_ended_takes_nobody_elses_place() -> None:
    """No process has the number 0: to the kernel that is whoever asks, here the tutor itself."""
    placement = Placement(Mock(runtime=lambda: 0, processes=list))
    placement.step_aside()
    assert sorted(os.sched_getaffinity(0)) == ALL
    placement.spread()
    assert sorted(os.sched_getaffinity(0)) == ALL
