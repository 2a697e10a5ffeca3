"""Lets an exception leave the handler."""

CODE = """
def lambda_handler(event, context):
    raise ValueError("as asked")
"""


def observe(stage):
    invocation = stage.function(CODE).invoke()
    return {
        "status_code": invocation.status_code,
        "function_error": invocation.function_error,
        "error_type": invocation.error_type,
        "message": invocation.error_message,
        "members": " ".join(sorted(invocation.payload)),
    }
