"""A module that loads for longer than the timeout, and an exit."""

CODE = '''
import os
import time

print("loading")
time.sleep(float(os.environ["LOAD"]))


def lambda_handler(event, context):
    if event.get("rare"):
        os._exit(1)
    return "answered"
'''


def observe(stage, timeout, load):
    """An ordinary event, one that ends the process, an ordinary one."""
    function = stage.function(CODE, timeout=timeout, environment={"LOAD": str(load)})
    first, second, third = function.invoke({}), function.invoke({"rare": True}), function.invoke({})
    return {
        "first_error_type": first.error_type,
        "init_ms": first.report.init_duration_ms,
        "second_error_type": second.error_type,
        "third_error_type": third.error_type,
        "third_loads": third.printed.count("loading"),
    }
