"""A viewer-request function that answers some requests itself and passes the others on."""

CODE = '''
def lambda_handler(event, context):
    request = event["Records"][0]["cf"]["request"]
    if request["uri"].startswith("/old/"):
        target = request["uri"].replace("/old/", "/new/", 1)
        return {
            "status": "301",
            "statusDescription": "Moved Permanently",
            "headers": {"location": [{"key": "Location", "value": target}]},
        }
    request["uri"] = request["uri"].rstrip("/") + "/index.html"
    return request
'''


def observe(stage, uri):
    """Invoke it with a viewer request for ``uri``."""
    request = {
        "clientIp": "203.0.113.9",
        "method": "GET",
        "uri": uri,
        "querystring": "",
        "headers": {"host": [{"key": "Host", "value": "d111111abcdef8.cloudfront.net"}]},
    }
    config = {
        "distributionDomainName": "d111111abcdef8.cloudfront.net",
        "distributionId": "EDFDVBD6EXAMPLE",
        "eventType": "viewer-request",
        "requestId": "a-request-of-our-own",
    }
    event = {"Records": [{"cf": {"config": config, "request": request}}]}
    answer = stage.function(CODE, timeout=5).invoke(event).payload
    location = answer.get("headers", {}).get("location", [{}])[0].get("value")
    return {
        "status": answer.get("status"),
        "is_text": isinstance(answer.get("status"), str),
        "location": location,
        "uri": answer.get("uri"),
        "has_method": "method" in answer,
    }
