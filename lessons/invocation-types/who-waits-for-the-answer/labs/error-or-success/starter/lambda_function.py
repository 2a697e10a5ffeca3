"""Charges the card of an order. It is invoked asynchronously, once for each order."""

import payment


def lambda_handler(event, context):
    try:
        receipt = payment.charge(event["order"], event["card"], event["cents"])
    except payment.Declined as error:
        return {"statusCode": 500, "body": str(error)}
    return {"statusCode": 200, "receipt": receipt}
