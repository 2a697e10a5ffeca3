"""Imports a module that is not in the package."""

CODE = """
import forgotten_to_pack_it


def lambda_handler(event, context):
    return "finished"
"""


def observe(stage):
    invocation = stage.function(CODE, timeout=20).invoke()
    return {
        "function_error": invocation.function_error,
        "error_type": invocation.error_type,
        "message": invocation.error_message,
        "request_id": invocation.payload.get("requestId"),
    }
