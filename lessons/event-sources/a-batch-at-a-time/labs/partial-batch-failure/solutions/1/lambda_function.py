"""Books the orders of one batch, and names those that failed."""

import json

import warehouse


def lambda_handler(event, context):
    print("BATCH", len(event["Records"]))
    failed = []
    for record in event["Records"]:
        order = json.loads(record["body"])
        try:
            warehouse.book(order["article"], order["id"])
        except ValueError as error:
            print(error)
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}
