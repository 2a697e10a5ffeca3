"""Does its work, then answers with more than the service takes."""

CODE = """
def lambda_handler(event, context):
    print("worked")
    return "x" * event["characters"]
"""


def observe(stage, characters):
    invocation = stage.function(CODE, memory_size=512, timeout=20).invoke({"characters": characters})
    return {
        "status_code": invocation.status_code,
        "function_error": invocation.function_error,
        "error_type": invocation.error_type,
        "message": invocation.error_message,
        "ran": "worked" in invocation.printed,
        "billed": invocation.report.billed_duration_ms > 0,
    }
