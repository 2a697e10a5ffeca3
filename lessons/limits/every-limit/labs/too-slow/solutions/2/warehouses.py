"""Stands for four slow services that belong to somebody else. There is nothing to repair in this file."""

import time

STOCK = {
    "north": {"lamp": 3, "desk": 1},
    "east": {"lamp": 14, "desk": 2},
    "south": {"lamp": 0, "desk": 8},
    "west": {"lamp": 5, "desk": 0},
}
NAMES = tuple(STOCK)


def ask(warehouse, article):
    """The number of pieces that one warehouse has; its answer takes a while."""
    time.sleep(0.4)
    return STOCK[warehouse][article]
