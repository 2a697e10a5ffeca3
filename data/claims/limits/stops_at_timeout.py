"""Sleeps far past the timeout, in an environment that is warm, so that no INIT is in the bill."""

CODE = """
import time


def lambda_handler(event, context):
    if not event:
        return "warm"
    print("began")
    try:
        time.sleep(event["seconds"])
        print("finished")
    finally:
        print("cleaned up")
    return "finished"
"""


def observe(stage, timeout):
    function = stage.function(CODE, timeout=timeout)
    function.invoke()
    stopped = function.invoke({"seconds": timeout + 20})
    return {
        "status": stopped.report.status,
        "error_type": stopped.error_type,
        "message": stopped.error_message.partition("Error: ")[2],
        "began": "began" in stopped.printed,
        "finished": "finished" in stopped.printed,
        "cleaned_up": "cleaned up" in stopped.printed,
        "billed_ms": stopped.report.billed_duration_ms,
    }
