"""The same work with a short and with a long timeout, each in a warm environment."""

CODE = '''
import time


def lambda_handler(event, context):
    time.sleep(event["work_ms"] / 1000)
    return "done"
'''


def observe(stage, work_ms, small, large):
    """What is billed with ``small`` and with ``large`` seconds of timeout."""
    before, after = _billed(stage, small, work_ms), _billed(stage, large, work_ms)
    return {"before_ms": before, "after_ms": after, "times": round(after / before)}


def _billed(stage, timeout, work_ms):
    function = stage.function(CODE, timeout=timeout)
    function.invoke({"work_ms": 0})
    return function.invoke({"work_ms": work_ms}).report.billed_duration_ms
