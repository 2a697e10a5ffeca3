"""What the lab "partial-batch-failure" demands."""


def booked_once(seen, given):
    """Each good order is booked, and no second time."""
    booked = seen["booked"].split()
    missing = [order for order in seen["good"].split() if order not in booked]
    if missing:
        return False, f"never booked: {', '.join(missing)}"
    twice = sorted({order for order in booked if booked.count(order) > 1})
    if twice:
        return False, f"booked more than once: {', '.join(twice)}"
    return True, f"{len(booked)} good orders are booked, each once"


def bad_kept(seen, given):
    """The queue for bad orders holds these and no others."""
    kept, wanted = seen["bad"].split(), seen["unbookable"].split()
    if kept != wanted:
        return False, f"bad-orders should hold {', '.join(wanted)}; it holds {', '.join(kept) or 'nothing'}"
    return True, f"bad-orders holds {', '.join(kept)}"


def in_batches(seen, given):
    """Batches are as large as before."""
    if seen["largest_batch"] < given["messages"]:
        return False, f"the largest batch had {seen['largest_batch']} orders, not {given['messages']}"
    return True, f"all {seen['largest_batch']} orders came in one batch"
