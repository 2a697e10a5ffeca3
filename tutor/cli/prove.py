"""``tutor prove``: run the experiments again, and compare with the recorded proofs or record them."""

import argparse
import json
import sys
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tutor.usecases.prove import Finding, Item

DIFFERENCE, NOT_ENFORCEABLE = 1, 3

_EPILOG = """\
Without an ID everything that a run decides is proven. Moved measurements and other mechanisms are told and are no
difference.

exit codes: 0 all as recorded · 1 a difference · 2 unknown ID · 3 this host cannot enforce what a proof hinges on ·
130 interrupted (every proof is the old one or the new one)
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``tutor prove`` understands."""
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "ids", nargs="*", metavar="ID", help="a question (limits/timeout-kills), a claim (LIM-005), or a topic"
    )
    parser.add_argument("--all", action="store_true", help="everything that a run decides")
    parser.add_argument("--record", action="store_true", help="write the proofs instead of comparing with them")
    parser.add_argument("--json", action="store_true", help="one JSON object per ID, as it comes out")


def run(arguments: argparse.Namespace) -> int:
    """Prove and print; the worst finding decides the exit code."""
    from tutor.errors import UsageError
    from tutor.wiring import Tutor

    if arguments.all and arguments.ids:
        raise UsageError("Name IDs or say --all, not both.")
    prove = Tutor().prove
    items = prove.items(arguments.ids)
    show = _as_json if arguments.json else _as_text
    codes = {0}
    for finding in prove.run(items, arguments.record, _narration(len(items))):
        print(show(finding), flush=True)
        codes.add(_CODES.get(finding.status, 0))
    return DIFFERENCE if DIFFERENCE in codes else max(codes)


_CODES = {"difference": DIFFERENCE, "not enforceable here": NOT_ENFORCEABLE}


def _narration(total: int) -> "Callable[[Item], None]":
    """What tells on stderr which experiment begins."""
    numbers = count(1)

    def begun(item: "Item") -> None:
        print(f"{next(numbers)}/{total}  {item.title}", file=sys.stderr, flush=True)

    return begun


def _as_text(finding: "Finding") -> str:
    moved = "".join(f"\n    moved: {text}" for text in finding.moved)
    from tutor.usecases.visible_text import visible

    return visible(f"{finding.id}  {finding.status}: {finding.why}{moved}")


def _as_json(finding: "Finding") -> str:
    return json.dumps({"id": finding.id, "status": finding.status, "why": finding.why, "moved": finding.moved})
