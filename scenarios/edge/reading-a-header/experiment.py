"""Four ways to read a header from a viewer request; ``change`` names the expression, which is this file's own."""

CODE = '''
def lambda_handler(event, context):
    request = event["Records"][0]["cf"]["request"]
    return {read}
'''


def observe(stage, language, change):
    """Invoke it with a request whose Accept-Language is ``language``."""
    headers = {
        "host": [{"key": "Host", "value": "d111111abcdef8.cloudfront.net"}],
        "accept-language": [{"key": "Accept-Language", "value": language}],
    }
    request = {"clientIp": "203.0.113.9", "method": "GET", "uri": "/", "querystring": "", "headers": headers}
    event = {"Records": [{"cf": {"config": {"eventType": "viewer-request"}, "request": request}}]}
    invocation = stage.function(CODE.format(read=change["read"]), timeout=5).invoke(event)
    answered = invocation.function_error is None
    return {
        "is_text": answered and isinstance(invocation.payload, str),
        "language": invocation.payload if answered and isinstance(invocation.payload, str) else None,
        "kind": type(invocation.payload).__name__ if answered else None,
        "error_type": invocation.error_type,
        "error_message": invocation.error_message,
    }
