"""Near-miss: it wants to catch the error. The answer is measured after the handler has returned."""

import shop


def lambda_handler(event, context):
    orders = sorted(shop.orders_of(event["day"]), key=lambda order: order["cents"], reverse=True)
    answer = {"day": event["day"], "count": len(orders), "total_cents": sum(order["cents"] for order in orders)}
    try:
        return {**answer, "orders": orders}
    except Exception as error:
        return {**answer, "orders": orders[:10], "error": str(error)}
