"""Books the orders of the shop, which invokes it asynchronously."""

import warehouse


def lambda_handler(event, context):
    try:
        warehouse.book(event)
    except Exception as error:
        return {"booked": False, "why": str(error)}
    return {"booked": True}
