"""Lets a module fail to load: always, and only the first time."""

ALWAYS = """
print("module code runs")
raise RuntimeError("as asked")
"""

ONCE = """
import os

with open("/tmp/loads", "a") as file:
    file.write("x")
loads = os.path.getsize("/tmp/loads")
if loads == 1:
    raise RuntimeError("as asked")


def lambda_handler(event, context):
    return loads
"""


def observe(stage):
    always = stage.function(ALWAYS, timeout=10).invoke()
    once = stage.function(ONCE, timeout=10).invoke()
    return {
        "module_runs": always.printed.count("module code runs"),
        "init_report_lines": sum(line.startswith("INIT_REPORT") for line in always.log_lines),
        "error_type": always.error_type,
        "init_in_report": always.report.init_duration_ms is not None,
        "failed_once_answers": once.payload if once.function_error is None else None,
        "failed_once_init_in_report": once.report.init_duration_ms is not None,
    }
