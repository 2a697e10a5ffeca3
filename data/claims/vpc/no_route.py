"""Tries to connect to an address that is kept for documentation, in an environment without any network."""

CODE = """
import socket


def lambda_handler(event, context):
    try:
        socket.create_connection(("198.51.100.10", 443), timeout=event["patience"]).close()
    except OSError as error:
        return {"connected": False, "own_error": type(error).__name__}
    return {"connected": True, "own_error": None}
"""


def observe(stage, timeout, patience):
    invocation = stage.function(CODE, timeout=timeout).invoke({"patience": patience})
    seen = invocation.payload if invocation.function_error is None else {}
    return {
        "connected": seen.get("connected", False),
        "own_error": seen.get("own_error") is not None,
        "own_error_name": seen.get("own_error"),
        "error_type": invocation.error_type,
        "status": invocation.report.status,
    }
