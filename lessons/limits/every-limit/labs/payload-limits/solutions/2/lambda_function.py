"""What the dashboard shows about a day.

Less of each order: all orders are sent, without their notes. This fits today and leaves the dashboard free to show
more than ten, but the answer still grows with the day: in the long run it needs pages, or a file in a bucket.
"""

import shop


def lambda_handler(event, context):
    orders = sorted(shop.orders_of(event["day"]), key=lambda order: order["cents"], reverse=True)
    return {
        "day": event["day"],
        "count": len(orders),
        "total_cents": sum(order["cents"] for order in orders),
        "orders": [{"id": order["id"], "cents": order["cents"]} for order in orders],
    }
