"""``tutor quiz``: a few questions of chosen topics, line by line, each explained at once."""

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.usecases.exam_offers import ExamOffers
    from tutor.wiring import Tutor

_EPILOG = """\
Questions on standard output, commands from standard input, in a terminal or through a pipe; ? lists the commands.
With --exam nothing is explained before the end. --list names the topics with how many questions each has.
--review asks what the plan has for today (tutor plan), or what is due; --cram what is least remembered, and moves no
review by it.

exit codes: 0 handed in, left or listed · 2 no such topic or claim, a database that cannot be used
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``tutor quiz`` understands."""
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--topic", action="append", default=[], metavar="T", help="only this topic; may be repeated")
    parser.add_argument("--claim", action="append", default=[], metavar="ID", help="only this claim; may be repeated")
    parser.add_argument("--difficulty", type=int, choices=(1, 2, 3), help="1 easy, 2 middling, 3 hard")
    parser.add_argument(
        "--count", type=_positive, default=5, metavar="N", help="at most so many questions (default: 5)"
    )
    parser.add_argument("--minutes", type=_positive, metavar="M", help="a time limit (default: none)")
    parser.add_argument("--exam", action="store_true", help="no feedback before the end")
    parser.add_argument("--review", action="store_true", help="today's review, in place of a choice")
    parser.add_argument("--cram", action="store_true", help="what is least remembered, --count of it; moves no review")
    parser.add_argument("--plain", action="store_true", help="line by line, which is what this command does anyway")
    parser.add_argument("--list", action="store_true", help="list the topics")
    parser.add_argument("--json", action="store_true", help="with --list: one JSON object per topic")


def run(arguments: argparse.Namespace) -> int:
    """Compose the quiz and sit it. Raises ``UsageError`` for a topic or claim that no question is about."""
    from tutor.cli.exam import opened, sit
    from tutor.usecases.exam_offers import Choice, ExamOffers
    from tutor.wiring import Tutor

    tutor = Tutor()
    exam = tutor.sit_exam
    offers = ExamOffers(exam)
    if arguments.list:
        _list(offers, arguments.json)
        return 0
    if arguments.review or arguments.cram:
        return _ask(tutor, arguments)
    wish = Choice(
        tuple(arguments.topic), tuple(arguments.claim), arguments.difficulty, arguments.count, arguments.minutes
    )
    return sit(tutor, opened(exam, offers, offers.chosen(wish), "exam" if arguments.exam else "practice"))


def _ask(tutor: "Tutor", arguments: argparse.Namespace) -> int:
    """Today's review, or cramming."""
    from tutor.cli.plain_questions import PlainQuestions
    from tutor.cli.plain_sitting import aside
    from tutor.errors import UsageError

    named = arguments.topic or arguments.claim or arguments.difficulty or arguments.minutes or arguments.exam
    if named or (arguments.review and arguments.cram):
        raise UsageError("--review and --cram choose by themselves: they go with --count alone, one of them at a time.")
    plans, asking = tutor.plan_reviews, tutor.answer_question
    if arguments.cram:
        PlainQuestions(asking, plans.cram(arguments.count), "cram").run()
        return 0
    plan = plans.plan()
    for told in plan.told:
        aside(told)
    ids = asking.review(plan.now)
    if not ids:
        aside("Nothing is due for review now.")
    PlainQuestions(asking, ids, "review").run()
    return 0


def _list(offers: "ExamOffers", as_json: bool) -> None:
    import json

    for topic, count in offers.topics.items():
        row = {"id": topic, "status": "ready", "why": f"{count} questions", "questions": count}
        print(json.dumps(row) if as_json else f"{topic}: {count} questions")


def _positive(written: str) -> int:
    if not written.isdecimal() or not int(written):
        raise argparse.ArgumentTypeError(f"{written!r} is no number of 1 or more")
    return int(written)
