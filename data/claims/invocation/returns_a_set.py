"""Returns a value that JSON has no form for."""

CODE = """
def lambda_handler(event, context):
    print("worked")
    return {"a", "b"}
"""


def observe(stage):
    invocation = stage.function(CODE).invoke()
    return {
        "function_error": invocation.function_error,
        "error_type": invocation.error_type,
        "message": invocation.error_message,
        "ran": "worked" in invocation.printed,
    }
