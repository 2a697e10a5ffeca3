"""Lambda authorizers, and methods that are no proxies."""

from typing import Any

import pytest

from tests.region.conftest import a_function
from tests.region.triggers.gateway import (
    ACCOUNT,
    ECHO,
    address,
    fetch,
    function_arn,
    http_api,
    permit,
    rest_api,
    rest_method,
)
from tutor.region.region import Region

JUDGE = """
def handler(event, context):
    headers = {name.lower(): value for name, value in event.get("headers", {}).items()}
    token = event.get("authorizationToken") or headers["authorization"]
    if token == "nobody":
        raise Exception("Unauthorized")
    if token == "broken":
        return {}
    effect = {"yes": "Allow", "no": "Deny"}.get(token)
    arn = event.get("methodArn") or event.get("routeArn")
    resource = arn if effect else "arn:other"
    statement = {"Action": "execute-api:Invoke", "Effect": effect or "Allow", "Resource": resource}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    return {"principalId": "me", "policyDocument": policy, "context": {"n": 1, "b": True}}
"""
SIMPLE = """
def handler(event, context):
    return {"isAuthorized": event["identitySource"] == ["yes"], "context": {"who": {"am": "I"}}}
"""
PICKY = """
def handler(event, context):
    if event["n"] == "bad":
        raise ValueError("400 no")
    return event
"""
INVOCATIONS = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{}/invocations"


def _uri(name: str) -> str:
    return INVOCATIONS.format(function_arn(name))


def _resource(region: Region, api: str) -> str:
    """The id of the resource ``/p``."""
    items = region.client("apigateway").get_resources(restApiId=api)["items"]
    return str(next(each["id"] for each in items if each["path"] == "/p"))


def _rest(region: Region, kind: str, **more: Any) -> str:
    """A REST API whose one method has an authorizer. The method's URL."""
    a_function(region, ECHO)
    a_function(region, JUDGE, name="judge")
    client, api = region.client("apigateway"), rest_api(region, "/p", method="GET")
    asked = {"name": "a", "type": kind, "authorizerUri": _uri("judge"), **more}
    made = client.create_authorizer(restApiId=api, identitySource="method.request.header.Authorization", **asked)
    rest_method(region, api, _resource(region, api), "POST", authorizationType="CUSTOM", authorizerId=made["id"])
    client.create_deployment(restApiId=api, stageName="prod")
    place = f"arn:aws:execute-api:us-east-1:{ACCOUNT}:{api}"
    permit(region, "apigateway.amazonaws.com", f"{place}/authorizers/{made['id']}", "judge")
    permit(region, "apigateway.amazonaws.com", f"{place}/*")
    return f"{address(region, 'rest-api', api)}/prod/p"


@pytest.mark.parametrize("kind", ["TOKEN", "REQUEST"])
def test_of_a_rest_api(region: Region, kind: str) -> None:
    """The policy in the function's answer decides; its context comes as texts; each refusal is AWS's."""
    url = _rest(region, kind)
    let = fetch(url, "POST", b"", Authorization="yes")
    context = let.json["requestContext"]["authorizer"]
    assert (let.status, context) == (200, {"principalId": "me", "n": "1", "b": "true"})
    told = {token: fetch(url, "POST", b"", Authorization=token) for token in ("no", "other", "nobody", "broken")}
    assert {token: answer.status for token, answer in told.items()} == {
        "no": 403,
        "other": 403,
        "nobody": 401,
        "broken": 500,
    }
    assert told["other"].json == {"Message": "User is not authorized to access this resource"}
    assert "explicit deny" in told["no"].json["Message"]
    assert fetch(url, "POST", b"").status == 401


