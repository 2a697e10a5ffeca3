"""Near-miss: the settings are right, but it catches every failure. For Lambda all orders were booked."""

import warehouse


def lambda_handler(event, context):
    try:
        warehouse.book(event)
    except Exception as error:
        return {"booked": False, "why": str(error)}
    return {"booked": True}
