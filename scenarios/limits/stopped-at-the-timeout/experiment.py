"""A handler that waits far longer than its timeout, inside try, except and finally."""

CODE = '''
import time


def lambda_handler(event, context):
    try:
        time.sleep(event["wait"])
        return "reserved"
    except BaseException:
        print("caught")
        return "sorry"
    finally:
        print("released")
'''


def observe(stage, timeout, wait):
    """Invoke it once; both arguments in seconds."""
    invocation = stage.function(CODE, timeout=timeout).invoke({"wait": wait})
    return {
        "status_code": invocation.status_code,
        "function_error": invocation.function_error,
        "error_type": invocation.error_type,
        "caught": "caught" in invocation.printed,
        "released": "released" in invocation.printed,
        "status": invocation.report.status,
        "billed_ms": invocation.report.billed_duration_ms,
    }
