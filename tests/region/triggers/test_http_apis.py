"""HTTP APIs: a real port, payload formats 2.0 and 1.0, routes and stages, AWS's refusals."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.region.conftest import Opens, a_function
from tests.region.triggers.gateway import ACCOUNT, ECHO, address, fetch, function_arn, http_api, lines, permit
from tutor.region.region import Region


def _allowed(region: Region, api: str) -> str:
    permit(region, "apigateway.amazonaws.com", f"arn:aws:execute-api:us-east-1:{ACCOUNT}:{api}/*")
    return address(region, "http-api", api)


def test_the_event(region: Region) -> None:
    """Format 2.0: route, path, parameters, cookies; what there is none of, is left out."""
    a_function(region, ECHO)
    url = _allowed(region, api := http_api(region, "GET /users/{id}"))
    event = fetch(f"{url}/users/7?x=1&x=2", Cookie="a=1; b=2").json
    assert (event["version"], event["routeKey"], event["rawPath"]) == ("2.0", "GET /users/{id}", "/users/7")
    assert (event["rawQueryString"], event["queryStringParameters"]) == ("x=1&x=2", {"x": "1,2"})
    assert (event["pathParameters"], event["cookies"]) == ({"id": "7"}, ["a=1", "b=2"])
    assert "stageVariables" not in event
    context = event["requestContext"]
    assert (context["apiId"], context["accountId"], context["stage"]) == (api, ACCOUNT, "$default")
    assert context["http"]["path"] == "/users/7"


def test_an_answer_without_a_status(region: Region) -> None:
    """What is no response becomes the body of one."""
    a_function(region, "def handler(event, context):\n    return {'ok': True}\n")
    answer = fetch(_allowed(region, http_api(region, "$default")) + "/anything")
    assert (answer.status, answer.json, answer.headers["Content-Type"]) == (200, {"ok": True}, "application/json")


def test_payload_format_1(region: Region) -> None:
    """The older format: version, resource and the null of what there is none of; only a real response counts."""
    a_function(region, ECHO)
    url = _allowed(region, http_api(region, "ANY /p", PayloadFormatVersion="1.0"))
    event = fetch(f"{url}/p").json
    assert (event["version"], event["resource"], event["httpMethod"], event["body"]) == ("1.0", "/p", "GET", None)


def test_an_api_that_is_made_with_its_target(region: Region) -> None:
    """Quick create: integration, route and default stage are there at once; without a key the route takes all."""
    a_function(region, ECHO)
    client = region.client("apigatewayv2")
    for key, path in ((None, "/any/path"), ("GET /only", "/only")):
        named = {"RouteKey": key} if key else {}
        made = client.create_api(Name="quick", ProtocolType="HTTP", Target=function_arn(), **named)
        assert made["ResponseMetadata"]["HTTPStatusCode"] == 201
        url = _allowed(region, made["ApiId"])
        event = fetch(url + path).json
        assert (event["version"], event["routeKey"], event["rawPath"]) == ("2.0", key or "$default", path)
        (stage,) = client.get_stages(ApiId=made["ApiId"])["Items"]
        assert (stage["StageName"], stage["AutoDeploy"]) == ("$default", True)
        (integration,) = client.get_integrations(ApiId=made["ApiId"])["Items"]
        assert (integration["IntegrationType"], integration["IntegrationUri"]) == ("AWS_PROXY", function_arn())
    assert fetch(f"{url}/other").status == 404
    assert client.delete_api(ApiId=made["ApiId"])["ResponseMetadata"]["HTTPStatusCode"] == 204
    before = len(client.get_apis()["Items"])
    for wrong in ({"RouteKey": "GET /only"}, {"RouteKey": "only", "Target": function_arn()}):
        with pytest.raises(ClientError, match="BadRequestException"):
            client.create_api(Name="quick", ProtocolType="HTTP", **wrong)
    assert len(client.get_apis()["Items"]) == before


def test_routes(region: Region) -> None:
    """The most specific route wins, the default one takes the rest."""
    a_function(region, ECHO)
    url = _allowed(region, http_api(region, "$default", "GET /{proxy+}", "GET /a/{b}", "ANY /a/c"))
    wanted = {"/a/c": "ANY /a/c", "/a/x": "GET /a/{b}", "/a/x/y": "GET /{proxy+}"}
    assert {path: fetch(url + path).json["routeKey"] for path in wanted} == wanted
    assert fetch(f"{url}/z", "POST", b"").json["routeKey"] == "$default"


def test_a_named_stage(region: Region) -> None:
    """Its name stands before the path, and in the event's path; no route is 404."""
    a_function(region, ECHO)
    url = _allowed(region, http_api(region, "GET /p", stage="dev"))
    assert fetch(f"{url}/dev/p").json["rawPath"] == "/dev/p"
    for path in ("/p", "/dev/q"):
        missing = fetch(url + path)
        assert (missing.status, missing.json) == (404, {"message": "Not Found"})


def test_without_permission(region: Region) -> None:
    """Without the resource policy's permission nothing runs, the client sees 500 and the timeline says why."""
    a_function(region, ECHO)
    api = http_api(region, "GET /p", "GET /q")
    permit(region, "apigateway.amazonaws.com", f"arn:aws:execute-api:us-east-1:{ACCOUNT}:{api}/*/GET/q")
    url = address(region, "http-api", api)
    assert (fetch(f"{url}/p").status, fetch(f"{url}/p").json) == (500, {"message": "Internal Server Error"})
    assert "AccessDeniedException" in lines(region, "drop")[0]
    assert fetch(f"{url}/q").status == 200


