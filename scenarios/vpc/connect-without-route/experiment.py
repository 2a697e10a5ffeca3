"""A handler that connects to a host to which there is no route, with a timeout of its own."""

CODE = '''
import socket


def lambda_handler(event, context):
    try:
        socket.create_connection(("198.51.100.7", event["port"]), timeout=1).close()
    except OSError as error:
        return {"reached": False, "why": type(error).__name__}
    return {"reached": True, "why": None}
'''


def observe(stage, timeout, port):
    """Invoke it once in an environment without a network; ``timeout`` in seconds."""
    invocation = stage.function(CODE, timeout=timeout).invoke({"port": port})
    answer = invocation.payload if invocation.function_error is None else {"reached": None, "why": None}
    return {
        "status_code": invocation.status_code,
        "reached": answer["reached"],
        "why": answer["why"],
        "function_error": invocation.function_error,
        "status": invocation.report.status,
        "billed_ms": invocation.report.billed_duration_ms,
    }
