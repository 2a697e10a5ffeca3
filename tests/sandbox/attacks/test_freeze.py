"""Hostile handlers: between two events nothing computes, whatever was left behind to wake it."""

import pytest

from tests.sandbox.attacks.handlers.clock import GAMES
from tests.sandbox.attacks.tier import Tier, function

pytestmark = pytest.mark.alone

PAUSE = "import time\ndef handler(event, context): time.sleep(event)\n"


def test_nothing_wakes_itself(tier: Tier) -> None:
    """Timers, signals between siblings, orphaned groups: what was left behind stands still until the next event."""
    last = len(GAMES)
    functions = [*(function("clock.py") for _ in GAMES), function(PAUSE)]
    plays = list(enumerate(GAMES))
    results = tier.job(functions, [*plays, (last, 1.0), *((number, "look") for number, _ in plays)])
    for number, game in plays:
        answered, (now, seen) = results[number]["payload"], results[last + 1 + number]["payload"]
        assert any(seen.values()), f"{game}: nothing was left behind"
        during = [
            at - answered for times in seen.values() for at in times if answered + 0.3 < at < min(now, answered + 1.0)
        ]
        assert during == [], f"{game}: computed {len(during)} times while frozen"
