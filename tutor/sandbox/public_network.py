"""``--network public``: what would let a function reach the internet, and nothing of this host's own.

It needs packets that leave the environment and can be held to public addresses: never loopback, link-local or an address
of the host's own. No way of doing that without changing the host's own network is built yet, so it is refused.
"""

from tutor.errors import HostError

_MEANS = {
    "namespaces": "the tutor has no broker yet that could hold a function to public addresses",
    "portable": "without a network namespace nothing could hold a function to public addresses",
}
_CURE = "Leave --network out, and let the test give what the function would fetch."


def lacking(tier: str) -> str:
    """Why a public network cannot be had in a tier; empty where it can."""
    return _MEANS[tier]


def require(tier: str) -> None:
    """Raises ``HostError`` where the means are missing."""
    reason = lacking(tier)
    if reason:
        raise HostError(f"--network public is not enforceable here: {reason}.", _CURE)
