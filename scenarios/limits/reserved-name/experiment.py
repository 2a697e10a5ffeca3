"""Create a function with a variable that Lambda sets itself, and ask the handler for its Region."""

CODE = '''
import os


def lambda_handler(event, context):
    return os.environ["AWS_REGION"]
'''


def observe(stage, region):
    """``region`` is the Region that the author would like the SDK to use."""
    seen = {"refused": None, "region": None, "function_error": None}
    try:
        invocation = stage.function(CODE, environment={"AWS_REGION": region}).invoke({})
    except ValueError as refusal:
        return {**seen, "refused": getattr(refusal, "code", None)}
    answered = invocation.function_error is None
    return {**seen, "region": invocation.payload if answered else None, "function_error": invocation.function_error}
