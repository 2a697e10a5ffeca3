"""Books the orders of one batch of SQS, and names the messages that failed."""

import json


def lambda_handler(event, context):
    failed = []
    for record in event["Records"]:
        try:
            order = json.loads(record["body"])
            print("booked", order["id"], "for", order["cents"], "cents")
        except (ValueError, KeyError) as error:
            print("not booked:", record["messageId"], type(error).__name__)
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}
