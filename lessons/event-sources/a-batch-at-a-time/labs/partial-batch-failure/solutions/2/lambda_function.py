"""Books the orders of one batch; whatever goes wrong with a message is that message's failure alone."""

import json

import warehouse


def book(record):
    """Whether this message is done."""
    try:
        order = json.loads(record["body"])
        warehouse.book(order["article"], order["id"])
    except Exception as error:
        print(record["messageId"], error)
        return False
    return True


def lambda_handler(event, context):
    print("BATCH", len(event["Records"]))
    failed = [record["messageId"] for record in event["Records"] if not book(record)]
    return {"batchItemFailures": [{"itemIdentifier": one} for one in failed]}
