"""What the lab "an-extension" demands."""


def _failed(runs):
    for number, run in enumerate(runs, 1):
        if run.function_error is not None:
            return f"run {number} ended with {run.error_type}: {run.error_message}"
        if run.report.status is not None:
            return f"the REPORT line of run {number} ends in Status: {run.report.status} ({run.report.error_type})"
    return None


def answers(runs, given):
    """The handler's answer reaches the caller each time."""
    failed = _failed(runs)
    if failed:
        return False, failed
    for number, run in enumerate(runs, 1):
        if run.payload != "answered":
            return False, f"run {number} should be answered by the handler as it is, and it answered {run.payload!r}"
    return True, "all three events were answered"


def watches(runs, given):
    """The extension's line stands in the log of the run whose event it saw."""
    failed = _failed(runs)
    if failed:
        return None, f"not judged: {failed}"
    for number, run in enumerate(runs, 1):
        if f"watched {number}" not in run.log_lines:
            return False, f"the log of run {number} lacks the line `watched {number}`"
    return True, "the watcher printed its line for each event"


def quick(runs, given):
    """Nobody waits for the figures."""
    failed = _failed(runs)
    if failed:
        return None, f"not judged: {failed}"
    longest = max(run.report.duration_ms for run in runs)
    if longest >= given["quick_ms"]:
        return False, f"the longest run took {longest:.0f} ms, and the handler does next to nothing"
    return True, f"the longest run took {longest:.0f} ms"


def at_the_end(runs, given):
    """Lambda's own line tells what the extension has registered for."""
    lines = [line for run in runs for line in run.log_lines if line.startswith("EXTENSION") and "watcher" in line]
    if not lines:
        return None, "not judged: no log tells of the watcher"
    if not any("SHUTDOWN" in line for line in lines):
        return False, "the watcher did not register for SHUTDOWN, so nothing tells it of the end"
    return True, "the watcher hears of the environment's end"
