"""``tutor progress --items``: what the answers say about the questions."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tutor.study.item_statistics import ItemStatistics
    from tutor.wiring import Tutor


def show_items(tutor: "Tutor", others: Sequence[str], as_json: bool) -> int:
    """Print the statistics of the learner's own answers, or of a class with the ``others``' progress files."""
    from tutor.cli.file_text import read_text
    from tutor.study.item_statistics import apart, item_statistics
    from tutor.usecases.progress_file import read_progress

    files = {other: read_progress(read_text(Path(other)), other) for other in others}
    for other, progress in files.items():
        for sentence in progress.refused:
            print(f"tutor: {other}: left out {sentence}", file=sys.stderr)
    items = item_statistics(apart([tutor.memory.answers(), *(progress.answers for progress in files.values())]))
    for line in map(_as_json, items) if as_json else _as_text(items):
        print(line)
    return 0


def _as_json(item: "ItemStatistics") -> str:
    found = {
        "answers": item.answers,
        "learners": item.learners,
        "facility": item.facility,
        "discrimination": item.discrimination,
        "used": item.used,
        "idle": list(item.idle),
    }
    status = "too few answers" if item.facility is None else "enough" if not item.told else "in part"
    return json.dumps({"id": item.question_id, "kind": "question", "status": status, "why": _why(item), **found})


def _as_text(items: "Sequence[ItemStatistics]") -> "Iterator[str]":
    if not items:
        yield "No question was answered yet."
        return
    width = max(len(item.question_id) for item in items)
    for item in items:
        yield f"{item.question_id:<{width}}  {_why(item)}"


def _why(item: "ItemStatistics") -> str:
    said = ["1 answer" if item.answers == 1 else f"{item.answers} answers"]
    if item.learners > 1:
        said.append(f"{item.learners} learners")
    if item.facility is not None:
        said.append(f"{100 * item.facility:.0f} % right")
    if item.discrimination is not None:
        said.append(f"discrimination {item.discrimination:.2f}")
    if item.used is not None:
        said.append("options " + ", ".join(f"{option} {count}" for option, count in item.used.items()))
    if item.idle:
        said.append("idle: " + ", ".join(item.idle))
    return "; ".join([*said, item.told] if item.told else said)
