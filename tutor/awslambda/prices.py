"""Prices of Lambda, in US dollars, as ``data/pricing.yaml`` gives them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Prices:
    """List prices of US East (N. Virginia), first tier, before the free tier."""

    request: float  # USD per request
    gb_second_x86: float  # USD per GB-second of duration
    ephemeral_gb_second: float  # USD per GB-second of /tmp above what is free
    ephemeral_storage_free: int  # MB
