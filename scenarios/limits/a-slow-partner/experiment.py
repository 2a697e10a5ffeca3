"""A handler that only waits for somebody else; ``change`` is spread into the configuration."""

CODE = '''
import time


def lambda_handler(event, context):
    time.sleep(event["wait"])
    return "fetched"
'''


def observe(stage, wait, change):
    """Invoke it once with the change; ``wait`` in seconds."""
    invocation = stage.function(CODE, **{"timeout": 1, **change}).invoke({"wait": wait})
    return {
        "ended": "done" if invocation.payload == "fetched" else "failed",
        "error_type": invocation.error_type,
        "memory_mb": invocation.report.memory_size_mb,
        "billed_ms": invocation.report.billed_duration_ms,
    }
