"""Lets the handler fail between two invocations that do not, and looks what the module still knows."""

CODE = """
print("module code runs")
calls = 0


def lambda_handler(event, context):
    global calls
    calls += 1
    if event.get("fail"):
        raise ValueError("as asked")
    return calls
"""


def observe(stage):
    function = stage.function(CODE, timeout=10)
    function.invoke()
    failed = function.invoke({"fail": True})
    after = function.invoke()
    return {
        "failed": failed.function_error is not None,
        "error_type": failed.error_type,
        "calls_after": after.payload,
        "module_runs_after": after.printed.count("module code runs"),
        "init_in_report_after": after.report.init_duration_ms is not None,
    }
