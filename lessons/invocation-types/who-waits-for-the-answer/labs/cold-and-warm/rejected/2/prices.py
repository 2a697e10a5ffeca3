"""Stands for a slow service that hands out the price list. There is nothing to repair in this file."""

import json
import pathlib
import time


def load():
    """The price in cents of every article; takes a while."""
    time.sleep(0.3)
    price_list = json.loads(pathlib.Path(__file__).with_name("prices.json").read_text())
    print("price list loaded")
    return price_list
