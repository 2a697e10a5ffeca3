"""Writes into /tmp, with little memory, until there is no room left."""

CODE = """
def lambda_handler(event, context):
    block = b"x" * (4 * 1024 * 1024)
    written = 0
    try:
        with open("/tmp/filler", "wb", buffering=0) as file:
            while written < event["megabytes"] * 1024 * 1024:
                written += file.write(block)
    except OSError as error:
        return {"errno": error.errno, "written_mb": written // (1024 * 1024)}
    return {"errno": None, "written_mb": written // (1024 * 1024)}
"""


def observe(stage, memory_size, attempted):
    invocation = stage.function(CODE, memory_size=memory_size, timeout=120).invoke({"megabytes": attempted})
    answer = invocation.payload if invocation.function_error is None else {}
    return {
        "answered": invocation.function_error is None,
        "error_type": invocation.error_type,
        "errno": answer.get("errno"),
        "written_mb": answer.get("written_mb"),
        "more_than_memory": answer.get("written_mb", 0) > memory_size,
        "used_within_memory": invocation.report.max_memory_used_mb <= memory_size,
    }
