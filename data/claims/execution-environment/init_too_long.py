"""Lets a module load for too long the first time, and at once the second time."""

CODE = """
import os
import time

with open("/tmp/loads", "a") as file:
    file.write("x")
loads = os.path.getsize("/tmp/loads")
if loads == 1:
    time.sleep(60)


def lambda_handler(event, context):
    return loads
"""


def observe(stage, timeout):
    invocation = stage.function(CODE, timeout=timeout).invoke()
    reports = [line for line in invocation.log_lines if line.startswith("INIT_REPORT")]
    return {
        "answer": invocation.payload,
        "init_reports": len(reports),
        "init_status_is_timeout": bool(reports) and "Status: timeout" in reports[0],
        "first_init_ms": invocation.phases[0].end_ms,
        "duration_within_timeout": invocation.report.duration_ms < timeout * 1000,
        "billed_ms": invocation.report.billed_duration_ms,
        "init_in_report": invocation.report.init_duration_ms is not None,
    }
