"""What is a price in euros in another currency?

The module loads whatever the service does. The first event that needs the rates fetches them, and later ones find
them. Were the service down for longer, that event would fail and the next one would try again.
"""

import rates

known = {}


def lambda_handler(event, context):
    while not known and context.get_remaining_time_in_millis() > 1000:
        try:
            known.update(rates.fetch())
        except ConnectionError as refusal:
            print(f"calling again: {refusal}")
    return {"currency": event["currency"], "price": event["euros"] * known[event["currency"]]}
