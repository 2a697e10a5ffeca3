"""The demands on the reservations."""


def peak_runs(seen, given):
    """The peak ran, and a reservation guarantees that it will."""
    ran, reserved = seen["orders_at_once"], seen["orders_reserved"]
    if ran < given["peak"]:
        return False, f"{ran} of {given['peak']} orders ran; the others were throttled at the reservation of {reserved}"
    if reserved is None:
        return False, "they ran because the account was idle; nothing keeps that room when other functions are busy"
    return True, f"all {ran} ran, and {reserved} are reserved for them"


def batch_bounded(seen, given):
    """A reservation is a cap as well."""
    ran = seen["batch_at_once"]
    return ran <= given["connections"], f"{ran} of {given['jobs']} jobs were in progress at once"


def batch_works(seen, given):
    """Stopping the batch is no answer."""
    ran = seen["batch_at_once"]
    return ran > 0, f"{ran} of {given['jobs']} jobs ran at once; what is throttled comes again later"


def room_for_others(seen, given):
    """A reservation is taken from all other functions."""
    left = seen["unreserved"]
    return left >= given["others"], f"{left} are left for the functions without a reservation"
