"""Names a handler that the module does not have."""

CODE = """
def lambda_handler(event, context):
    return "finished"
"""


def observe(stage, handler):
    invocation = stage.function(CODE, handler=handler, timeout=20).invoke()
    return {
        "function_error": invocation.function_error,
        "error_type": invocation.error_type,
        "message": invocation.error_message,
    }
