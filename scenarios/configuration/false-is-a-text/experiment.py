"""A switch that is an environment variable."""

CODE = '''
import os


def lambda_handler(event, context):
    if os.environ["DRY_RUN"]:
        return ["dry", type(os.environ["DRY_RUN"]).__name__]
    return ["booked", type(os.environ["DRY_RUN"]).__name__]
'''


def observe(stage, value, fee):
    """``value`` is what production sets; the fee is for the story alone."""
    invocation = stage.function(CODE, environment={"DRY_RUN": value}).invoke({"fee": fee})
    answer, kind = invocation.payload if invocation.error_type is None else (None, None)
    return {"answer": answer, "kind": kind, "error_type": invocation.error_type}
