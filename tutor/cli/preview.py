"""``tutor preview``: a question as a learner sees it, then its key and every explanation."""

import argparse
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.study.scenario import Scenario

_EPILOG = """\
Options stand as authored; learners get them shuffled. ✓ stands before what is right, by the recorded proof or, for a
fact, as written. Before a proof is recorded nothing is known to be right, and that is said.

exit codes: 0 shown · 1 it is broken, or its proof is missing or stale · 2 no such question or seed
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``tutor preview`` understands."""
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("id", metavar="ID", help="a question (limits/stopped-at-the-timeout)")
    parser.add_argument("--seed", type=int, default=None, metavar="N", help="the Nth set of numbers (default: each)")
    parser.add_argument("--json", action="store_true", help="one JSON object for each set of numbers")


def run(arguments: argparse.Namespace) -> int:
    """Print it at each of its seeds; 1 where its key is not known."""
    from tutor.errors import ContentError, UsageError
    from tutor.wiring import Tutor

    library = Tutor().library
    count = library.seeds(arguments.id)
    if arguments.seed is not None and not 1 <= arguments.seed <= count:
        raise UsageError(f"{arguments.id} has {count} sets of numbers; there is no number {arguments.seed}.")
    code = 0
    for seed in range(count) if arguments.seed is None else [arguments.seed - 1]:
        scenario = library.scenario(arguments.id, seed)
        key: tuple[str, ...] = ()
        trouble = ""
        try:
            key = library.key(arguments.id, seed)
        except ContentError as error:
            trouble, code = str(error.problems[0].message), 1
        (_as_json if arguments.json else _as_text)(scenario, key, trouble, count)
    return code


def _as_text(scenario: "Scenario", key: tuple[str, ...], trouble: str, count: int) -> None:
    from tutor.usecases.visible_text import visible

    numbers = f", numbers {scenario.seed + 1} of {count}" if count > 1 else ""
    lines = [f"{scenario.id}{numbers}: {scenario.title}", "", scenario.stem.strip(), f"Choose {scenario.choose}.", ""]
    for number, option in enumerate(scenario.options, 1):
        sign = "✓" if option.id in key else " " if trouble else "✗"
        lines += [f"{sign} {number}. {' '.join(option.text.split())}"]
        lines += [f"     mistake: {option.mistake}"] if option.mistake else []
        lines += [f"     {' '.join(option.why.split())}"]
    words = len(scenario.stem.split())
    covered = ", ".join(f"{name} {number}" for name, number in scenario.domains.items()) or "no exam"
    lines += ["", f"{words} words · difficulty {scenario.difficulty} · {', '.join(scenario.claims)} · {covered}"]
    lines += [f"source: {scenario.source} ({scenario.as_of})"]
    lines += [f"older: {' '.join(scenario.older.split())}"] if scenario.older else []
    lines += [f"The key is not known: {trouble}."] if trouble else []
    print(visible("\n".join(lines)), end="\n\n" if count > 1 else "\n")


def _as_json(scenario: "Scenario", key: tuple[str, ...], trouble: str, count: int) -> None:
    row = {
        "id": scenario.id,
        "status": "unknown key" if trouble else "ok",
        "why": trouble or f"set {scenario.seed + 1} of {count}",
        "seed": scenario.seed + 1,
        "stem": scenario.stem,
        "choose": scenario.choose,
        "options": [
            {"id": one.id, "text": one.text, "right": one.id in key, "why": one.why, "mistake": one.mistake}
            for one in scenario.options
        ],
        "domains": dict(scenario.domains),
        "claims": list(scenario.claims),
    }
    print(json.dumps(row, ensure_ascii=False))
