"""Near-miss: what it returns looks like an error document. Lambda does not look: it was returned, so it is a success."""

import payment


def lambda_handler(event, context):
    try:
        receipt = payment.charge(event["order"], event["card"], event["cents"])
    except payment.Declined as error:
        return {"errorType": "Declined", "errorMessage": str(error)}
    return {"statusCode": 200, "receipt": receipt}
