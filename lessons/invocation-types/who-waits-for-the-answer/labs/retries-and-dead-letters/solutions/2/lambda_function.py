"""Books the orders of the shop. It writes a line of its own about a failure, and then lets Lambda see it."""

import warehouse


def lambda_handler(event, context):
    try:
        warehouse.book(event)
    except Exception:
        print(f"order {event['id']} could not be booked this time")
        raise
    return {"booked": True}