@pytest.mark.parametrize(
    ("code", "integration", "status"),
    [
        ("return 1 / 0", {}, 500),
        ("return {'statusCode': 'x'}", {}, 500),
        ("import time; time.sleep(20)", {"TimeoutInMillis": 50}, 503),
    ],
)
def test_functions_that_fail(region: Region, code: str, integration: dict[str, Any], status: int) -> None:
    """An error and a malformed answer are 500, a function that takes too long is 503."""
    a_function(region, f"def handler(event, context):\n    {code}\n", Timeout=30)
    assert fetch(_allowed(region, http_api(region, "GET /p", **integration)) + "/p").status == status


def test_a_throttled_function(region: Region) -> None:
    """503, as there is nobody to run it."""
    a_function(region, ECHO)
    region.client("lambda").put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=0)
    answer = fetch(_allowed(region, http_api(region, "GET /p")) + "/p")
    assert (answer.status, answer.json) == (503, {"message": "Service Unavailable"})


def test_cors(region: Region) -> None:
    """The API itself answers a preflight, and puts its fields to answers."""
    a_function(region, ECHO)
    api = http_api(region, "GET /p")
    cors = {"AllowOrigins": ["https://a.example"], "AllowMethods": ["GET"]}
    region.client("apigatewayv2").update_api(ApiId=api, CorsConfiguration=cors)
    url = _allowed(region, api)
    asked = fetch(f"{url}/p", "OPTIONS", Origin="https://a.example", Access_Control_Request_Method="GET")
    assert asked.headers["Access-Control-Allow-Origin"] == "https://a.example"
    assert fetch(f"{url}/p", Origin="https://a.example").headers["Access-Control-Allow-Origin"] == "https://a.example"


def test_an_authorizer(region: Region) -> None:
    """Who cannot be asked here lets nobody through."""
    a_function(region, ECHO)
    client = region.client("apigatewayv2")
    url = _allowed(region, api := http_api(region, "GET /p"))
    route = client.get_routes(ApiId=api)["Items"][0]["RouteId"]
    client.update_route(ApiId=api, RouteId=route, AuthorizationType="JWT")
    assert (fetch(f"{url}/p").status, fetch(f"{url}/p").json) == (401, {"message": "Unauthorized"})


def test_its_address(opens: Opens) -> None:
    """It is told in the timeline, stays the same over a restart, and nothing listens when the API is gone."""
    region = opens()
    a_function(region, ECHO)
    url = _allowed(region, api := http_api(region, "GET /p"))
    assert f"HTTP API {api}, stage $default: {url}/" in lines(region, "listen")
    region.close()
    again = opens()
    assert address(again, "http-api", api) == url
    assert fetch(f"{url}/p").json["routeKey"] == "GET /p"
    again.client("apigatewayv2").delete_api(ApiId=api)
    with pytest.raises(OSError, match="refused"):
        fetch(f"{url}/p")


def test_an_alias_by_a_stage_variable(region: Region) -> None:
    """The integration's address may name a stage variable, the function's alias say."""
    made = a_function(region, ECHO, Publish=True)
    functions, client = region.client("lambda"), region.client("apigatewayv2")
    functions.create_alias(FunctionName="f", Name="live", FunctionVersion=made["Version"])
    api = client.create_api(Name="a", ProtocolType="HTTP")["ApiId"]
    uri = (
        "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/"
        + function_arn()
        + ":${stageVariables.alias}/invocations"
    )
    integration = client.create_integration(
        ApiId=api, IntegrationType="AWS_PROXY", IntegrationUri=uri, PayloadFormatVersion="2.0"
    )["IntegrationId"]
    client.create_route(ApiId=api, RouteKey="GET /p", Target=f"integrations/{integration}")
    client.create_stage(ApiId=api, StageName="$default", AutoDeploy=True, StageVariables={"alias": "live"})
    functions.add_permission(
        FunctionName="f",
        Qualifier="live",
        StatementId="s",
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
    )
    assert fetch(f"{address(region, 'http-api', api)}/p").json["stageVariables"] == {"alias": "live"}


ANSWERS = """
ANSWERS = {
    "typed": {"statusCode": 200, "headers": {"content-type": "text/html"}, "body": "x"},
    "bare": {"statusCode": 200, "body": "x"},
    "inferred": {"ok": True},
}

def handler(event, context):
    return ANSWERS[event["queryStringParameters"]["a"]]
"""


@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_the_type_of_an_answer(region: Region, version: str) -> None:
    """What names no type is plain text, as an HTTP API has it; only an answer that is no response is JSON."""
    a_function(region, ANSWERS)
    url = _allowed(region, http_api(region, "$default", PayloadFormatVersion=version))
    assert fetch(f"{url}/?a=typed").headers["Content-Type"] == "text/html"
    assert fetch(f"{url}/?a=bare").headers["Content-Type"] == "text/plain; charset=utf-8"
    if version == "2.0":
        assert fetch(f"{url}/?a=inferred").headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_the_id_of_a_request(region: Region, version: str) -> None:
    """Each request has its own; the event and the answer tell the same, and a refusal tells one too."""
    a_function(region, ECHO)
    url = _allowed(region, http_api(region, "GET /p", PayloadFormatVersion=version))
    first, second = fetch(f"{url}/p"), fetch(f"{url}/p")
    assert first.json["requestContext"]["requestId"] == first.headers["Apigw-Requestid"]
    assert first.headers["Apigw-Requestid"] != second.headers["Apigw-Requestid"]
    missing = fetch(f"{url}/q")
    assert (missing.status, bool(missing.headers["Apigw-Requestid"])) == (404, True)
