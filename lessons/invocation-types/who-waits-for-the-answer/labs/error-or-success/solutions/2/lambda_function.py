"""Charges the card of an order.

It catches, writes a line for the people who read the log, and raises an exception of its own. The name of the type
becomes `errorType`, which alarms and retry rules can look for.
"""

import json

import payment


class OrderNotPaid(Exception):
    """An order could not be charged."""


def lambda_handler(event, context):
    try:
        receipt = payment.charge(event["order"], event["card"], event["cents"])
    except payment.Declined as declined:
        print(json.dumps({"order": event["order"], "outcome": "declined"}))
        raise OrderNotPaid(f"order {event['order']}: {declined}") from declined
    return {"statusCode": 200, "receipt": receipt}
