"""What an invocation is billed: milliseconds, and their price."""

import math

from tutor.awslambda.invocation import Invocation
from tutor.awslambda.prices import Prices


def billed_duration(duration_ms: float, init_duration_ms: float | None) -> int:
    """Billed milliseconds: Duration plus a successful on-demand INIT, rounded up to 1 ms (since 1 August 2025).

    Source: developer guide, lambda-runtime-environment.
    """
    return math.ceil(round(duration_ms + (init_duration_ms or 0.0), 2))


def cost(invocation: Invocation, prices: Prices) -> float:
    """The price of one invocation in USD at list price: request, duration, and /tmp above what is free."""
    seconds = invocation.report.billed_duration_ms / 1000
    gigabytes = invocation.report.memory_size_mb / 1024
    storage: int = invocation.configuration.get("ephemeral_storage", prices.ephemeral_storage_free)
    extra_storage = max(0, storage - prices.ephemeral_storage_free) / 1024
    return (
        prices.request
        + seconds * gigabytes * prices.gb_second_x86
        + seconds * extra_storage * prices.ephemeral_gb_second
    )
