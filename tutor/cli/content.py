"""``tutor content``: validate everything under lessons/, scenarios/ and data/, all problems at once."""

import argparse
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tutor.content.validation import Item, Validation

_EPILOG = """\
Each problem has a line: file, line, key, what is wrong, and the nearest valid name.
--touches NAME names every question, claim, lesson and lab that a number of data/quotas.yaml (or data/pricing.yaml)
touches: "key" where it decides what is compared, "wording" where a text prints it, "typed" where a question or its
experiment has the same number written out, "claim" where a claim that it is about names it. Look there before and
after changing the number; tutor prove --all finds the keys that changed.

exit codes: 0 all of it holds · 1 problems · 2 no such number
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``tutor content`` understands."""
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "--json", action="store_true", help="one JSON object for each sound item and for each problem of another one"
    )
    parser.add_argument(
        "--touches", metavar="NAME", help="name what this number of the data touches, and do nothing else"
    )


def run(arguments: argparse.Namespace) -> int:
    """Validate and print; 1 where any problem was found. Or name what a number touches."""
    if arguments.touches:
        return _touches(arguments.touches, arguments.json)
    from tutor import locations
    from tutor.content.validation import validate

    found = validate(locations.content_root())
    if arguments.json:
        for item in found.items:
            for row in _rows(item):
                print(json.dumps(row))
    else:
        for problem in found.problems:
            print(problem)
        print(_summary(found))
    return 1 if found.problems else 0


def _touches(name: str, as_json: bool) -> int:
    from tutor import locations
    from tutor.content.touches import touches

    found = touches(locations.content_root(), name)
    for one in found:
        row = {"id": one.id, "kind": one.kind, "status": one.how, "why": one.why, "file": one.file}
        print(json.dumps(row) if as_json else f"{one.kind:<8}  {one.how:<7}  {one.id}: {one.why}")
    if not as_json:
        print(f"{name} touches {len(found)} thing{'' if len(found) == 1 else 's'}.")
    return 0


def _rows(item: "Item") -> Iterator[dict[str, Any]]:
    head = {"id": item.id, "kind": item.kind}
    if not item.problems:
        yield {**head, "status": "ok", "why": _said(item), "file": item.file}
    for problem in item.problems:
        place = {"file": problem.file, "line": problem.line, "key": problem.key, "nearest": problem.nearest}
        yield {**head, "status": "problem", "why": problem.message, **place}


def _said(item: "Item") -> str:
    if item.kind not in ("question", "claim"):
        return "it can be read and holds together"
    return "a recorded run decides it" if item.proven else "known by its source"


def _summary(found: "Validation") -> str:
    labs, lessons = found.count("lab"), found.count("lesson")
    questions, claims = found.count("question"), found.count("claim")
    run, proven = found.count("question", computed=True), found.count("claim", proven=True)
    counts = (
        f"{found.units} units, {lessons} lessons, {labs} labs, "
        f"{questions} questions ({run} decided by a run, {found.count('question', proven=True)} of them recorded), "
        f"{claims} claims ({found.count('claim', computed=True)} by experiment, {proven} of them proven)"
    )
    if not found.problems:
        return f"All of it holds together: {counts}."
    return f"{len(found.problems)} problem{'' if len(found.problems) == 1 else 's'} in {counts}."
