"""``tutor doctor``: how this host enforces each limit, or what would cure it."""

import argparse
import json
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.sandbox.host import Finding


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One flag."""
    parser.add_argument("--json", action="store_true", help="one JSON object per limit on stdout")


def run(arguments: argparse.Namespace) -> int:
    """Always 0: the doctor tells, and judges nobody."""
    from tutor.wiring import Tutor

    findings = Tutor().examine_host()
    for finding in findings:
        print(_as_json(finding) if arguments.json else _as_text(finding))
    if not arguments.json:
        cures = dict.fromkeys(finding.cure for finding in findings if finding.cure)
        print("".join(f"Cure: {cure}\n" for cure in cures), end="", file=sys.stderr)
    return 0


def _as_json(finding: "Finding") -> str:
    return json.dumps(
        {
            "id": finding.limit,
            "status": finding.status,
            "mechanism": finding.mechanism,
            "why": finding.why,
            "cure": finding.cure,
        }
    )


def _as_text(finding: "Finding") -> str:
    sign = "✓" if finding.status == "enforced" else "✗"
    return f"{sign} {finding.limit:<18} {finding.status:<21} {finding.mechanism:<11} {finding.why}"
