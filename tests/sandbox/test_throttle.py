"""The CPU share's keeper looks as often as there is something to see, and leaves nobody stopped behind."""

import os
import signal
import time
from itertools import pairwise

import pytest

from tutor.sandbox.throttle import Throttle

pytestmark = pytest.mark.alone


def test_it_looks_seldom_where_nobody_works_and_soon_after_word_of_work() -> None:
    """For a second it looks on, as often as ever; from then on the rest between two looks grows as long as it may."""
    throttle = Throttle(0.5, list, lambda _: None, idle_s=1.0)
    now, looks = 0.0, [0.0]
    for _ in range(60):
        now += throttle.step(now)
        looks.append(now)
    waits = [later - earlier for earlier, later in pairwise(looks)]
    assert max(wait for look, wait in zip(looks, waits, strict=False) if look < 0.9) < 0.03
    assert waits[-1] == 1.0
    throttle.wake()
    assert throttle.step(now) < 0.03


def test_who_is_let_go_on_is_told_so_again() -> None:
    """A child that was forked at the moment of both signals is born stopped: the next looks wake it."""
    sent: list[int] = []
    throttle = Throttle(0.1, lambda: [str(os.getpid())], sent.append)
    throttle.step(0.0)
    until = time.process_time() + 0.02
    while time.process_time() < until:
        pass
    debt = throttle.step(0.001)
    assert sent == [signal.SIGSTOP]
    for look in range(5):
        throttle.step(10.0 + debt + look)
    assert sent == [signal.SIGSTOP, *[signal.SIGCONT] * 3]
