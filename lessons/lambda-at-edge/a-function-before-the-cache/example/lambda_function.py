"""A viewer-request function: sends old addresses to their new place, lets everything else go on."""

MOVED = {"/shop": "/store", "/about-us": "/about"}


def redirect(location):
    """A response that CloudFront sends to the viewer; the status is a text, the header names are lower-case."""
    return {
        "status": "301",
        "statusDescription": "Moved Permanently",
        "headers": {"location": [{"key": "Location", "value": location}]},
    }


def lambda_handler(event, context):
    request = event["Records"][0]["cf"]["request"]
    if request["uri"] in MOVED:
        return redirect(MOVED[request["uri"]])
    if request["uri"].endswith("/"):
        request["uri"] += "index.html"
    return request
