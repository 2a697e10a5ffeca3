"""A function that was never published, and the version that its context names."""

CODE = '''
def lambda_handler(event, context):
    return context.function_version
'''


def observe(stage, name):
    """Invoke it once without a qualifier; ``name`` is the function's story only."""
    invocation = stage.function(CODE).invoke({"name": name})
    return {
        "function_version": invocation.payload if invocation.function_error is None else None,
        "function_error": invocation.function_error,
        "executed_version": invocation.executed_version,
        "start_names": next(line.split()[-1] for line in invocation.log_lines if line.startswith("START")),
    }
