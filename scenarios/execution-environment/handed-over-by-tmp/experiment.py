"""A file in one environment's /tmp, looked for in another's."""

CODE = '''
import os


def lambda_handler(event, context):
    if "megabytes" in event:
        with open("/tmp/parts", "wb") as parts:
            for _ in range(event["megabytes"]):
                parts.write(b"x" * 1024 * 1024)
    return {"found": os.path.exists("/tmp/parts"), "files": len(os.listdir("/tmp"))}
'''


def observe(stage, size_mb):
    """The first function writes, the second looks; both environments live."""
    first, second = stage.function(CODE, timeout=20), stage.function(CODE)
    first.invoke({"megabytes": size_mb})
    invocation = second.invoke({})
    return {**invocation.payload, "error_type": invocation.error_type}
