"""Module state and a file in /tmp, before and after a timeout."""

CODE = '''
import pathlib
import time

NOTE = pathlib.Path("/tmp/note.txt")
count = 0


def lambda_handler(event, context):
    global count
    count += 1
    found = NOTE.exists()
    NOTE.write_text("kept")
    time.sleep(event.get("wait", 0))
    return {"count": count, "found": found}
'''


def observe(stage, wait, before):
    """Invoke it ``before`` times, then once with a wait (s) beyond its timeout, then once more; describe the last."""
    function = stage.function(CODE, timeout=1)
    for _ in range(before):
        function.invoke({})
    stopped = function.invoke({"wait": wait})
    after = function.invoke({})
    answer = after.payload if after.function_error is None else {"count": None, "found": None}
    return {
        "stopped_by": stopped.error_type,
        "count": answer["count"],
        "found": answer["found"],
        "function_error": after.function_error,
        "init_duration_ms": after.report.init_duration_ms,
        "duration_ms": after.report.duration_ms,
    }
