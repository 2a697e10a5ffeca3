"""What the lab "failing-init" demands."""

PRICES = (("USD", 25.0), ("CHF", 25.0), ("USD", 8.75))
LINE = "rates fetched"


def _failed(runs):
    for number, run in enumerate(runs, 1):
        if run.function_error is not None:
            return f"run {number} ended with {run.error_type}: {run.error_message}"
    return None


def answers(runs, given):
    """Each answer is made with the service's own rate."""
    failed = _failed(runs)
    if failed:
        return False, failed
    for number, (run, (currency, price)) in enumerate(zip(runs, PRICES, strict=True), 1):
        got = run.payload if isinstance(run.payload, dict) else {}
        if got.get("currency") != currency or got.get("price") != price:
            return False, f"run {number} should answer {price} in {currency}, and it answered {run.payload!r}"
    return True, "all three prices are right"


def init_succeeds(runs, given):
    """One INIT, and no INIT_REPORT line, which tells of a failure."""
    first = runs[0]
    failures = sum(line.startswith("INIT_REPORT") for line in first.log_lines)
    if failures:
        return False, f"the log of the first run has {failures} INIT_REPORT lines: the module failed to load"
    if first.report.init_duration_ms is None:
        return None, "not judged: the first run was no cold start that succeeded"
    again = [number for number, run in enumerate(runs[1:], 2) if run.cold]
    if again:
        return False, f"run {again[0]} needed a new INIT"
    return True, f"the module was loaded once, in {first.report.init_duration_ms:.0f} ms"


def fetches_once(runs, given):
    """The service handed the rates out a single time."""
    failed = _failed(runs)
    if failed:
        return None, f"not judged: {failed}"
    fetched = sum(run.printed.count(LINE) for run in runs)
    if fetched != 1:
        return False, f"the line `{LINE}` stands {fetched} times in the three logs"
    return True, "the rates were fetched once"
