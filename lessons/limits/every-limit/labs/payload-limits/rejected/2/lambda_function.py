"""Near-miss: it cuts the list first and does the sums afterwards. The answer fits and tells about ten orders only."""

import shop


def lambda_handler(event, context):
    orders = shop.orders_of(event["day"])[:10]
    orders.sort(key=lambda order: order["cents"], reverse=True)
    return {
        "day": event["day"],
        "count": len(orders),
        "total_cents": sum(order["cents"] for order in orders),
        "orders": orders,
    }
