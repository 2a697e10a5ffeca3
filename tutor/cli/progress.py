"""``tutor progress``: lessons, labs, scores by content domain and by claim, and what is due."""

import argparse
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tutor.usecases.plan_reviews import Outlook
    from tutor.usecases.see_progress import ProgressItem, ProgressReport

_HEADINGS = {
    "lesson": "Lessons",
    "lab": "Labs",
    "domain": "Content domains of the exams",
    "claim": "Claims, most overdue first",
}
_QUIET = ("not asked yet",)

_EPILOG = """\
A claim is due when it is likely to be forgotten soon (FSRS); `tutor` asks it again under Review.
--items tells of each answered question how hard it is, how well it tells learners apart and which options are used,
as far as the answers allow; --class adds the progress of others, as written by tutor export --progress.
With --json every lesson, lab, domain and claim is one object in a line of its own, claims that were never asked too.

exit codes: 0 shown · 1 broken content (tutor content says where) · 2 a database that cannot be read
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``tutor progress`` understands."""
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--items", action="store_true", help="statistics of the questions instead")
    parser.add_argument("--class", nargs="+", default=[], metavar="FILE", dest="others", help="others' progress files")
    parser.add_argument("--json", action="store_true", help="one JSON object per item")


def run(arguments: argparse.Namespace) -> int:
    """Print where the learner stands; nothing is created or changed."""
    from tutor.wiring import Tutor

    tutor = Tutor()
    if arguments.items or arguments.others:
        from tutor.cli.item_table import show_items

        return show_items(tutor, arguments.others, arguments.json)
    report, outlook = tutor.see_progress.report(), tutor.plan_reviews.outlook()
    for line in _as_json(report, outlook) if arguments.json else _as_text(report, outlook):
        print(line)
    return 0


def _as_json(report: "ProgressReport", outlook: "Outlook") -> "Iterator[str]":
    if outlook.told:
        found = outlook.readiness
        more = {"probability": found.probability, "low": found.low, "high": found.high} if found else {}
        status = "ready" if found and found.ready else "not ready yet" if found else "not asked yet"
        yield json.dumps(
            {"id": outlook.exam, "kind": "exam", "status": status, "why": outlook.told, "days": outlook.days, **more}
        )
    for item in report.items:
        yield json.dumps(
            {"id": item.id, "kind": item.kind, "status": item.status, "why": item.why, "title": item.title, **item.more}
        )


def _as_text(report: "ProgressReport", outlook: "Outlook") -> "Iterator[str]":
    yield _summary(report)
    if outlook.told:
        yield outlook.told
    for kind, heading in _HEADINGS.items():
        shown = [item for item in report.items if item.kind == kind and item.status not in _QUIET]
        if shown:
            yield ""
            yield heading
            yield from _table(shown)


def _summary(report: "ProgressReport") -> str:
    overview, step = report.overview, report.overview.next_step
    done = sum(marks.whole == "done" for marks in overview.marks.values())
    due = "1 claim" if len(overview.due) == 1 else f"{len(overview.due)} claims"
    ahead = "The course is finished." if step.kind == "finished" else f"Next: {step.kind}, {step.title}."
    return (
        f"{done} of {len(overview.marks)} lessons done. {overview.right} of {overview.answers} answers right. "
        f"{due} due.\n{ahead}"
    )


def _table(items: "list[ProgressItem]") -> "Iterator[str]":
    """Status, id and reason in columns that line up; the reason comes last, because it is the longest."""
    status = max(len(item.status) for item in items)
    name = max(len(item.id) for item in items)
    for item in items:
        yield f"  {item.status:<{status}}  {item.id:<{name}}  {item.why}"
