"""A handler that waits longer than the default timeout."""

CODE = '''
import time


def lambda_handler(event, context):
    time.sleep(event["works"])
    return "report"
'''


def observe(stage, works):
    """Everything but the code is left out."""
    invocation = stage.function(CODE).invoke({"works": works})
    return {
        "error_type": invocation.error_type,
        "status_code": invocation.status_code,
        "seconds": int(invocation.report.billed_duration_ms / 1000),
    }
