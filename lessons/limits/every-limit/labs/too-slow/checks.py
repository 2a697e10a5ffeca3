"""What the lab "too-slow" demands."""

STOCK = {"lamp": (3, 14, 0, 5), "desk": (1, 2, 8, 0)}
ARTICLES = ("lamp", "desk")


def answers(runs, given):
    """Both runs end with an answer."""
    for run, article in zip(runs, ARTICLES, strict=True):
        if run.report.status == "timeout":
            limit = run.configuration.get("timeout")
            seconds = "its timeout" if limit is None else f"its timeout of {limit} s"
            return False, f"the run for {article} was stopped at {seconds}, after {run.report.duration_ms:.0f} ms"
        if run.function_error is not None:
            return False, f"the run for {article} ended with {run.error_type}: {run.error_message}"
    return True, "both runs answered"


def counts_all(runs, given):
    """Each total is the sum over all warehouses."""
    for run, article in zip(runs, ARTICLES, strict=True):
        if run.function_error is not None:
            return None, f"not judged: the run for {article} did not answer"
        total = run.payload.get("pieces") if isinstance(run.payload, dict) else None
        if total != sum(STOCK[article]):
            return False, f"there are {sum(STOCK[article])} of {article} in all warehouses, and it answered {total!r}"
    return True, "both totals count every warehouse"


def waits(runs, given):
    """No answer can be there earlier than the slowest warehouse's."""
    for run, article in zip(runs, ARTICLES, strict=True):
        if run.function_error is not None:
            return None, f"not judged: the run for {article} did not answer"
        if run.report.duration_ms < given["wait_ms"]:
            return False, (
                f"the run for {article} took {run.report.duration_ms:.0f} ms, "
                f"and no warehouse answers in less than {given['wait_ms']} ms"
            )
    return True, "both runs took at least as long as one warehouse needs"
