"""Charges the card of an order.

It catches nothing. The exception leaves the handler, the runtime makes an error document of it, and Lambda counts a
failure. What cannot be handled here is best not caught here.
"""

import payment


def lambda_handler(event, context):
    receipt = payment.charge(event["order"], event["card"], event["cents"])
    return {"statusCode": 200, "receipt": receipt}
