"""A handler that does its work, says so, and answers with too much."""

CODE = '''
def lambda_handler(event, context):
    print("stored")
    return "x" * (event["answer_mb"] * 1024 * 1024)
'''


def observe(stage, answer_mb):
    """Invoke it once; the answer's size in MB."""
    invocation = stage.function(CODE, memory_size=512, timeout=10).invoke({"answer_mb": answer_mb})
    answered = invocation.function_error is None
    return {
        "status_code": invocation.status_code,
        "function_error": invocation.function_error,
        "error_type": invocation.error_type,
        "stored": "stored" in invocation.printed,
        "characters": len(invocation.payload) if answered else None,
        "billed_ms": invocation.report.billed_duration_ms,
    }
