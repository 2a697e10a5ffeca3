"""A handler that returns what looks like an HTTP answer with the status 500."""

CODE = '''
def lambda_handler(event, context):
    return {"statusCode": event["status"], "body": "out of stock"}
'''


def observe(stage, status):
    """Invoke it once; ``status`` is the number it puts into ``statusCode``."""
    invocation = stage.function(CODE).invoke({"status": status})
    return {
        "status_code": invocation.status_code,
        "function_error": invocation.function_error,
        "returned": invocation.payload.get("statusCode"),
        "report_status": invocation.report.status,
    }
