"""What the lab "cold-and-warm" demands."""

CENTS = {"lamp": 4900, "desk": 19900, "chair": 7900}
EVENTS = (("lamp", 2), ("desk", 1), ("lamp", 5), ("chair", 4))
LINE = "price list loaded"


def _loads(run):
    return sum(line.count(LINE) for line in run.printed)


def _times(count):
    return {0: "not at all", 2: "twice"}.get(count, f"{count} times")


def _failed(runs):
    for number, run in enumerate(runs, 1):
        if run.function_error is not None:
            return f"run {number} ended with {run.error_type}: {run.error_message}"
    return None


def right_prices(runs, given):
    """Each answer is made of its own event."""
    failed = _failed(runs)
    if failed:
        return False, failed
    for number, (run, (article, pieces)) in enumerate(zip(runs, EVENTS, strict=True), 1):
        expected = {"article": article, "cents": CENTS[article] * pieces}
        got = run.payload if isinstance(run.payload, dict) else {}
        if any(got.get(name) != value for name, value in expected.items()):
            return False, f"run {number} should answer {expected}, and it answered {run.payload!r}"
    return True, "all four answers are right"


def loads_once(runs, given):
    """Warm starts find the list where the cold start left it."""
    failed = _failed(runs)
    if failed:
        return None, f"not judged: {failed}"
    for number in (2, 3):
        if _loads(runs[number - 1]):
            return False, f"run {number} was a warm start, and it loaded the list again"
    return True, "neither of the two warm starts loaded the list"


def loads_anew(runs, given):
    """Cold starts have nothing yet, so they load; once is enough."""
    failed = _failed(runs)
    if failed:
        return None, f"not judged: {failed}"
    for number in (1, 4):
        if _loads(runs[number - 1]) != 1:
            return False, (
                f"run {number} was a cold start, and its log has the line `{LINE}` "
                f"{_times(_loads(runs[number - 1]))} instead of once"
            )
    return True, "both cold starts loaded the list once"
