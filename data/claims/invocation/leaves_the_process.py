"""Calls sys.exit inside a handler that catches every exception."""

CODE = """
import sys


def lambda_handler(event, context):
    try:
        sys.exit(0)
    except Exception:
        print("caught")
    return "finished"
"""


def observe(stage):
    invocation = stage.function(CODE).invoke()
    return {
        "status_code": invocation.status_code,
        "function_error": invocation.function_error,
        "error_type": invocation.error_type,
        "message": invocation.error_message.partition("Error: ")[2],
        "caught": "caught" in invocation.printed,
    }
