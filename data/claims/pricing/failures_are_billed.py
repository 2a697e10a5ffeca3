"""Works for a moment in a warm environment, then fails: once with an exception, once by ending its process."""

CODE = """
import os
import time


def lambda_handler(event, context):
    if not event:
        return "warm"
    time.sleep(event["seconds"])
    if event["end"] == "exit":
        os._exit(1)
    raise ValueError("as asked")
"""


def observe(stage, worked):
    seen = {}
    for end in ("exception", "exit"):
        function = stage.function(CODE)
        function.invoke()
        invocation = function.invoke({"seconds": worked, "end": end})
        seen[f"{end}_failed"] = invocation.function_error is not None
        seen[f"{end}_billed_for_its_work"] = invocation.report.billed_duration_ms >= worked * 1000
    return seen
