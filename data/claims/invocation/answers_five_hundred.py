"""Returns what an API would take for a failure."""

CODE = """
def lambda_handler(event, context):
    return {"statusCode": 500, "body": "sorry"}
"""


def observe(stage):
    invocation = stage.function(CODE).invoke()
    return {
        "status_code": invocation.status_code,
        "function_error": invocation.function_error,
        "report_status": invocation.report.status,
        "payload_status": invocation.payload["statusCode"],
    }
