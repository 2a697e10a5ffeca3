"""A handler that looks at its context."""

CODE = '''
def lambda_handler(event, context):
    return {
        "has_id": len(context.aws_request_id) > 0,
        "left_within_timeout": 0 < context.get_remaining_time_in_millis() <= 1000 * event["timeout"],
        "has_shorter_names": hasattr(context, "request_id") or hasattr(context, "remaining_time"),
    }
'''


def observe(stage, timeout):
    """One invocation with a timeout of so many seconds."""
    return stage.function(CODE, timeout=timeout).invoke({"timeout": timeout}).payload
