"""A former command-line script that ends itself; invoked twice."""

CODE = '''
import sys

print("loading")


def lambda_handler(event, context):
    print("mailed")
    sys.exit(event["code"])
'''


def observe(stage, code):
    """Invoke it twice; ``code`` is the exit status it asks for."""
    function = stage.function(CODE)
    first, second = function.invoke({"code": code}), function.invoke({"code": code})
    return {
        "function_error": first.function_error,
        "error_type": first.error_type,
        "answered": first.function_error is None,
        "mailed": "mailed" in first.printed,
        "loads": first.printed.count("loading") + second.printed.count("loading"),
        "billed_ms": first.report.billed_duration_ms,
    }
