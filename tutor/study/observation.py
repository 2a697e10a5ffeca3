"""What a run saw, as one short line for a person: ``status timeout, 1,000 ms billed``."""

from collections.abc import Mapping
from typing import Any

from tutor.study.scenario import Option, Scenario, SeedProof

LONGEST = 60
"""Characters of one text that are shown; the rest is an ellipsis."""

MOST = 3
"""Observations that are shown beside the cost."""

_UNITS: Mapping[str, str] = {"ms": "ms", "mb": "MB", "kb": "KB", "bytes": "bytes", "seconds": "s", "s": "s"}


def line_of(scenario: Scenario, option: Option, seen: SeedProof | None) -> str | None:
    """What was observed that bears on this option; None where no run decides the question.

    For an outcome it is what the option predicts. For a solution it is what the goal asks, then what else the
    option's own run saw, and the cost where the cheapest is right.
    """
    if seen is None:
        return None
    observed = seen.observed.get("" if scenario.asks == "outcome" else option.id)
    if observed is None:
        return None
    parts = [phrase(name, observed.get(name)) for name in _names(scenario, option, observed)]
    if scenario.least == "cost" and option.id in seen.cost:
        parts.append(f"${seen.cost[option.id] * 1_000_000:,.2f} for a million such runs")
    return ", ".join(parts) or None


def _names(scenario: Scenario, option: Option, observed: Mapping[str, Any]) -> list[str]:
    if scenario.asks == "outcome":
        return list(option.predicts or {})
    asked = list(scenario.goal or {})
    others = [name for name, value in observed.items() if name not in asked and value is not None]
    return [*asked, *others[: max(0, MOST - len(asked))]]


def phrase(name: str, value: Any) -> str:
    """One observation in words; a unit in the name (``billed_ms``) goes to the number."""
    first, *rest = name.split("_")
    unit = next((_UNITS[part] for part in rest if part in _UNITS), "")
    words = " ".join([first, *(part for part in rest if part not in _UNITS)])
    if value is None:
        return f"no {words}"
    if isinstance(value, bool):
        return words if value else f"not {words}"
    if isinstance(value, (int, float)):
        shown = f"{value:,.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else f"{value:,}"
        return f"{shown} {unit} {words}" if unit else f"{words} {shown}"
    text = " ".join(str(value).split())
    if not text:
        return f"no {words}"
    return f"{words} {text if len(text) <= LONGEST else text[: LONGEST - 1] + '…'}"
