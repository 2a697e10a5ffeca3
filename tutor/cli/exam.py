"""``tutor exam``: sit a paper line by line, list what there is to sit, or open the exam room."""

import argparse
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tutor.study.advice import Advice
    from tutor.study.paper import Paper
    from tutor.study.readiness import Readiness
    from tutor.study.result import Result
    from tutor.study.sitting import SittingMode
    from tutor.usecases.exam_offers import ExamOffers
    from tutor.usecases.exam_room import Room
    from tutor.usecases.sit_exam import SitExam
    from tutor.wiring import Tutor

_EPILOG = """\
Without --plain the exam room opens in this terminal. With it the sitting is lines of text: questions on standard
output, commands from standard input, in a terminal or through a pipe; ? lists the commands. Everything is kept as it
is typed: after a crash --resume goes on with the sitting that was left last, of BLUEPRINT where it is named; the
clock of an exam has gone on meanwhile. --past 3 looks back at the sitting that --history lists as 3, what went wrong
first; without a number at the last one.

exit codes: 0 handed in, left, listed or looked at · 2 no such exam, nothing to resume, a database that cannot be used
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
    parser.add_argument(
        "--past", nargs="?", type=int, const=0, metavar="N", help="look back at a sitting that was handed in, explained"
    )
    parser.add_argument("--json", action="store_true", help="with --list or --history: one JSON object per item")


def run(arguments: argparse.Namespace) -> int:
    """List, sit, look back, or open the room. Raises ``UsageError`` for a paper or sitting that is not there."""
    from tutor.usecases.exam_offers import DEFAULT, ExamOffers
    from tutor.wiring import Tutor

    looks = arguments.list or arguments.history or arguments.past is not None
    mode: SittingMode = "practice" if arguments.practice else "exam"
    if not (arguments.plain or looks or arguments.resume):
        return _open_room(arguments.blueprint or "", mode if arguments.practice else None)
    tutor = Tutor()
    exam = tutor.sit_exam
    offers = ExamOffers(exam)
    if arguments.list or arguments.history:
        rows = _offered(offers) if arguments.list else _past(exam)
        for row in rows:
            print(json.dumps(row) if arguments.json else _as_text(row))
        return 0
    if arguments.past is not None:
        return _look_back(tutor, arguments.past)
    if arguments.resume:
        return sit(tutor, _left(exam, offers.paper(arguments.blueprint).name if arguments.blueprint else None))
    return sit(tutor, opened(exam, offers, offers.paper(arguments.blueprint or DEFAULT), mode))


def _open_room(name: str, mode: "SittingMode | None") -> int:
    from tutor.cli.app import run as open_app
    from tutor.errors import UsageError
    from tutor.wiring import Tutor

    if name:
        from tutor.usecases.exam_offers import ExamOffers

        ExamOffers(Tutor().sit_exam).demand(name)
    try:
        return open_app("exam", name, mode)
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
    from tutor.cli.plain_sitting import PlainSitting, aside

    result = PlainSitting(room).run()
    if result is not None:
        print_result(room, result, *_beside(tutor, room, result))
        aside("Look back at it with: tutor exam --past")
    return 0


def _beside(tutor: "Tutor", room: "Room", result: "Result") -> "tuple[Advice, Readiness | None]":
    """What to study next, and the chance to pass."""
    from tutor.study.advice import advice_after

    advice = advice_after(result, tutor.sit_exam.library.course_map())
    return advice, tutor.plan_reviews.readiness(room.blueprint.name if room.blueprint else "")


def _look_back(tutor: "Tutor", number: int) -> int:
    """The result of a past sitting, then a walk through its questions."""
    from tutor.cli.plain_result import print_score
    from tutor.cli.plain_review import PlainReview
    from tutor.errors import UsageError

    past = tutor.sit_exam.history()
    if not past:
        raise UsageError("No sitting has been handed in yet.")
    if not 0 <= number <= len(past):
        raise UsageError(f"The sittings are 1 to {len(past)}: tutor exam --history lists them.")
    room = past[number - 1]
    result = room.result()
    print_score(room, result, *_beside(tutor, room, result))
    PlainReview(room, result).run()
    return 0


def _left(exam: "SitExam", paper: str | None) -> "Room":
    """The sitting to go on with, of this paper where one is named; where there is none, one whose time ran out."""
    from tutor.cli.plain_sitting import aside
    from tutor.errors import UsageError

    left = [record for record in exam.unfinished() if paper in (None, record.begun.paper.name)]
    ended = [room for room in exam.ended() if paper in (None, room.sitting.paper.name)]
    if left:
        _say_ended(ended)
        room = exam.room(left[0].begun.id)
        name, count = room.sitting.paper.name, len(room.sitting.questions)
        aside(f"Going on with {name}, {room.sitting.mode}: {room.answered} of {count} questions answered.")
        return room
    if not ended:
        of_it = f" of {paper}" if paper else ""
        raise UsageError(f"There is no sitting{of_it} to go on with; tutor exam --history lists what was handed in.")
    _say_ended(ended[1:])
    return ended[0]


def _say_ended(rooms: "Sequence[Room]") -> None:
    from tutor.cli.plain_sitting import aside
    from tutor.usecases.sit_exam import ran_out

    for room in rooms:
        aside(f"{ran_out(room)} tutor exam --history lists it.")


def _offered(offers: "ExamOffers") -> "Iterator[dict[str, object]]":
    for offer in offers.all():
        enough = "ready" if offer.there == offer.wanted else "short" if offer.there else "empty"
        counts = {"questions": offer.there, "wanted": offer.wanted, "minutes": offer.minutes, "mode": offer.mode}
        yield {"id": offer.name, "status": enough, "why": " ".join(offer.told), "title": offer.title, **counts}


def _past(exam: "SitExam") -> "Iterator[dict[str, object]]":
    for number, room in enumerate(exam.history(), 1):
        sitting, result = room.sitting, room.result()
        yield {
            "id": sitting.id,
            "number": number,
            "status": "handed in",
            "why": f"{result.raw.right} of {result.raw.asked} right",
            "title": f"{sitting.paper.name}, {sitting.mode}, {sitting.begun:%Y-%m-%d %H:%M} UTC",
            "right": result.raw.right,
            "asked": result.raw.asked,
            "scaled_estimate": result.scaled,
        }


def _as_text(row: "dict[str, object]") -> str:
    if "minutes" not in row:
        return f"{row['number']}. {row['title']}: {row['why']}"
    time = f"{row['minutes']} minutes" if row["minutes"] else "no time limit"
    short = f" {row['why']}" if row["why"] else ""
    return f"{row['id']}: {row['title']}, {row['questions']} of {row['wanted']} questions, {time}.{short}"
