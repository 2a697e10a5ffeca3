"""What the dashboard shows about a day."""

import shop


def lambda_handler(event, context):
    orders = shop.orders_of(event["day"])
    print(f"read {len(orders)} orders of {event['day']}")
    # The dashboard counts them, adds up the cents and picks the ten largest.
    return {"day": event["day"], "orders": orders}
