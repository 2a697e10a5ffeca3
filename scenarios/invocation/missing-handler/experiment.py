"""A handler setting that names a function which is not in the module."""

CODE = '''
print("loading")


def lambda_handler(event, context):
    return "done"
'''


def observe(stage, wanted):
    """Create and invoke it; ``wanted`` is the function's name in the handler setting."""
    seen = {"refused": None, "answer": None, "status_code": None, "error_type": None, "loads": 0}
    try:
        invocation = stage.function(CODE, handler=f"lambda_function.{wanted}").invoke({})
    except ValueError as refusal:
        return {**seen, "refused": getattr(refusal, "code", None)}
    return {
        **seen,
        "answer": invocation.payload if invocation.function_error is None else None,
        "status_code": invocation.status_code,
        "error_type": invocation.error_type,
        "loads": invocation.printed.count("loading"),
    }
