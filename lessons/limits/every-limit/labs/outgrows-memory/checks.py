"""What the lab "outgrows-memory" demands."""

MONTHS = ("september", "october")
FACTORS = {"september": 7, "october": 11}


def _expected(month, pages):
    counts = [number * FACTORS[month] % 23 for number in range(pages)]
    return sum(1 for count in counts if count > sum(counts) / pages)


def answers(runs, given):
    """Both runs end with an answer."""
    for run, month in zip(runs, MONTHS, strict=True):
        if run.error_type == "Runtime.OutOfMemory":
            used, size = run.report.max_memory_used_mb, run.report.memory_size_mb
            return False, f"the run for {month} was killed when it held {used} MB of its {size} MB"
        if run.function_error is not None:
            return False, f"the run for {month} ended with {run.error_type}: {run.error_message}"
    most = max(run.report.max_memory_used_mb for run in runs)
    return True, f"both months answered and never held more than {most} MB"


def right(runs, given):
    """Each answer is the one that all pages of its month give."""
    for run, month in zip(runs, MONTHS, strict=True):
        if run.function_error is not None:
            return None, f"not judged: the run for {month} did not answer"
        expected = {"pages": given["pages"], "above_average": _expected(month, given["pages"])}
        got = run.payload if isinstance(run.payload, dict) else {}
        if any(got.get(name) != value for name, value in expected.items()):
            return False, f"for {month} it should answer {expected}, and it answered {run.payload!r}"
    return True, "both answers are right"


def stays_small(runs, given):
    """The memory size is the one that was given."""
    size = max(run.report.memory_size_mb for run in runs)
    if size > given["memory_mb"]:
        return False, f"the function was given {size} MB; it has to do with {given['memory_mb']} MB"
    return True, f"the function has {size} MB"
