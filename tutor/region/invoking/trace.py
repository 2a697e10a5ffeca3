"""Trace headers: every invocation has one, which its function's clients hand on to whatever they call."""

from tutor.region.clock import Clock
from tutor.sandbox import chance


def new_trace(clock: Clock, *, sampled: bool = False) -> str:
    """The header of a chain that begins here. Form: X-Ray's (version, time, 96 random bits)."""
    root = f"1-{int(clock.now()):08x}-{chance.hexadecimal(12)}"
    return f"Root={root};Parent={chance.hexadecimal(8)};Sampled={int(sampled)}"


def xray_line(header: str) -> str | None:
    """What stands after REPORT in the log of an invocation that is traced; None for one that is not."""
    parts = dict(part.partition("=")[::2] for part in header.split(";"))
    if parts.get("Sampled") != "1":
        return None
    return f"XRAY TraceId: {parts.get('Root')}\tSegmentId: {parts.get('Parent')}\tSampled: true\t"
