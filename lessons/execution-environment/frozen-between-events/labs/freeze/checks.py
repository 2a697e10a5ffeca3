"""What the lab "freeze" demands."""

ORDERS = {0: "lamp", 2: "desk", 3: "chair"}
QUESTIONS = {1: ["lamp"], 4: ["chair", "desk", "lamp"]}


def _failed(runs):
    for number, run in enumerate(runs, 1):
        if run.function_error is not None:
            return f"run {number} ended with {run.error_type}: {run.error_message}"
    return None


def accepts(runs, given):
    """Orders are accepted by name, questions are answered with a list."""
    failed = _failed(runs)
    if failed:
        return False, failed
    for index, order in ORDERS.items():
        if runs[index].payload != {"accepted": order}:
            return False, f"run {index + 1} should accept the {order} by name, and it answered {runs[index].payload!r}"
    for index in QUESTIONS:
        payload = runs[index].payload
        if not isinstance(payload, dict) or not isinstance(payload.get("stored"), list):
            return False, f"run {index + 1} asks what is stored, and it answered {payload!r}"
    return True, "all three orders were accepted, and both questions answered"


def stored_first(runs, given):
    """The ledger's line stands in the log of the run that accepted the order."""
    failed = _failed(runs)
    if failed:
        return None, f"not judged: {failed}"
    for index, order in ORDERS.items():
        line = f"{order} is stored"
        if line in runs[index].printed:
            continue
        later = [number for number, run in enumerate(runs, 1) if line in run.printed]
        where = f"it stands in that of run {later[0]}" if later else "no other run printed it either"
        return False, f"run {index + 1} accepted the {order}, and its log lacks `{line}`; {where}"
    return True, "each order was stored before its answer went out"


def nothing_lost(runs, given):
    """What was accepted so far is what the ledger holds."""
    failed = _failed(runs)
    if failed:
        return None, f"not judged: {failed}"
    for index, orders in QUESTIONS.items():
        payload = runs[index].payload
        stored = payload.get("stored") if isinstance(payload, dict) else None
        if not isinstance(stored, list) or sorted(map(str, stored)) != orders:
            return False, f"by run {index + 1} {', '.join(orders)} had been accepted, and the ledger held {stored!r}"
    return True, "the ledger held every order that had been accepted, both times"
