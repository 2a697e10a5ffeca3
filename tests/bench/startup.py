"""Start-up of the tutor, each figure against the least that any such program costs, in the same round.

One round takes every subject once, in shuffled order; round 0 is thrown away. Milliseconds belong to the machine, so
the ratio is the result: the median over rounds of the ratio within a round.
"""

import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.bench import bare
from tests.bench.functions import told
from tests.bench.table import Row
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


def rows(rounds: int) -> Iterator[Row]:
    """The commands' help and the first frames of the terminal."""
    with tempfile.TemporaryDirectory(prefix="tutor-bench-") as home:
        measured = _measure(_subjects(environment(home)), max(5, rounds // 3))
    for figure in FIGURES:
        samples, against = ([taken[name] * 1000 for taken in measured] for name in (figure.name, figure.baseline))
        yield Row(figure.name, "ms", samples, figure.baseline, against, figure.aim)


def environment(home: str) -> Mapping[str, str]:
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
        told(f"start-up: round {number} of {rounds}")
    return measured[1:]
