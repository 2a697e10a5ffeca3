"""What the lab "error-or-success" demands."""

PAID = {0: "A-17", 2: "C-31"}
DECLINED = {1: "B-23", 3: "D-42"}


def paid(runs, given):
    """Orders that can be paid succeed, each with its own receipt."""
    for index, order in PAID.items():
        run = runs[index]
        if run.function_error is not None:
            return False, f"order {order} can be paid, and it ended with {run.error_type}: {run.error_message}"
        got = run.payload if isinstance(run.payload, dict) else {}
        if got.get("statusCode") != 200 or got.get("receipt") != f"paid {order}":
            return False, f"order {order} should be answered with the receipt `paid {order}`; it answered {run.payload!r}"
    return True, "both orders that can be paid have their receipts"


def seen_as_failure(runs, given):
    """Declined cards are failures in Lambda's own eyes."""
    for index, order in DECLINED.items():
        if runs[index].function_error is None:
            return False, f"order {order} was declined, and Lambda saw a success: {runs[index].payload!r}"
    return True, "both declined orders ended in a function error"


def names_order(runs, given):
    """The error document says what happened to which order."""
    for index, order in DECLINED.items():
        run = runs[index]
        if run.function_error is None:
            return None, f"not judged: order {order} did not fail"
        if order not in (str(run.error_message or "")):
            return False, f"order {order} ended with {run.error_type} and the message {run.error_message!r}"
    return True, "both error documents name their order"
