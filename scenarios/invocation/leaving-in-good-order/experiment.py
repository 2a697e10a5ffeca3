"""A handler that leaves its process with one status and another."""

CODE = '''
import os


def lambda_handler(event, context):
    os._exit(event["status"])
'''


def observe(stage, status):
    """Once with status zero, once with ``status``."""
    function = stage.function(CODE, timeout=20)
    zero, other = function.invoke({"status": 0}), function.invoke({"status": status})
    messages = [(one.error_message or "").partition("Error: ")[2] for one in (zero, other)]
    return {
        "zero_error_type": zero.error_type,
        "other_error_type": other.error_type,
        "zero_message": messages[0],
        "other_message": messages[1],
        "names_status": f"status {status}" in messages[1],
        "longest_ms": round(max(zero.report.duration_ms, other.report.duration_ms)),
    }
