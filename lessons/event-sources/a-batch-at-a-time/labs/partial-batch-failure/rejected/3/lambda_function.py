"""Near-miss: the key is wrong, so the answer is no partial one: the whole batch comes back."""

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
            failed.append({"messageId": record["messageId"]})
    return {"batchItemFailures": failed}
