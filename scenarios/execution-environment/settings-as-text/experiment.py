"""The memory size and a variable, used as if they were numbers."""

CODE = '''
import os


def lambda_handler(event, context):
    return [
        context.memory_limit_in_mb * 2,
        os.environ["RETRIES"] == event["retries"],
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE" in os.environ,
    ]
'''


def observe(stage, memory_size, retries, doubled):
    """One invocation; the event holds the number that ``RETRIES`` is compared with."""
    function = stage.function(CODE, memory_size=memory_size, environment={"RETRIES": retries})
    answer = function.invoke({"retries": int(retries)}).payload
    return {"doubled": answer[0], "kind": type(answer[0]).__name__, "equal": answer[1], "set_by_lambda": answer[2]}
