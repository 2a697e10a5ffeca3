"""A handler that keeps a counter in a file beside its own code; invoked twice."""

CODE = '''
import os
import pathlib

COUNTER = pathlib.Path(__file__).with_name("counter.txt")


def lambda_handler(event, context):
    try:
        count = int(COUNTER.read_text()) + 1 if COUNTER.exists() else 1
        COUNTER.write_text(str(count))
    except OSError as error:
        return {"count": None, "errno": error.errno}
    return {"count": count, "errno": None}
'''


def observe(stage, memory):
    """``memory`` in MB."""
    function = stage.function(CODE, memory_size=memory)
    first, second = function.invoke({}), function.invoke({})
    return {
        "first_count": first.payload["count"],
        "second_count": second.payload["count"],
        "errno": first.payload["errno"],
        "second_cold": second.cold,
    }
