"""``tutor doctor``: how this host enforces each limit, or what would cure it."""

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tutor.sandbox.host import Finding, Host, TierFound

DESCRIPTION = (
    "There are two tiers: behind namespaces (Linux), and a portable one for hosts that have or allow none. The better "
    "one is taken. TUTOR_SANDBOX=portable or TUTOR_SANDBOX=namespaces forces one of them, as in a locked-down "
    "container or to see the difference."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One flag."""
    parser.description = f"{parser.description or ''}\n\n{DESCRIPTION}".strip()
    parser.add_argument("--json", action="store_true", help="one JSON object per limit on stdout")


def run(arguments: argparse.Namespace) -> int:
    """Always 0: the doctor tells, and judges nobody."""
    from tutor.wiring import Tutor

    host = Tutor().examine_host()
    if arguments.json:
        _print_json(host)
    else:
        _print_text(host)
    return 0


def _print_json(host: "Host") -> None:
    """One object per limit in the tier that is used; ``tiers`` has the same limit in every tier of this host."""
    for number, finding in enumerate(host.tiers[0].findings):
        tiers = {tier.name: _as_object(tier.findings[number]) for tier in host.tiers}
        told = {"id": finding.limit, **_as_object(finding), "tier": host.tiers[0].name, "tiers": tiers}
        print(json.dumps(told))


def _as_object(finding: "Finding") -> dict[str, Any]:
    return {"status": finding.status, "mechanism": finding.mechanism, "why": finding.why, "cure": finding.cure}


def _print_text(host: "Host") -> None:
    for tier in host.tiers:
        _print_tier(tier)
    print("Programs")
    for program in host.programs:
        sign = "✓" if program.where else "✗"
        print(f"{sign} {program.name:<18} {program.where or 'not found':<33} {program.use}")
    if host.lacking:
        print(host.lacking, file=sys.stderr)
    cures = dict.fromkeys(finding.cure for finding in host.tiers[0].findings if finding.cure)
    print("".join(f"Cure: {cure}\n" for cure in cures), end="", file=sys.stderr)


def _print_tier(tier: "TierFound") -> None:
    print(f"Tier: {tier.name}{' (used here)' if tier.used else ' (not used here)'}")
    for finding in tier.findings:
        sign = "✓" if finding.mechanism != "none" else "✗"
        print(f"{sign} {finding.limit:<18} {finding.status:<21} {finding.mechanism:<11} {finding.why}")
    print()
