"""The exam room: how soon it is open with all questions, and how soon an answer is painted after its key.

Both beside the least that a Textual app costs, in the same round. An answer has been committed to the database when it
is painted.
"""

import random
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.bench import bare, bare_keys
from tests.bench.functions import told
from tests.bench.startup import environment
from tests.bench.table import Row
from tests.bench.terminal import Session

BIN = Path(sys.executable).parent
PRESSES = 30
CALM = 0.4
"""Seconds without any paint after which a question stands there; the clock paints once a second."""
SHOWN = ("DVA-C03", r"\d+ questions", "Past sittings")
OPEN = ("exam room open, every offer counted over all questions", "bare Textual app: painted")
ANSWER = ("key to painted answer, kept in the database", "bare Textual app: key to paint")


def rows(rounds: int) -> Iterator[Row]:
    """Opening, then answering."""
    times: dict[str, list[float]] = {name: [] for name in (*OPEN, *ANSWER)}
    many = max(5, rounds // 5)
    with tempfile.TemporaryDirectory(prefix="tutor-bench-") as folder:
        with Session([str(BIN / "tutor"), "exam"], environment(f"{folder}/0")) as session:
            session.until(*SHOWN)  # its database is made
        for number in range(1, many + 1):
            home = shutil.copytree(f"{folder}/0", f"{folder}/{number}")  # without the paper that the last round left
            for subject in random.sample((_bare, _room), 2):
                for name, taken in subject(environment(str(home))).items():
                    times[name] += taken
            told(f"exam room: round {number} of {many}")
    yield Row(OPEN[0], "ms", times[OPEN[0]], OPEN[1], times[OPEN[1]], 1.5)
    yield Row(ANSWER[0], "ms", times[ANSWER[0]], ANSWER[1], times[ANSWER[1]])


def _bare(around: Mapping[str, str]) -> dict[str, list[float]]:
    with Session([str(BIN / "python"), bare.__file__], around) as session:
        opened = session.until(re.escape(bare.SHOWN)) - session.began
    with Session([str(BIN / "python"), bare_keys.__file__], around) as session:
        session.until(re.escape(bare_keys.SHOWN))
        session.calm()
        answered = [session.press("x", rf"{count}\b") * 1000 for count in range(1, PRESSES + 1)]
    return {OPEN[1]: [opened * 1000], ANSWER[1]: answered}


def _room(around: Mapping[str, str]) -> dict[str, list[float]]:
    """Open the room; begin the first paper; answer each question and go on."""
    with Session([str(BIN / "tutor"), "exam"], around) as session:
        opened = session.until(*SHOWN) - session.began
        session.calm()
        session.press("\r", "guess rather")
        session.press("\r", "1–6")
        answered = []
        for number in range(2, PRESSES + 2):
            session.calm(CALM)
            answered.append(session.press("1", "●") * 1000)
            session.press("n", rf"question {number} of")
    return {OPEN[0]: [opened * 1000], ANSWER[0]: answered}
