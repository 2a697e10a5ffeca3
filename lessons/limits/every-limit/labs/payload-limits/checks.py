"""What the lab "payload-limits" demands."""

DAYS = ("monday", "tuesday")
FACTORS = {"monday": 7919, "tuesday": 104729}


def _cents(day, orders):
    return [500 + number * FACTORS[day] % 99991 for number in range(orders)]


def _answer(run):
    return run.payload if isinstance(run.payload, dict) else {}


def _unanswered(runs):
    for run, day in zip(runs, DAYS, strict=True):
        if run.function_error is not None:
            return None, f"not judged: no answer for {day} reached the caller"
    return None


def fits(runs, given):
    """No answer is thrown away."""
    for run, day in zip(runs, DAYS, strict=True):
        if run.error_type == "Function.ResponseSizeTooLarge":
            return False, f"for {day} the caller got this instead of the answer: {run.error_message}"
        if run.function_error is not None:
            return False, f"the run for {day} ended with {run.error_type}: {run.error_message}"
    return True, "both answers reached the caller"


def whole_day(runs, given):
    """Count and sum are those of all orders."""
    open_question = _unanswered(runs)
    if open_question:
        return open_question
    for run, day in zip(runs, DAYS, strict=True):
        cents = _cents(day, given["orders"])
        got = (_answer(run).get("count"), _answer(run).get("total_cents"))
        if got != (len(cents), sum(cents)):
            return False, (
                f"{day} has {len(cents):,} orders of {sum(cents):,} cents together, "
                f"and it answered count {got[0]!r} and total_cents {got[1]!r}"
            )
    return True, "count and sum are right for both days"


def _pairs(orders, most):
    try:
        return [(order["id"], order["cents"]) for order in orders[:most]]
    except (TypeError, KeyError):
        return None


def largest_first(runs, given):
    """The first orders sent are the largest of the day, in order."""
    open_question = _unanswered(runs)
    if open_question:
        return open_question
    for run, day in zip(runs, DAYS, strict=True):
        got = _pairs(_answer(run).get("orders"), given["largest"])
        if got is None:
            return False, f"the answer for {day} has no list `orders` whose items have `id` and `cents`"
        ranked = sorted(enumerate(_cents(day, given["orders"])), key=lambda order: -order[1])[: given["largest"]]
        expected = [(f"{day}-{number}", cents) for number, cents in ranked]
        if got != expected:
            return False, f"the largest order of {day} is {expected[0]}, the next {expected[1]}; it sent {got[:2]}"
    return True, f"the {given['largest']} largest come first on both days"
