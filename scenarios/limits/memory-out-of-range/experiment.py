"""Create a function with too little memory, and invoke it if that worked."""

CODE = '''
def lambda_handler(event, context):
    return int(context.memory_limit_in_mb)
'''


def observe(stage, memory):
    """``memory`` in MB."""
    seen = {"refused": None, "limit_mb": None, "function_error": None}
    try:
        invocation = stage.function(CODE, memory_size=memory).invoke({})
    except ValueError as refusal:
        return {**seen, "refused": getattr(refusal, "code", None)}
    answered = invocation.function_error is None
    return {
        **seen,
        "limit_mb": invocation.payload if answered else None,
        "function_error": invocation.function_error,
    }
