"""The result of a sitting in plain lines: the score, by domain and by claim, what to study, what went wrong."""

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.study.advice import Advice
    from tutor.study.blueprint import Blueprint
    from tutor.study.readiness import Readiness
    from tutor.study.result import Result
    from tutor.usecases.exam_room import Room


def print_result(room: "Room", result: "Result", advice: "Advice", ready: "Readiness | None") -> None:
    """Everything, what was sure but wrong first. ``ready`` is the chance to pass; None where none is known."""
    from tutor.study.result import walk

    print_score(room, result, advice, ready)
    for number in walk(result):
        _explain(room, number)
    sys.stdout.flush()


def print_score(room: "Room", result: "Result", advice: "Advice", ready: "Readiness | None") -> None:
    """Everything but the explanations."""
    for line in (
        "",
        *_score(room.sitting.paper.name, result, room.blueprint, ready),
        *_next(advice),
        *_by_claim(result),
        *_times(result),
    ):
        print(line)


def _score(name: str, result: "Result", blueprint: "Blueprint | None", ready: "Readiness | None") -> Iterator[str]:
    raw = result.raw
    yield f"{name}: {raw.right} of {raw.asked} right."
    if result.scaled is not None and blueprint is not None:
        told = "an estimate: AWS does not publish its formula"
        yield f"Estimated scaled score {result.scaled}, pass mark {blueprint.pass_mark}; {told}."
    if ready is not None:
        from tutor.usecases.plan_reviews import chance_told

        yield f"{chance_told(ready)}."
    titles = {domain.number: domain.title for domain in blueprint.domains} if blueprint else {}
    for number, score in result.by_domain.items():
        yield f"{titles.get(number, number)}: {score.right} of {score.asked}."
    named = (
        ("Sure but wrong", result.sure_but_wrong),
        ("Slow", result.slow),
        ("Blank", result.blank),
        ("Changed since, not counted", result.void),
    )
    for told, numbers in named:
        if numbers:
            yield f"{told}: {', '.join(str(number + 1) for number in numbers)}."


def _next(advice: "Advice") -> Iterator[str]:
    if advice.lesson is not None:
        yield f"Next: the lesson {advice.lesson.id}, {advice.lesson.title}, about {advice.lesson.minutes} minutes."
    if advice.lab is not None:
        yield f"Then: the lab {advice.lab[0]}, {advice.lab[1]}."


def _by_claim(result: "Result") -> Iterator[str]:
    missed = {claim: score for claim, score in result.by_claim.items() if score.right < score.asked}
    if missed:
        yield "Claims missed: " + ", ".join(f"{one} {of.right} of {of.asked}" for one, of in missed.items()) + "."
    held = [claim for claim in result.by_claim if claim not in missed]
    if held:
        yield f"Claims held: {', '.join(held)}."


def _times(result: "Result") -> Iterator[str]:
    """The time that each question was on the screen, in seconds."""
    yield "Seconds: " + ", ".join(f"{one.number + 1}. {one.seconds:.0f}" for one in result.marked) + "."


def _explain(room: "Room", number: int) -> None:
    from tutor.cli.plain_sitting import print_feedback

    question, feedback = room.question(number), room.feedback(number)
    if question is not None and feedback is not None:
        print(f"\nQuestion {number + 1}. {question.scenario.stem}")
        print_feedback(feedback)
