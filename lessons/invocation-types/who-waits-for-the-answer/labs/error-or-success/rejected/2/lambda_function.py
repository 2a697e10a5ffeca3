"""Near-miss: it ends the process. Lambda sees a failure, but the reason is lost and the environment is reset."""

import sys

import payment


def lambda_handler(event, context):
    try:
        receipt = payment.charge(event["order"], event["card"], event["cents"])
    except payment.Declined as error:
        print(error)
        sys.exit(1)
    return {"statusCode": 200, "receipt": receipt}
