"""Gives a function less time than its module needs to load: on a cold start, and after a reset."""

CODE = """
import os
import time

time.sleep(float(os.environ["INIT_SECONDS"]))


def lambda_handler(event, context):
    if event.get("leave"):
        os._exit(1)
    return "answered"
"""


def observe(stage, timeout, init_seconds):
    function = stage.function(CODE, timeout=timeout, environment={"INIT_SECONDS": str(init_seconds)})
    cold, left, after = function.invoke(), function.invoke({"leave": True}), function.invoke()
    return {
        "cold_answers": cold.payload == "answered",
        "cold_init_longer_than_timeout": (cold.report.init_duration_ms or 0) > timeout * 1000,
        "left": left.error_type,
        "after_error_type": after.error_type,
        "after_status": after.report.status,
        "after_init_in_report": after.report.init_duration_ms is not None,
    }