@pytest.mark.parametrize("simple", [True, False])
def test_of_an_http_api(region: Region, simple: bool) -> None:
    """Simple answers or policies; the context is under ``lambda``."""
    a_function(region, ECHO)
    a_function(region, SIMPLE if simple else JUDGE, name="judge")
    client, api = region.client("apigatewayv2"), http_api(region, "GET /p")
    asked = {"Name": "a", "AuthorizerType": "REQUEST", "AuthorizerUri": _uri("judge")}
    more = {"IdentitySource": ["$request.header.Authorization"], "AuthorizerPayloadFormatVersion": "2.0"}
    made = client.create_authorizer(ApiId=api, **asked, **more, EnableSimpleResponses=simple)["AuthorizerId"]
    route = client.get_routes(ApiId=api)["Items"][0]["RouteId"]
    client.update_route(ApiId=api, RouteId=route, AuthorizationType="CUSTOM", AuthorizerId=made)
    place = f"arn:aws:execute-api:us-east-1:{ACCOUNT}:{api}"
    permit(region, "apigateway.amazonaws.com", f"{place}/authorizers/{made}", "judge")
    permit(region, "apigateway.amazonaws.com", f"{place}/*")
    url = f"{address(region, 'http-api', api)}/p"
    let = fetch(url, Authorization="yes")
    wanted = {"who": {"am": "I"}} if simple else {"n": 1, "b": True}
    assert (let.status, let.json["requestContext"]["authorizer"]) == (200, {"lambda": wanted})
    assert fetch(url, Authorization="no").status == 403
    assert (fetch(url).status, fetch(url).json) == (401, {"message": "Unauthorized"})


def test_a_mock(region: Region) -> None:
    """The OPTIONS method that templates make for browsers answers with its headers, and asks nobody."""
    client, api = region.client("apigateway"), rest_api(region, "/p")
    root = client.get_resources(restApiId=api)["items"][0]["id"]
    place = {"restApiId": api, "resourceId": root, "httpMethod": "OPTIONS"}
    client.put_method(**place, authorizationType="NONE")
    client.put_integration(**place, type="MOCK", requestTemplates={"application/json": '{"statusCode": 204}'})
    header = "method.response.header.Access-Control-Allow-Origin"
    for status, pattern in (("204", "204"), ("500", "")):
        client.put_method_response(**place, statusCode=status, responseParameters={header: True})
        more = {"selectionPattern": pattern} if pattern else {}
        client.put_integration_response(**place, statusCode=status, responseParameters={header: "'*'"}, **more)
    client.create_deployment(restApiId=api, stageName="prod")
    told = fetch(f"{address(region, 'rest-api', api)}/prod", "OPTIONS")
    assert (told.status, told.headers["Access-Control-Allow-Origin"], told.body) == (204, "*", b"")


def test_templates(region: Region) -> None:
    """A method that is no proxy: templates make the event and the body; a pattern finds the answer to an error."""
    a_function(region, PICKY)
    making = {"application/json": '{"n": $input.json("$.n")}'}
    api = rest_api(region, "/p", method="POST", type="AWS", requestTemplates=making)
    client = region.client("apigateway")
    place = {"restApiId": api, "resourceId": _resource(region, api), "httpMethod": "POST"}
    for status, pattern, template in (
        ("200", "", '{"got": "$input.path(\'$.n\')"}'),
        ("400", "400.*", '{"error": true}'),
    ):
        client.put_method_response(**place, statusCode=status)
        more = {"selectionPattern": pattern} if pattern else {}
        client.put_integration_response(
            **place, statusCode=status, responseTemplates={"application/json": template}, **more
        )
    client.create_deployment(restApiId=api, stageName="prod")
    permit(region, "apigateway.amazonaws.com", f"arn:aws:execute-api:us-east-1:{ACCOUNT}:{api}/*")
    url = f"{address(region, 'rest-api', api)}/prod/p"
    good, bad = fetch(url, "POST", b'{"n": "x"}'), fetch(url, "POST", b'{"n": "bad"}')
    assert (good.status, good.json) == (200, {"got": "x"})
    assert (bad.status, bad.json) == (400, {"error": True})
