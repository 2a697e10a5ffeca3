"""What do some pieces of an article cost?

The list is loaded when the first event needs it, and kept. INIT stays short, and an environment whose events never
need the list never loads it. The function takes no arguments, so there is one thing to keep.
"""

from functools import cache

import prices


@cache
def price_list():
    """The price list, loaded at the first call."""
    return prices.load()


def lambda_handler(event, context):
    cents = price_list()[event["article"]] * event["pieces"]
    return {"article": event["article"], "cents": cents}
