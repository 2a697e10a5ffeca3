"""``tutor plan``: an exam's date and a daily cap, and what to review on which day."""

import argparse
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tutor.usecases.plan_reviews import Plan

_EPILOG = """\
The plan aims at a recall of 0.90 or better for each claim on the exam's day (FSRS), with at most --cap reviews a day.
It is made anew each time from what was answered. Without arguments it is shown as it stands.

example:
  tutor plan --exam DVA-C03 --date 2026-12-20 --cap 20

exit codes: 0 shown · 2 an exam, date or cap that cannot be
"""
_SHOWN = 8


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What ``tutor plan`` understands."""
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--exam", metavar="NAME", help="the exam to plan for (default: the one set before, or DVA-C03)")
    parser.add_argument("--date", metavar="YYYY-MM-DD", help="the day of the exam")
    parser.add_argument("--cap", type=int, metavar="N", help="the most reviews a day")
    parser.add_argument("--clear", action="store_true", help="plan for no exam and without a cap")
    parser.add_argument("--json", action="store_true", help="one JSON object for the exam, then one for each day")


def run(arguments: argparse.Namespace) -> int:
    """Keep what was set, and print the plan."""
    from tutor.errors import UsageError
    from tutor.usecases.plan_reviews import DEFAULT
    from tutor.wiring import Tutor

    plans = Tutor().plan_reviews
    if arguments.clear:
        if arguments.exam or arguments.date or arguments.cap is not None:
            raise UsageError("--clear goes alone.")
        plans.clear()
    if arguments.exam or arguments.date:
        before = plans.target()
        day = arguments.date or before.date
        if not day:
            raise UsageError("An exam needs its date: --date 2026-12-20.")
        plans.set_target(arguments.exam or before.exam or DEFAULT, day)
    if arguments.cap is not None:
        plans.set_cap(arguments.cap)
    plan = plans.plan()
    for line in _as_json(plan) if arguments.json else _as_text(plan):
        print(line)
    return 0


def _as_json(plan: "Plan") -> "Iterator[str]":
    target, planned, found = plan.target, plan.schedule, plan.outlook.readiness
    whole: dict[str, Any] = {
        "id": target.exam or "",
        "status": "no exam" if planned is None else "short" if planned.short else "held",
        "why": " ".join(plan.told) or _aim(plan),
        "date": target.date,
        "days": plan.days,
        "cap": target.cap,
        "readiness": found and {"probability": found.probability, "low": found.low, "high": found.high},
        "ready": bool(found and found.ready),
        "short": list(planned.short) if planned else [],
        "enough": planned.enough if planned else None,
    }
    yield json.dumps(whole)
    for ahead, claims in enumerate(planned.days if planned else [plan.due]):
        day = (plan.today + timedelta(days=ahead)).isoformat()
        status = "planned" if ahead else "today"
        yield json.dumps({"id": day, "status": status, "why": _number(len(claims)), "claims": list(claims)})


def _as_text(plan: "Plan") -> "Iterator[str]":
    from tutor.usecases.plan_reviews import in_days

    target = plan.target
    if plan.days is None:
        yield "No exam is planned: tutor plan --exam DVA-C03 --date 2026-12-20 --cap 20."
    elif plan.days >= 0:
        yield f"{target.exam} {in_days(plan.days)}, on {target.date}."
    yield f"At most {target.cap} reviews a day." if target.cap else "No cap on reviews a day."
    if plan.outlook.readiness is not None:
        yield plan.outlook.readiness_told
    if plan.schedule is None or not plan.schedule.short:
        yield _aim(plan)
    yield from plan.told
    yield ""
    days = plan.schedule.days if plan.schedule else (plan.due,)
    for ahead, claims in enumerate(days):
        if claims:
            yield f"  {plan.today + timedelta(days=ahead)}  {_number(len(claims)):<12}{_ids(claims)}"


def _aim(plan: "Plan") -> str:
    if plan.schedule is None:
        return f"{_number(len(plan.due))} due."
    return plan.aim


def _number(claims: int) -> str:
    return "1 claim" if claims == 1 else f"{claims} claims"


def _ids(claims: tuple[str, ...]) -> str:
    more = f" and {len(claims) - _SHOWN} more" if len(claims) > _SHOWN else ""
    return ", ".join(claims[:_SHOWN]) + more
