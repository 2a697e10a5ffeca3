"""Hostile handlers: no right can be won, and no dangerous call reaches the kernel."""

from tests.sandbox.attacks.tier import Tier, through


def test_no_right_can_be_won(tier: Tier) -> None:
    """Namespaces, mounts, keys, 32-bit calls, real-time scheduling, users and limits: refused, every one."""
    assert through(tier.run("rights.py", {})[0]) == {}
