"""A handler that writes to /tmp until the disk is full, and wants to go on."""

CODE = '''
PIECE = b"x" * 1024 * 1024


def lambda_handler(event, context):
    written = 0
    try:
        with open("/tmp/cache.bin", "wb", buffering=0) as cache:
            for _ in range(event["wanted_mb"]):
                cache.write(PIECE)
                written += 1
    except OSError as error:
        return {"written_mb": written, "errno": error.errno}
    return {"written_mb": written, "errno": None}
'''


def observe(stage, wanted_mb):
    """Invoke it once with the least memory; ``wanted_mb`` is what it would like to write."""
    invocation = stage.function(CODE, memory_size=128, timeout=60).invoke({"wanted_mb": wanted_mb})
    answer = invocation.payload if invocation.function_error is None else {"written_mb": None, "errno": None}
    return {
        "written_mb": answer["written_mb"],
        "errno": answer["errno"],
        "error_type": invocation.error_type,
        "status": invocation.report.status,
        "max_memory_used_mb": invocation.report.max_memory_used_mb,
    }
