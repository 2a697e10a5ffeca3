"""A pool of environments: as many as there are events at a time, the most recently used first, none for ever."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.sandbox.conftest import Create
from tutor.awslambda.quotas import Quotas
from tutor.errors import ServiceError
from tutor.sandbox.functions import SandboxedFunction
from tutor.sandbox.pool import EnvironmentPool

WHO = (
    "import time, uuid\nme, calls = uuid.uuid4().hex, 0\ndef handler(event, context):\n    global calls\n"
    "    calls += 1\n    time.sleep(event or 0)\n    return [me, calls]\n"
)
_LONG_S = 30.0


def eventually(condition: Callable[[], bool]) -> bool:
    """Whether it comes true within a long time."""
    deadline = time.monotonic() + _LONG_S
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def at_once(function: SandboxedFunction, callers: int, seconds: float) -> list[list[object]]:
    """The answers to as many events, all of which are being served at the same time."""
    with ThreadPoolExecutor(callers) as threads:
        return [one.payload for one in threads.map(function.invoke, [seconds] * callers)]


def test_events_at_the_same_time_have_an_environment_each(create: Create) -> None:
    """Five events are five cold starts; one after another they are one."""
    function = create(WHO, timeout=60)
    answers = at_once(function, 5, 1.5)
    assert len({me for me, _ in answers}) == 5
    assert [calls for _, calls in answers] == [1] * 5
    assert len(function.pool.idle) == 5
    assert len({function.invoke(0).payload[0] for _ in range(6)}) == 1


def test_the_most_recently_used_one_comes_first(create: Create) -> None:
    """What has just answered answers again, so that the others can be retired."""
    function = create(WHO, timeout=60)
    at_once(function, 3, 1.0)
    last = function.pool.idle[-1]
    for _ in range(3):
        function.invoke(0)
        assert function.pool.idle[-1] is last


def test_idle_environments_are_retired(create: Create) -> None:
    """After its time an idle environment is gone, processes and all, and the next event is a cold start."""
    function = create(WHO)
    pool = EnvironmentPool(function._make, function._provisioned, idle_s=0.3)
    first = pool.invoke(0).payload
    assert eventually(lambda: not pool.idle)
    again = pool.invoke(0)
    pool.close()
    assert again.payload[0] != first[0]
    assert again.report.init_duration_ms is not None


def test_a_refused_event_costs_no_environment(create: Create, quotas: Quotas) -> None:
    """A payload that is too large is refused, and the environment serves the next event warm."""
    function = create(WHO)
    before = function.invoke(0).payload
    with pytest.raises(ServiceError):
        function.invoke("x" * quotas.request_payload)
    assert function.invoke(0).payload == [before[0], 2]


def test_closing_waits_for_nobody_and_forgets_nobody(create: Create) -> None:
    """A busy environment answers first and is shut down then; an idle one at once."""
    function = create(WHO, timeout=60)
    function.invoke(0)
    answers: list[object] = []
    busy = threading.Thread(target=lambda: answers.append(function.invoke(1.0).payload))
    busy.start()
    assert eventually(lambda: not function.pool.idle)
    function.pool.close()
    busy.join()
    assert len(answers) == 1
    assert function.pool.idle == ()
