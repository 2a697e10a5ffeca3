"""What is a price in euros in another currency?

The module still fetches the rates, and calls again when it is refused: a few times, so that INIT has an end.
"""

import rates

ATTEMPTS = 5


def fetch_patiently():
    """The rates, after as many refusals as have to be borne."""
    for _ in range(ATTEMPTS - 1):
        try:
            return rates.fetch()
        except ConnectionError:
            continue
    return rates.fetch()


RATES = fetch_patiently()


def lambda_handler(event, context):
    return {"currency": event["currency"], "price": event["euros"] * RATES[event["currency"]]}
