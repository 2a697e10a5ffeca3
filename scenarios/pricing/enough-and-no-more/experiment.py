"""A handler that holds a table in memory while it waits; ``change`` is spread into the configuration."""

CODE = '''
import time


def lambda_handler(event, context):
    table = bytearray(b"t" * 1024 * 1024) * event["table_mb"]
    time.sleep(1)
    return len(table) // (1024 * 1024)
'''


def observe(stage, table_mb, change, **_sizes):
    """Invoke it once with the change; the table's size in MB."""
    invocation = stage.function(CODE, **{"timeout": 10, **change}).invoke({"table_mb": table_mb})
    answered = invocation.function_error is None
    return {
        "held_mb": invocation.payload if answered else None,
        "error_type": invocation.report.error_type,
        "max_memory_used_mb": invocation.report.max_memory_used_mb,
        "billed_ms": invocation.report.billed_duration_ms,
    }
