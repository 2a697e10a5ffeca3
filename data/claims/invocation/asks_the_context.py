"""Asks the context object for the request id, and twice for the time that remains."""

CODE = """
import time


def lambda_handler(event, context):
    first = context.get_remaining_time_in_millis()
    time.sleep(0.1)
    return {
        "request_id": context.aws_request_id,
        "first": first,
        "second": context.get_remaining_time_in_millis(),
    }
"""


def observe(stage, timeout):
    invocation = stage.function(CODE, timeout=timeout).invoke()
    seen = invocation.payload
    return {
        "same_request_id": seen["request_id"] == invocation.report.request_id,
        "remaining_within_timeout": 0 < seen["first"] <= timeout * 1000,
        "remaining_falls": seen["first"] - seen["second"] >= 99,
    }
