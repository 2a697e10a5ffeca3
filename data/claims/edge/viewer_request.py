"""Runs a viewer-request function with CloudFront's event: once it lets the request pass, once it answers itself."""

CODE = """
def lambda_handler(event, context):
    request = event["Records"][0]["cf"]["request"]
    host = request["headers"]["host"][0]["value"]
    if not request["uri"].startswith("/private/"):
        request["headers"]["x-seen-at"] = [{"key": "X-Seen-At", "value": host}]
        return request
    return {
        "status": "302",
        "statusDescription": "Found",
        "headers": {"location": [{"key": "Location", "value": f"https://{host}/sign-in"}]},
    }
"""


def viewer_request(uri):
    host = "d111111abcdef8.cloudfront.net"
    request = {
        "clientIp": "203.0.113.178",
        "headers": {
            "host": [{"key": "Host", "value": host}],
            "accept-language": [{"key": "Accept-Language", "value": "en"}],
        },
        "method": "GET",
        "querystring": "",
        "uri": uri,
    }
    config = {"distributionDomainName": host, "distributionId": "EXAMPLE", "eventType": "viewer-request"}
    return {"Records": [{"cf": {"config": config, "request": request}}]}


def observe(stage, passing, turned_away):
    function = stage.function(CODE, timeout=5)
    passed, answered = function.invoke(viewer_request(passing)), function.invoke(viewer_request(turned_away))
    headers = {**passed.payload["headers"], **answered.payload["headers"]}
    return {
        "functions_failed": passed.function_error is not None or answered.function_error is not None,
        "passing_is_request": "uri" in passed.payload and "status" not in passed.payload,
        "passing_uri": passed.payload.get("uri"),
        "answer_is_response": "status" in answered.payload and "uri" not in answered.payload,
        "answer_status": answered.payload.get("status"),
        "answer_status_is_text": isinstance(answered.payload.get("status"), str),
        "host_read": headers["x-seen-at"][0]["value"],
        "names_are_lower_case": all(name == name.lower() for name in headers),
        "values_are_lists": all(isinstance(entries, list) for entries in headers.values()),
        "entries_have_key_and_value": all(
            sorted(entry) == ["key", "value"] for entries in headers.values() for entry in entries
        ),
    }
