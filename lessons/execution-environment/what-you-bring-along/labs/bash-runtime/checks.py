"""What the lab "bash-runtime" demands."""

ORDERS = {0: ("lamp", 1), 1: ("desk", 2), 3: ("chair", 4)}
NAMELESS = 2
ERROR_TYPE = "Order.Nameless"


def _failed(runs):
    for index, (name, _) in ORDERS.items():
        if runs[index].function_error is not None:
            return f"the order of a {name} ended with {runs[index].error_type}: {runs[index].error_message}"
    return None


def _answer(run):
    return run.payload if isinstance(run.payload, dict) else {}


def answers(runs, given):
    """Each order with a name comes back with it."""
    failed = _failed(runs)
    if failed:
        return False, failed
    for index, (name, _) in ORDERS.items():
        if _answer(runs[index]).get("name") != name:
            return False, f"the order of a {name} should be answered with its name, not {runs[index].payload!r}"
    return True, "all three orders with a name were answered"


def counts(runs, given):
    """The script's own variable lives from the first event to the last."""
    failed = _failed(runs)
    if failed:
        return None, f"not judged: {failed}"
    starts = sum(line.count("bootstrap starts") for run in runs for line in run.printed)
    for index, (name, count) in ORDERS.items():
        if _answer(runs[index]).get("count") != count:
            got = _answer(runs[index]).get("count")
            return False, f"the {name} should have count {count}, not {got!r}; the script was started {starts} times"
    if starts != 1:
        return False, f"the script was started {starts} times"
    return True, "one start served all events"


def reports(runs, given):
    """The error was posted, and the runtime lived on."""
    run = runs[NAMELESS]
    if run.function_error is None:
        return False, f"the order without a name was a success for Lambda: it answered {run.payload!r}"
    if run.error_type != ERROR_TYPE:
        return False, f"the order without a name ended with {run.error_type}, and not with {ERROR_TYPE}"
    return True, f"the order without a name ended with {ERROR_TYPE}"
