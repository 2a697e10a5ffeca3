"""Stands for a slow ledger that belongs to somebody else. There is nothing to repair in this file."""

import pathlib
import time

FOLDER = pathlib.Path("/tmp/ledger")
STEPS = 20


def write(order):
    """Store one order, step by step; takes a while."""
    FOLDER.mkdir(exist_ok=True)
    with open(FOLDER / order, "ab", buffering=0) as file:
        for _ in range(STEPS):
            time.sleep(0.015)
            file.write(b"x")
    print(f"{order} is stored")


def stored():
    """The names of all orders that are stored completely."""
    if not FOLDER.exists():
        return []
    return sorted(path.name for path in FOLDER.iterdir() if path.stat().st_size == STEPS)
