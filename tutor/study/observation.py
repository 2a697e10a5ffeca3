"""What a run saw, as one short line for a person: ``status timeout, 1,000 ms billed``."""

from collections.abc import Mapping
from typing import Any

from tutor.study.scenario import Option, Scenario, SeedProof

LONGEST = 60
"""Characters of one text that are shown; the rest is an ellipsis."""

_UNITS: Mapping[str, str] = {"ms": "ms", "mb": "MB", "kb": "KB", "bytes": "bytes", "seconds": "s", "s": "s"}


def line_of(scenario: Scenario, option: Option, seen: SeedProof | None) -> str | None:
    """What was observed that bears on this option; None where no run decides the question.

    For an outcome it is what the option predicts, for a solution what the goal asks, with the cost where it counts.
    """
    if seen is None:
        return None
    names = (option.predicts if scenario.asks == "outcome" else scenario.goal) or {}
    observed = seen.observed.get("" if scenario.asks == "outcome" else option.id)
    if observed is None:
        return None
    parts = [phrase(name, observed.get(name)) for name in names]
    if scenario.least == "cost" and option.id in seen.cost:
        parts.append(f"${seen.cost[option.id] * 1_000_000:,.2f} for a million such runs")
    return ", ".join(parts) or None


def phrase(name: str, value: Any) -> str:
    """One observation in words; a unit at the end of the name (``billed_ms``) goes to the number."""
    words = name.replace("_", " ")
    if value is None:
        return f"no {words}"
    if isinstance(value, bool):
        return words if value else f"not {words}"
    if isinstance(value, (int, float)):
        rest, _, last = name.rpartition("_")
        shown = f"{value:,.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else f"{value:,}"
        if rest and last in _UNITS:
            return f"{shown} {_UNITS[last]} {rest.replace('_', ' ')}"
        return f"{words} {shown}"
    text = " ".join(str(value).split())
    return f"{words} {text if len(text) <= LONGEST else text[: LONGEST - 1] + '…'}"
