"""Ends the process from the handler with one exit status after another, and by a signal."""

CODE = """
import os
import signal


def lambda_handler(event, context):
    if "signal" in event:
        os.kill(os.getpid(), event["signal"])
    os._exit(event["status"])
"""


def observe(stage, status):
    function = stage.function(CODE, timeout=10)
    seen = {}
    for name, event in {"zero": {"status": 0}, "other": {"status": status}, "segfault": {"signal": 11}}.items():
        left = function.invoke(event)
        seen[f"{name}_error_type"] = left.error_type
        seen[f"{name}_message"] = (left.error_message or "").partition("Error: ")[2]
        seen[f"{name}_function_error"] = left.function_error
    return seen
