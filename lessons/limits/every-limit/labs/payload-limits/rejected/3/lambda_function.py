"""Near-miss: it is given more memory (see template.yaml). The limit of an answer is the same for every memory size."""

import shop


def lambda_handler(event, context):
    orders = sorted(shop.orders_of(event["day"]), key=lambda order: order["cents"], reverse=True)
    return {
        "day": event["day"],
        "count": len(orders),
        "total_cents": sum(order["cents"] for order in orders),
        "orders": orders,
    }
