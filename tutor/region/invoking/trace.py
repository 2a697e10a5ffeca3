"""Trace headers: every invocation has one, which its function's clients hand on to whatever they call."""

import re

from tutor.region.clock import Clock
from tutor.sandbox import chance

_WHOLE = re.compile(r"Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=[01](;Lineage=[^;]*)?")
_FORMS = {"root": r"1-[0-9a-f]{8}-[0-9a-f]{24}", "parent": r"[0-9a-f]{16}", "sampled": r"[01]", "lineage": r".+"}


def new_trace(clock: Clock, *, sampled: bool = False) -> str:
    """The header of a chain that begins here. Form: X-Ray's (version, time, 96 random bits)."""
    root = f"1-{int(clock.now()):08x}-{chance.hexadecimal(12)}"
    return f"Root={root};Parent={chance.hexadecimal(8)};Sampled={int(sampled)}"


def continued(header: str | None, clock: Clock, *, sampled: bool = False) -> str:
    """The header of an invocation whose request came with one: what it lacks, or has in no valid form, is made anew.

    A client may send the root alone; names of the parts are read in any case.
    """
    if not header:
        return new_trace(clock, sampled=sampled)
    if _WHOLE.fullmatch(header):
        return header
    sent = {
        name.strip().lower(): value.strip() for name, _, value in (part.partition("=") for part in header.split(";"))
    }
    given = {name: sent[name] for name, form in _FORMS.items() if re.fullmatch(form, sent.get(name, ""))}
    made = {name.lower(): value for name, value in _parts(new_trace(clock, sampled=sampled)).items()}
    return ";".join(f"{name.capitalize()}={value}" for name, value in {**made, **given}.items())


def of_queued(header: str) -> str:
    """What the answer to a queued event tells of its trace: no parent, for nothing has run yet."""
    parts = _parts(header)
    return f"Root={parts['Root']};Sampled={parts['Sampled']}"


def xray_line(header: str) -> str | None:
    """What stands after REPORT in the log of an invocation that is traced; None for one that is not."""
    parts = _parts(header)
    if parts.get("Sampled") != "1":
        return None
    return f"XRAY TraceId: {parts.get('Root')}\tSegmentId: {parts.get('Parent')}\tSampled: true\t"


def _parts(header: str) -> dict[str, str]:
    return dict(part.partition("=")[::2] for part in header.split(";"))
