"""Lets a module work for a moment and fail, the first time only, and reads the bill."""

import math

CODE = """
import os
import time

print("module code runs")
with open("/tmp/loads", "a") as file:
    file.write("x")
loads = os.path.getsize("/tmp/loads")
if loads == 1:
    time.sleep(0.8)
    raise RuntimeError("as asked")
time.sleep(0.2)


def lambda_handler(event, context):
    return loads
"""


def observe(stage):
    invocation = stage.function(CODE, timeout=20, memory_size=1769).invoke()
    report = invocation.report
    lines = list(invocation.log_lines)
    start = next(index for index, line in enumerate(lines) if line.startswith("START "))
    return {
        "answer": invocation.payload,
        "loads_before_start": lines[:start].count("module code runs"),
        "second_init_in_duration": report.duration_ms >= 200,
        "first_init_in_duration": report.duration_ms >= 800,
        "billed_is_duration": report.billed_duration_ms == math.ceil(report.duration_ms),
        "tmp_kept": invocation.payload == 2,
    }
