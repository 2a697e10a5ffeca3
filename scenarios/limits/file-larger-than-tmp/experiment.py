"""A handler that stores one large file in /tmp, and four ways to change it.

``change`` is spread into the configuration; ``folder`` in it is this file's own: where the file goes.
"""

CODE = '''
import os

PIECE = b"x" * 1024 * 1024


def lambda_handler(event, context):
    try:
        with open(os.path.join(event["folder"], "archive.bin"), "wb", buffering=0) as archive:
            for _ in range(event["file_mb"]):
                archive.write(PIECE)
    except OSError as error:
        return {"ended": "failed", "errno": error.errno}
    return {"ended": "done", "errno": None}
'''


def observe(stage, file_mb, change, **_):
    """Invoke it once with the change; the file's size in MB."""
    settings = {"memory_size": 512, "timeout": 60, **change}
    folder = settings.pop("folder", "/tmp")
    invocation = stage.function(CODE, **settings).invoke({"folder": folder, "file_mb": file_mb})
    answer = invocation.payload if invocation.function_error is None else {"ended": "stopped", "errno": None}
    return {
        "ended": answer["ended"],
        "errno": answer["errno"],
        "max_memory_used_mb": invocation.report.max_memory_used_mb,
        "billed_ms": invocation.report.billed_duration_ms,
    }
