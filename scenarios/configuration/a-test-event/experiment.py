"""A handler behind an API, written in four ways, and an event in the API's shape."""

import json

CODE = '''
import json

WAYS = {
    "body": lambda event: event["body"]["order"],
    "whole": lambda event: json.loads(event)["body"]["order"],
    "query": lambda event: event["queryStringParameters"]["order"],
    "loads": lambda event: json.loads(event["body"])["order"],
}


def lambda_handler(event, context):
    return WAYS["{variant}"](event)
'''


def observe(stage, order, change):
    """``change`` holds ``variant``: how the handler takes the number."""
    event = {
        "resource": "/orders",
        "path": "/orders",
        "httpMethod": "POST",
        "headers": {"content-type": "application/json"},
        "queryStringParameters": None,
        "pathParameters": None,
        "body": json.dumps({"order": order}),
        "isBase64Encoded": False,
    }
    invocation = stage.function(CODE.replace("{variant}", change["variant"])).invoke(event)
    failed = invocation.error_type is not None
    return {"order": None if failed else invocation.payload, "error_type": invocation.error_type}
