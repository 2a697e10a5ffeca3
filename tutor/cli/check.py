"""``tutor check``: grade the learner's own copies of the labs, or prove the course's own folders."""

import argparse
import json
import sys
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from tutor.usecases.check_labs import Checked, CheckLabs

DOES_NOT_HOLD, NOT_ENFORCEABLE = 1, 3

_CODES = {
    "not passed": DOES_NOT_HOLD,
    "not as authored": DOES_NOT_HOLD,
    "cannot be judged": NOT_ENFORCEABLE,
}

_EPILOG = """\
Without a LESSON all labs are checked. A lab that you have not opened yet is "not started" and does not fail. Each
grading of your own copy is remembered, as it is in the tutor.

exit codes: 0 nothing fails · 1 a lab was begun and is not passed · 2 unknown LESSON · 3 a verdict hinges on something
that this host cannot enforce · 130 interrupted
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``tutor check`` understands."""
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("lessons", nargs="*", metavar="LESSON", help="a lesson (limits/every-limit), a lab, or a unit")
    parser.add_argument("--authored", action="store_true", help="prove the course: starters, solutions and near-misses")
    parser.add_argument(
        "--watch", action="store_true", help="grade a lab again whenever its files change, until Ctrl+C"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object per item, as it comes out")


def run(arguments: argparse.Namespace) -> int:
    """Check and print; the worst verdict decides the exit code."""
    from tutor.errors import UsageError
    from tutor.wiring import Tutor

    if arguments.watch and arguments.authored:
        raise UsageError("--watch is for your own copies: leave --authored away.")
    check = Tutor().check_labs
    lab_ids = check.labs(arguments.lessons)
    show = _as_json if arguments.json else _as_text
    if arguments.authored:
        return _print(check.authored(lab_ids, _narration()), show)
    code = _print(map(check.learners_copy, lab_ids), show)
    if arguments.watch:
        _watch(check, lab_ids, show)
    return code


def _print(results: "Iterable[Checked]", show: "Callable[[Checked], str]") -> int:
    codes = {0}
    for checked in results:
        print(show(checked), flush=True)
        codes.add(_CODES.get(checked.status, 0))
    return DOES_NOT_HOLD if DOES_NOT_HOLD in codes else max(codes)


def _watch(check: "CheckLabs", lab_ids: "Sequence[str]", show: "Callable[[Checked], str]") -> None:
    """Grade what changes, until the person interrupts."""
    from tutor import locations
    from tutor.cli.changes import changes

    workspace = locations.workspace()
    workspace.mkdir(parents=True, exist_ok=True)
    print(f"Watching {workspace}. Ctrl+C ends.", file=sys.stderr, flush=True)
    for paths in changes(workspace):
        _print(map(check.learners_copy, _changed(workspace, paths, lab_ids)), show)


def _changed(workspace: "Path", paths: "Iterable[Path]", lab_ids: "Sequence[str]") -> "Iterator[str]":
    """Ids of the labs that one of the paths belongs to, in the order of the course."""
    real = workspace.resolve()
    inside = {path.relative_to(root).as_posix() for path in paths for root in (workspace, real) if root in path.parents}
    return (lab_id for lab_id in lab_ids if any(f"{name}/".startswith(f"{lab_id}/") for name in inside))


def _narration() -> "Callable[[str], None]":
    """What tells on stderr which authored folder begins."""
    numbers = count(1)

    def begun(folder_id: str) -> None:
        print(f"{next(numbers)}  {folder_id}", file=sys.stderr, flush=True)

    return begun


def _as_text(checked: "Checked") -> str:
    from tutor.usecases.visible_text import visible

    return visible(f"{checked.id}  {checked.status}: {checked.why}")


def _as_json(checked: "Checked") -> str:
    return json.dumps({"id": checked.id, "status": checked.status, "why": checked.why})
