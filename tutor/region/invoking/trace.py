"""Trace headers: every invocation has one, which its function's clients hand on to whatever they call."""

import secrets

from tutor.region.clock import Clock


def new_trace(clock: Clock) -> str:
    """The header of a chain that begins here. It is not sampled. Form: X-Ray's (version, time, 96 random bits)."""
    return f"Root=1-{int(clock.now()):08x}-{secrets.token_hex(12)};Parent={secrets.token_hex(8)};Sampled=0"
