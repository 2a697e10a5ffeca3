"""The CPU share holds on every tier: no thread, process or pause gets around it, and INIT has a whole processor.

What is compared is the kernel's count of CPU time used with the time that passed. A busy machine gives less than the
share, never more, so only the upper bound is tested; the true ratio stands in ``make bench``.
"""

import os
from collections.abc import Iterator

import pytest

from tests.sandbox.attacks.tier import Tier, opened, tiers
from tests.sandbox.conftest import _reason_to_skip

pytestmark = pytest.mark.alone

VCPU_MB = 1769
BUSY = """
import os, resource, threading, time
def used():
    one, other = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return one.ru_utime + one.ru_stime + other.ru_utime + other.ru_stime
def turn(until):
    while time.monotonic() < until: pass
def one_thread(until): turn(until)
def threads(until):
    crowd = [threading.Thread(target=turn, args=(until,)) for _ in range(4)]
    for one in crowd: one.start()
    for one in crowd: one.join()
def processes(until):
    for _ in range(4):
        if os.fork() == 0: turn(until); os._exit(0)
    for _ in range(4): os.wait()
def short_processes(until):
    while time.monotonic() < until:
        if os.fork() == 0: turn(time.monotonic() + 0.004); os._exit(0)
        os.wait()
def pauses(until):
    while time.monotonic() < until: turn(time.monotonic() + 0.004); time.sleep(0.001)
def measured(way, seconds):
    spent, began = used(), time.monotonic()
    globals()[way](began + seconds)
    return (used() - spent) / (time.monotonic() - began)
def handler(event, context):
    return measured(*event)
"""
WAYS = ("one_thread", "threads", "processes", "short_processes", "pauses")


@pytest.fixture(scope="module", params=list(tiers()))
def tier(request: pytest.FixtureRequest) -> Iterator[Tier]:
    """A tutor of its own, as root or as an ordinary user."""
    if reason := _reason_to_skip():
        pytest.skip(reason)
    found = tiers()[request.param]
    if isinstance(found, str):
        pytest.skip(f"tier {request.param}: {found}")
    with opened(request.param, *found) as made:
        yield made


@pytest.mark.parametrize("way", WAYS)
def test_no_way_of_working_gets_more_than_the_share(tier: Tier, way: str) -> None:
    """A fourth of a vCPU is a fourth of a processor, in the long run, whoever does the work."""
    (told,) = tier.run(BUSY, [way, 2.0], memory_size=VCPU_MB // 4)
    assert told["error"] is None, told
    assert 0 < told["payload"] < 0.25 * 1.15


def test_the_smallest_function_has_its_fourteenth(tier: Tier) -> None:
    """128 MB are 7.2 % of a processor."""
    (told,) = tier.run(BUSY, ["one_thread", 3.0], memory_size=128)
    assert 0 < told["payload"] < 128 / VCPU_MB * 1.15


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="this host has a single processor")
def test_more_than_one_processor_needs_more_than_one_vcpu(tier: Tier) -> None:
    """Four processes together get one processor at 1,769 MB, and more than one, not two, at 1.5 times that."""
    (one,) = tier.run(BUSY, ["processes", 2.0], memory_size=VCPU_MB)
    (more,) = tier.run(BUSY, ["processes", 2.0], memory_size=VCPU_MB * 3 // 2)
    assert one["payload"] < 1.15
    assert more["payload"] < 1.5 * 1.15


def test_init_has_a_whole_processor(tier: Tier) -> None:
    """At 128 MB the module's own work has far more than the handler's."""
    code = f"{BUSY}\ninit = measured('one_thread', 0.5)\ndef handler(event, context): return [init, measured('one_thread', 2.0)]"
    (told,) = tier.run(code, None, memory_size=128)
    init, handler = told["payload"]
    assert init > 2 * handler
