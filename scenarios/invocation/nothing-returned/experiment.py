"""A handler that is given a list and returns nothing."""

CODE = '''
def lambda_handler(event, context):
    print(type(event).__name__, len(event))
'''


def observe(stage, texts):
    """Invoke it once with a list of that many texts."""
    invocation = stage.function(CODE).invoke(["text"] * texts)
    kind, _, length = (invocation.printed or ("",))[0].partition(" ")
    return {
        "kind": kind or None,
        "length": int(length) if length else None,
        "function_error": invocation.function_error,
        "error_type": invocation.error_type,
        "returned_null": invocation.payload is None,
    }
