"""A module that raises at its first load and works at its second."""

CODE = '''
import os
import time

with open("/tmp/loads", "a") as file:
    file.write("x")
LOADS = os.path.getsize("/tmp/loads")
if LOADS == 1:
    time.sleep(float(os.environ["FAILING"]))
    raise ConnectionError("the service does not answer")
time.sleep(float(os.environ["WORKING"]))


def lambda_handler(event, context):
    return LOADS
'''


def observe(stage, failing, working):
    """One event; ``failing`` and ``working`` are how long the two loads take, in s."""
    environment = {"FAILING": str(failing), "WORKING": str(working)}
    invocation = stage.function(CODE, timeout=20, memory_size=1769, environment=environment).invoke({})
    return {
        "answered": invocation.function_error is None,
        "loads": invocation.payload if invocation.function_error is None else None,
        "billed_ms": invocation.report.billed_duration_ms,
        "init_in_report": invocation.report.init_duration_ms is not None,
    }
