"""Lets a handler raise, and catch what it raises, and looks into the log both times."""

CODE = """
def lambda_handler(event, context):
    try:
        raise ValueError("as asked")
    except ValueError:
        if not event.get("catch"):
            raise
    return "answered"
"""


def observe(stage):
    function = stage.function(CODE)
    raised, caught = function.invoke(), function.invoke({"catch": True})
    errors = [line for line in raised.printed if line.startswith("[ERROR]")]
    return {
        "error_events": len(errors),
        "names_the_exception": bool(errors) and "ValueError: as asked" in errors[0],
        "has_stack_trace": bool(errors) and "Traceback (most recent call last)" in errors[0],
        "in_one_event": bool(errors) and "lambda_function.py" in errors[0],
        "caught_answer": caught.payload,
        "caught_log_lines": len(caught.printed),
        "caught_function_error": caught.function_error,
    }
