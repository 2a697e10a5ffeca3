"""Near-miss: it writes an ERROR line to the log. A line is no failure: nothing in Lambda reads the log."""

import logging

import payment

logger = logging.getLogger()


def lambda_handler(event, context):
    try:
        receipt = payment.charge(event["order"], event["card"], event["cents"])
    except payment.Declined as error:
        logger.error("order %s: %s", event["order"], error)
        return {"statusCode": 402, "body": str(error)}
    return {"statusCode": 200, "receipt": receipt}
