"""Stands for a service that refuses the first calls of a new caller. There is nothing to repair in this file."""

import pathlib
import time

CALLS = pathlib.Path("/tmp/calls")
REFUSALS = 2


def fetch():
    """The rates of today. Raises ``ConnectionError`` when the service refuses."""
    time.sleep(0.1)
    with open(CALLS, "a") as calls:
        calls.write("x")
    if CALLS.stat().st_size <= REFUSALS:
        print("the service refuses")
        raise ConnectionError("the service refuses new callers for a moment; try again")
    print("rates fetched")
    return {"USD": 1.25, "CHF": 0.5}
