"""Hostile handlers: no right can be won, and no dangerous call reaches the kernel."""

from typing import Any

from tests.sandbox.attacks.tier import Tier


def through(results: dict[str, Any]) -> dict[str, str]:
    """The attempts that were not stopped."""
    assert results["error"] is None, results
    return {name: how for name, how in results["payload"].items() if not how.startswith("stopped")}


def test_no_right_can_be_won(tier: Tier) -> None:
    """Namespaces, mounts, keys, 32-bit calls, real-time scheduling, users and limits: refused, every one."""
    assert through(tier.run("rights.py", {})[0]) == {}
