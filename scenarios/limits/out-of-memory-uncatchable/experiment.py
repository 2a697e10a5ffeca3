"""A handler that collects more and more, and hopes for MemoryError."""

CODE = '''
import time


def lambda_handler(event, context):
    rows = []
    try:
        for _ in range(event["rows_mb"]):
            rows.append(bytearray(b"x" * 1024 * 1024))
            time.sleep(0.002)
        return {"rows": "all"}
    except MemoryError:
        print("caught")
        return {"rows": "some"}
    finally:
        print("left")
'''


def observe(stage, memory, rows_mb):
    """Invoke it once; both arguments in MB."""
    invocation = stage.function(CODE, memory_size=memory, timeout=20).invoke({"rows_mb": rows_mb})
    return {
        "status_code": invocation.status_code,
        "function_error": invocation.function_error,
        "error_type": invocation.error_type,
        "report_error_type": invocation.report.error_type,
        "caught": "caught" in invocation.printed,
        "left": "left" in invocation.printed,
        "status": invocation.report.status,
        "max_memory_used_mb": invocation.report.max_memory_used_mb,
        "duration_ms": invocation.report.duration_ms,
    }
