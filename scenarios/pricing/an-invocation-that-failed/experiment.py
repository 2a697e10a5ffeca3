"""An invocation that works for a while and then raises, in a warm environment."""

CODE = '''
import time


def lambda_handler(event, context):
    time.sleep(event["work_ms"] / 1000)
    if event["broken"]:
        raise RuntimeError("the last step failed")
    return "done"
'''


def observe(stage, work_ms, timeout):
    """One good invocation without work, then one with ``work_ms`` that fails; ``timeout`` in seconds."""
    function = stage.function(CODE, timeout=timeout)
    function.invoke({"work_ms": 0, "broken": False})
    failed = function.invoke({"work_ms": work_ms, "broken": True})
    return {
        "function_error": failed.function_error,
        "error_type": failed.error_type,
        "duration_ms": failed.report.duration_ms,
        "billed_ms": failed.report.billed_duration_ms,
    }
