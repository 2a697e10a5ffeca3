"""A handler with several waits, one after another or side by side, in a warm environment."""

CODE = '''
import time
from concurrent.futures import ThreadPoolExecutor


def ask(seconds):
    time.sleep(seconds)
    return 1


def lambda_handler(event, context):
    waits = [event["wait_ms"] / 1000] * event["calls"]
    if not event["threads"]:
        return sum(ask(seconds) for seconds in waits)
    with ThreadPoolExecutor(len(waits) or 1) as pool:
        return sum(pool.map(ask, waits))
'''


def observe(stage, calls, wait_ms, memory_size, timeout, change):
    """``change`` may hold ``threads`` beside settings of the function."""
    settings = {"memory_size": memory_size, "timeout": timeout, **change}
    threads = settings.pop("threads", False)
    function = stage.function(CODE, **settings)
    function.invoke({"calls": 0, "wait_ms": 0, "threads": threads})
    run = function.invoke({"calls": calls, "wait_ms": wait_ms, "threads": threads})
    answered = 0 if run.error_type else run.payload
    return {"answered": answered, "billed_ms": run.report.billed_duration_ms}
