"""``make bench``: start-up, each figure against the least that any such program costs, in the same round.

One round takes every subject once, in shuffled order; round 0 is thrown away. Milliseconds belong to the machine, so
the ratio is the result: the median over rounds of the ratio within a round.
"""

import argparse
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.bench import bare
from tests.bench.terminal import Frame, painted

BIN = Path(sys.executable).parent
Times = dict[str, float]


@dataclass(frozen=True)
class Figure:
    """One line of the table: ``name`` measured against ``baseline``; ``aim`` is the ratio not to be passed."""

    name: str
    baseline: str
    aim: float


FIGURES = (
    Figure("tutor --help", "python -c pass", 4.0),
    Figure("tutor: the course's titles painted", "bare Textual app: painted", 1.5),
    Figure("tutor: marks and what is due painted", "bare Textual app: painted", 2.5),
)


def main() -> int:
    """Measure and print; 1 where an aim is missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory(prefix="tutor-bench-") as home:
        measured = _measure(_subjects(_environment(home)), rounds)
    return _print(measured, rounds)


def _environment(home: str) -> Mapping[str, str]:
    """The person's own environment, a home for the tutor, and compiled modules kept as they normally are."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "TEXTUAL", "TUTOR_"))}
    return kept | {"TUTOR_HOME": home, "TERM": "xterm-256color", "COLORTERM": "truecolor"}


def _subjects(environment: Mapping[str, str]) -> tuple[Callable[[], Times], ...]:
    from tutor.wiring import Tutor

    titles = tuple(re.escape(unit.title) for unit in Tutor().library.course_map().units)
    bare_frame = Frame("bare Textual app: painted", (re.escape(bare.SHOWN),))
    first = Frame("tutor: the course's titles painted", titles)
    marks = Frame("tutor: marks and what is due painted", (r"nothing due|\d+ due",))
    tutor, python = str(BIN / "tutor"), str(BIN / "python")
    return (
        lambda: {"python -c pass": _run([python, "-c", "pass"], environment)},
        lambda: {"tutor --help": _run([tutor, "--help"], environment)},
        lambda: painted([python, bare.__file__], environment, [bare_frame]),
        lambda: painted([tutor], environment, [first, marks]),
    )


def _run(command: list[str], environment: Mapping[str, str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began


def _measure(subjects: tuple[Callable[[], Times], ...], rounds: int) -> list[Times]:
    measured = []
    for number in range(rounds + 1):
        taken: Times = {}
        for subject in random.sample(subjects, len(subjects)):
            taken |= subject()
        measured.append(taken)
        print(f"\rround {number} of {rounds}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return measured[1:]


def _print(measured: list[Times], rounds: int) -> int:
    print(f"Medians of {rounds} rounds, {os.cpu_count()} cores, Python {sys.version.split()[0]}, terminal 120x40\n")
    print(f"{'':<38} {'ms':>7}   {'against':<26} {'ms':>7}  {'ratio':>6}  {'aim':>5}")
    missed = 0
    for figure in FIGURES:
        ratio = median(taken[figure.name] / taken[figure.baseline] for taken in measured)
        took, least = (median(taken[name] for taken in measured) * 1000 for name in (figure.name, figure.baseline))
        missed += ratio > figure.aim
        against = f"{figure.baseline:<26} {least:>7.1f}  {ratio:>6.2f}  {figure.aim:>5.1f}"
        print(f"{figure.name:<38} {took:>7.1f}   {against}{'  missed' if ratio > figure.aim else ''}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
