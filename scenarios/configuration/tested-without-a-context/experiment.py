"""What the context really has."""

CODE = '''
def lambda_handler(event, context):
    return {
        "has_request_id": hasattr(context, "request_id"),
        "has_aws_request_id": hasattr(context, "aws_request_id"),
        "has_remaining_time": hasattr(context, "remaining_time"),
        "within": 0 < context.get_remaining_time_in_millis() <= 1000 * event["timeout"],
        "memory_kind": type(context.memory_limit_in_mb).__name__,
    }
'''


def observe(stage, timeout, memory_size):
    """Look at the context of one invocation."""
    return stage.function(CODE, timeout=timeout, memory_size=memory_size).invoke({"timeout": timeout}).payload
