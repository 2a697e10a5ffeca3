"""Ends an environment's process in three ways, and looks each time what the next invocation finds."""

CODE = """
import os
import time

print("module code runs")
calls = 0


def lambda_handler(event, context):
    global calls
    calls += 1
    end = event.get("end")
    if end is None:
        found = os.path.exists("/tmp/file")
        open("/tmp/file", "w").close()
        return {"calls": calls, "file": found}
    if end == "timeout":
        time.sleep(30)
    if end == "exit":
        os._exit(1)
    hoard = [b"x" * (8 * 1024 * 1024) for _ in range(event["megabytes"] // 8)]
    return len(hoard)
"""


def observe(stage, timeout, memory_size, hoarded):
    functions = {
        "timeout": stage.function(CODE, timeout=timeout, memory_size=1769),
        "exit": stage.function(CODE, timeout=20),
        "memory": stage.function(CODE, timeout=20, memory_size=memory_size),
    }
    seen = {}
    for end, function in functions.items():
        function.invoke()
        ended = function.invoke({"end": end, "megabytes": hoarded})
        after = function.invoke()
        answer = after.payload if after.function_error is None else {}
        seen[f"error_type_of_{end}"] = ended.error_type
        seen[f"calls_after_{end}"] = answer.get("calls")
        seen[f"file_after_{end}"] = answer.get("file")
        seen[f"module_runs_after_{end}"] = after.printed.count("module code runs")
        seen[f"init_in_report_after_{end}"] = after.report.init_duration_ms is not None
    return seen
