"""What the lab "retries-and-dead-letters" demands."""

BOOKABLE = ("A-17", "B-23", "D-42")
BAD = "C-31"


def booked(seen, given):
    """Orders that the warehouse can book are booked, also those for which it was busy at first."""
    missing = [order for order in BOOKABLE if order not in seen["booked"].split()]
    if missing:
        return False, f"not booked, although the warehouse has the article: {', '.join(missing)}"
    return True, f"booked: {', '.join(BOOKABLE)}"


def kept(seen, given):
    """The one that cannot be booked is in the queue, once."""
    copies = seen["kept"].split().count(BAD)
    if copies != 1:
        return False, f"failed-orders holds order {BAD} {copies} times; it holds: {seen['kept'] or 'nothing'}"
    return True, f"order {BAD} lies in failed-orders"


def tried(seen, given):
    """It was given up after all of its attempts, neither sooner nor later."""
    if seen["tried"] != given["attempts"]:
        return False, f"order {BAD} was tried {seen['tried']} times, not {given['attempts']}"
    return True, f"order {BAD} was tried {seen['tried']} times"


def none_lost(seen, given):
    """Each order is booked or kept."""
    if seen["lost"]:
        return False, f"neither booked nor kept: {seen['lost']}"
    return True, "each order is booked or lies in the queue"
