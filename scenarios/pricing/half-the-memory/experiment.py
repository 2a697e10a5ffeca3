"""The same wait with two memory sizes, each in a warm environment."""

CODE = '''
import time


def lambda_handler(event, context):
    time.sleep(event["wait_ms"] / 1000)
    return "answered"
'''


def observe(stage, large, small, wait_ms):
    """Compare what is billed, in GB-seconds, with ``small`` MB against ``large`` MB."""
    before, after = _warm_report(stage, large, wait_ms), _warm_report(stage, small, wait_ms)
    percent = 100 * (after.billed_duration_ms * small) / (before.billed_duration_ms * large)
    return {
        "billed_ms_before": before.billed_duration_ms,
        "billed_ms_after": after.billed_duration_ms,
        "percent": round(percent, 1),
        "nearest_quarter": 25 * round(percent / 25),
    }


def _warm_report(stage, memory_size, wait_ms):
    function = stage.function(CODE, memory_size=memory_size, timeout=10)
    function.invoke({"wait_ms": 0})
    return function.invoke({"wait_ms": wait_ms}).report
