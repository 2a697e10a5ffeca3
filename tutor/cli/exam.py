"""``tutor exam``: sit a paper line by line, list what there is to sit, or open the exam room."""

import argparse
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tutor.study.paper import Paper
    from tutor.study.sitting import SittingMode
    from tutor.usecases.exam_offers import ExamOffers
    from tutor.usecases.exam_room import Room
    from tutor.usecases.sit_exam import SitExam
    from tutor.wiring import Tutor

_EPILOG = """\
Without --plain the exam room opens in this terminal. With it the sitting is lines of text: questions on standard
output, commands from standard input, in a terminal or through a pipe; ? lists the commands. Everything is kept as it
is typed: after a crash --resume goes on, and the clock of an exam has gone on meanwhile.

exit codes: 0 handed in, left or listed · 2 no such exam, nothing to resume, a database that cannot be used
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``tutor exam`` understands."""
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "blueprint", nargs="?", metavar="BLUEPRINT", help="an exam or another paper of --list (default: DVA-C03)"
    )
    parser.add_argument("--plain", action="store_true", help="line by line, without drawing on the terminal")
    parser.add_argument("--practice", action="store_true", help="explain every answer at once, allow pauses")
    parser.add_argument("--resume", action="store_true", help="go on with the sitting that was left last")
    parser.add_argument("--list", action="store_true", help="list what can be sat, and what the bank lacks for it")
    parser.add_argument("--history", action="store_true", help="list the sittings that were handed in")
    parser.add_argument("--json", action="store_true", help="with --list or --history: one JSON object per item")


def run(arguments: argparse.Namespace) -> int:
    """List, sit, or open the room. Raises ``UsageError`` for a paper that is not there."""
    if not (arguments.plain or arguments.list or arguments.history or arguments.resume):
        return _open_room()
    from tutor.usecases.exam_offers import DEFAULT, ExamOffers
    from tutor.wiring import Tutor

    tutor = Tutor()
    exam = tutor.sit_exam
    offers = ExamOffers(exam)
    if arguments.list or arguments.history:
        rows = _offered(offers) if arguments.list else _past(exam)
        for row in rows:
            print(json.dumps(row) if arguments.json else _as_text(row))
        return 0
    if arguments.resume:
        return sit(tutor, _left(exam))
    paper = offers.paper(arguments.blueprint or DEFAULT)
    return sit(tutor, opened(exam, offers, paper, "practice" if arguments.practice else "exam"))


def _open_room() -> int:
    from tutor.cli.app import run as open_app
    from tutor.errors import UsageError

    try:
        return open_app("exam")
    except UsageError as error:
        raise UsageError(f"{error} (Without drawing: tutor exam --plain)") from error


def opened(exam: "SitExam", offers: "ExamOffers", paper: "Paper", mode: "SittingMode") -> "Room":
    """Say what the paper is and what the bank lacks for it, then begin it."""
    import sys

    time = f"{paper.minutes} minutes" if paper.minutes else "no time limit"
    told = f"{paper.name}, {mode}: {len(paper.questions)} questions, {time}."
    for sentence in (told, *offers.shortages(paper)):
        print(sentence, file=sys.stderr, flush=True)
    return exam.begin(paper, mode)


def sit(tutor: "Tutor", room: "Room") -> int:
    """Sit it line by line; 0, whatever it came to."""
    from tutor.cli.plain_result import print_result
    from tutor.cli.plain_sitting import PlainSitting
    from tutor.study.advice import advice_after

    result = PlainSitting(room).run()
    if result is not None:
        advice = advice_after(result, tutor.sit_exam.library.course_map())
        ready = tutor.plan_reviews.readiness(room.blueprint.name if room.blueprint else "")
        print_result(room, result, advice, ready)
    return 0


def _left(exam: "SitExam") -> "Room":
    from tutor.errors import UsageError

    left = exam.unfinished()
    if not left:
        raise UsageError("There is no sitting to go on with; tutor exam --history lists what was handed in.")
    return exam.room(left[0].begun.id)


def _offered(offers: "ExamOffers") -> "Iterator[dict[str, object]]":
    for offer in offers.all():
        enough = "ready" if offer.there == offer.wanted else "short" if offer.there else "empty"
        counts = {"questions": offer.there, "wanted": offer.wanted, "minutes": offer.minutes, "mode": offer.mode}
        yield {"id": offer.name, "status": enough, "why": " ".join(offer.told), "title": offer.title, **counts}


def _past(exam: "SitExam") -> "Iterator[dict[str, object]]":
    for room in exam.history():
        sitting, result = room.sitting, room.result()
        yield {
            "id": sitting.id,
            "status": "handed in",
            "why": f"{result.raw.right} of {result.raw.asked} right",
            "title": f"{sitting.paper.name}, {sitting.mode}, {sitting.begun:%Y-%m-%d %H:%M} UTC",
            "right": result.raw.right,
            "asked": result.raw.asked,
            "scaled_estimate": result.scaled,
        }


def _as_text(row: "dict[str, object]") -> str:
    if "minutes" not in row:
        return f"{row['title']}: {row['why']}"
    time = f"{row['minutes']} minutes" if row["minutes"] else "no time limit"
    short = f" {row['why']}" if row["why"] else ""
    return f"{row['id']}: {row['title']}, {row['questions']} of {row['wanted']} questions, {time}.{short}"
