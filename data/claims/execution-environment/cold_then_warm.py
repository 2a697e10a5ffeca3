"""Invokes one function twice: its module takes a moment to load, counts, and leaves a file in /tmp."""

import math

CODE = """
import os
import time

print("module code runs")
time.sleep(float(os.environ["INIT_SECONDS"]))
calls = 0


def lambda_handler(event, context):
    global calls
    calls += 1
    with open("/tmp/visits", "a") as file:
        file.write("x")
    return {"calls": calls, "visits": os.path.getsize("/tmp/visits")}
"""


def look(name, invocation):
    return {
        f"{name}_init_in_report": invocation.report.init_duration_ms is not None,
        f"{name}_init_start_lines": sum(line.startswith("INIT_START") for line in invocation.log_lines),
        f"{name}_module_runs": invocation.printed.count("module code runs"),
        f"{name}_calls": invocation.payload["calls"],
        f"{name}_visits": invocation.payload["visits"],
    }


def observe(stage, init_seconds):
    function = stage.function(CODE, timeout=10, environment={"INIT_SECONDS": str(init_seconds)})
    cold, warm = function.invoke(), function.invoke()
    init_ms = cold.report.init_duration_ms or 0.0
    both_ms = round(cold.report.duration_ms + init_ms, 2)
    return {
        **look("cold", cold),
        **look("warm", warm),
        "init_lasts_as_long_as_the_module": init_ms >= init_seconds * 1000,
        "cold_bill_is_duration_and_init": cold.report.billed_duration_ms == math.ceil(both_ms),
        "warm_bill_is_duration": warm.report.billed_duration_ms == math.ceil(warm.report.duration_ms),
    }
