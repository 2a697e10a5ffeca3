"""Near-miss: it keeps one price for each article, not the list. Every new article loads the list again."""

from functools import cache

import prices


@cache
def price_of(article):
    return prices.load()[article]


def lambda_handler(event, context):
    return {"article": event["article"], "cents": price_of(event["article"]) * event["pieces"]}
