"""A handler that raises, seen through the fields of the Invoke response."""

CODE = '''
class PaymentRefused(Exception):
    pass


def lambda_handler(event, context):
    raise PaymentRefused(event["reason"])
'''


def observe(stage, reason):
    """Invoke it once; ``reason`` is the exception's text."""
    invocation = stage.function(CODE).invoke({"reason": reason})
    return {
        "status_code": invocation.status_code,
        "function_error": invocation.function_error,
        "error_type": invocation.error_type,
        "error_message": invocation.error_message,
        "has_trace": "stackTrace" in invocation.payload,
        "is_null": invocation.payload is None,
    }
