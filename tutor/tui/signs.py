"""The signs: every state is a sign and a word; colour only repeats what they say."""

from collections.abc import Mapping

MARKS: Mapping[str, str] = {"done": "●", "begun": "◐", "not yet": "○"}
"""Progress mark -> sign. Before the marks are read a blank stands in their place."""

VERDICTS: Mapping[str, str] = {"holds": "✓", "fails": "✗", "cannot be judged": "–"}
"""Verdict of a demand -> sign."""

HERE = "▸"
RUN = "·run"
"""Follows every measured number."""

ACT = "$text-accent"
FAILED = "$text-error"
HOLDS = "$text-success"
MEASURED = "$text-secondary"
QUIET = "$foreground 70%"
STRONG = "bold"

STYLES: Mapping[str, str] = {
    "done": HOLDS,
    "begun": ACT,
    "not yet": QUIET,
    "holds": HOLDS,
    "fails": FAILED,
    "cannot be judged": QUIET,
}
"""State -> style, theme tokens only."""

LEGEND = "● done  ◐ begun  ○ not yet  ▸ here  ✓ holds  ✗ does not hold  – cannot be judged here  ·run measured"
