"""What is a price in euros in another currency?"""

import rates

RATES = rates.fetch()


def lambda_handler(event, context):
    return {"currency": event["currency"], "price": event["euros"] * RATES[event["currency"]]}
