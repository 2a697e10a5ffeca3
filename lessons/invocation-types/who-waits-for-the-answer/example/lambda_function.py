"""Counts its own invocations, and says whether this one was the first of its environment."""

import os

invocations = 0
print("module level: this line runs in INIT")


def lambda_handler(event, context):
    global invocations
    invocations += 1
    return {
        "caller": event["caller"],
        "invocation_of_this_environment": invocations,
        "process": os.getpid(),
        "request_id": context.aws_request_id,
    }
