"""A module that reads a variable which is not set."""

CODE = '''
import os

WHERE = os.environ["{name}"]


def lambda_handler(event, context):
    print("handler")
    return WHERE
'''


def observe(stage, name, events):
    """So many events, one after another."""
    function = stage.function(CODE.replace("{name}", name))
    runs = [function.invoke({}) for _ in range(events)]
    return {
        "failed": sum(run.function_error is not None for run in runs),
        "refused": sum(run.status_code != 200 for run in runs),
        "error_type": runs[-1].error_type,
        "handler_runs": sum("handler" in run.printed for run in runs),
    }
