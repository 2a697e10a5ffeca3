"""Books the orders of one batch."""

import json

import warehouse


def lambda_handler(event, context):
    print("BATCH", len(event["Records"]))
    for record in event["Records"]:
        order = json.loads(record["body"])
        warehouse.book(order["article"], order["id"])
