"""REST APIs: a real port, AWS's proxy event, its refusals, and stages that serve what was deployed."""

import json

import pytest
from botocore.exceptions import ClientError

from tests.region.conftest import Clients, Opens, a_function
from tests.region.triggers.gateway import ACCOUNT, ECHO, address, fetch, lines, permit, rest_api, rest_method
from tutor.region.region import Region


def _allowed(region: Region, api: str) -> str:
    permit(region, "apigateway.amazonaws.com", f"arn:aws:execute-api:us-east-1:{ACCOUNT}:{api}/*")
    return address(region, "rest-api", api)


def test_an_api_comes_and_goes_with_its_statuses(region: Region) -> None:
    """201 for a new API, also for one that is described; 202 for its deletion; a refusal stays one."""
    client = region.client("apigateway")
    described = b'{"openapi": "3.0.1", "info": {"title": "t", "version": "1"}, "paths": {}}'
    for made in (client.create_rest_api(name="api"), client.import_rest_api(body=described)):
        assert made["ResponseMetadata"]["HTTPStatusCode"] == 201
        assert client.delete_rest_api(restApiId=made["id"])["ResponseMetadata"]["HTTPStatusCode"] == 202
        with pytest.raises(ClientError, match="NotFoundException"):
            client.get_rest_api(restApiId=made["id"])
    with pytest.raises(ClientError) as refused:
        client.create_rest_api(name="api", apiKeySource="nowhere")
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_the_event(region: Region) -> None:
    """Method, path, parameters, headers and stage come as AWS writes them; what there is none of, is null."""
    a_function(region, ECHO)
    url = _allowed(region, api := rest_api(region, "/users/{id}"))
    answer = fetch(f"{url}/prod/users/a%20b?x=1&x=2", "POST", b'{"k": 1}', Content_Type="application/json")
    event = answer.json
    assert (answer.status, answer.headers["X-From"]) == (200, "f")
    assert (event["resource"], event["path"], event["httpMethod"]) == ("/users/{id}", "/users/a%20b", "POST")
    assert event["pathParameters"] == {"id": "a b"}
    assert (event["queryStringParameters"], event["multiValueQueryStringParameters"]) == ({"x": "2"}, {"x": ["1", "2"]})
    assert (event["body"], event["isBase64Encoded"], event["stageVariables"]) == ('{"k": 1}', False, {"color": "red"})
    context = event["requestContext"]
    assert (context["apiId"], context["stage"], context["resourcePath"]) == (api, "prod", "/users/{id}")
    assert (context["path"], context["accountId"]) == ("/prod/users/a%20b", ACCOUNT)
    assert "version" not in event
    assert event["headers"]["X-Amzn-Trace-Id"].startswith("Root=1-")
    assert event["headers"]["Content-Type"] == "application/json"
    assert "Content-Length" not in event["headers"]
    assert fetch(f"{url}/prod//users/a", "POST").json["path"] == "/users/a"


def test_a_binary_body(region: Region) -> None:
    """A media type that the API takes as binary comes in base64."""
    a_function(region, ECHO)
    url = _allowed(region, rest_api(region, "/p"))
    assert fetch(f"{url}/prod/p", "POST", b"\x00\xff", Content_Type="image/png").json["body"] == "AP8="


def test_what_is_not_there(region: Region) -> None:
    """A path or method without a method is 403 as on AWS, and so is a stage that is none."""
    a_function(region, ECHO)
    url = _allowed(region, rest_api(region, "/p", method="GET"))
    told = {"message": "Missing Authentication Token"}
    for path, method in (("/prod/q", "GET"), ("/prod/p", "POST"), ("/prod", "GET")):
        missing = fetch(url + path, method)
        assert (missing.status, missing.json) == (403, told)
    assert (fetch(f"{url}/test/p").status, fetch(f"{url}/test/p").json) == (403, {"message": "Forbidden"})


def test_the_most_specific_resource(region: Region) -> None:
    """A part that is written out is better than a parameter, a parameter better than the rest of the path."""
    a_function(region, ECHO)
    url = _allowed(region, rest_api(region, "/{proxy+}", "/users/{id}", "/users/me"))
    found = {path: fetch(f"{url}/prod{path}").json["resource"] for path in ("/users/me", "/users/7", "/users/7/x")}
    assert found == {"/users/me": "/users/me", "/users/7": "/users/{id}", "/users/7/x": "/{proxy+}"}


def test_without_permission(region: Region) -> None:
    """Without the resource policy's permission nothing runs, the client sees 500 and the timeline says why."""
    a_function(region, ECHO)
    api = rest_api(region, "/p")
    permit(region, "apigateway.amazonaws.com", f"arn:aws:execute-api:us-east-1:{ACCOUNT}:{api}/*/POST/p")
    url = address(region, "rest-api", api)
    refused = fetch(f"{url}/prod/p")
    assert (refused.status, refused.json) == (500, {"message": "Internal server error"})
    assert "AccessDeniedException" in lines(region, "drop")[0]
    assert fetch(f"{url}/prod/p", "POST", b"{}").status == 200


@pytest.mark.parametrize(
    "answer", ["'text'", "{'statusCode': 'no status'}", "{'statusCode': 200, 'other': 1}", "1 / 0"]
)
def test_a_malformed_answer(region: Region, answer: str) -> None:
    """What is no proxy response, or an error, is 502."""
    a_function(region, f"def handler(event, context):\n    return {answer}\n")
    bad = fetch(f"{_allowed(region, rest_api(region, '/p'))}/prod/p")
    assert (bad.status, bad.json) == (502, {"message": "Internal server error"})


def test_a_slow_function(region: Region) -> None:
    """The integration's timeout ends the waiting with 504."""
    a_function(region, "import time\ndef handler(event, context):\n    time.sleep(20)\n", Timeout=30)
    slow = fetch(f"{_allowed(region, rest_api(region, '/p', timeoutInMillis=50))}/prod/p")
    assert (slow.status, slow.json) == (504, {"message": "Endpoint request timed out"})


def test_a_key_that_is_required(region: Region) -> None:
    """Without a valid x-api-key it is 403."""
    a_function(region, ECHO)
    key = region.client("apigateway").create_api_key(name="k", value="k" * 20, enabled=True)
    url = _allowed(region, rest_api(region, "/p", apiKeyRequired=True))
    assert fetch(f"{url}/prod/p").status == 403
    assert fetch(f"{url}/prod/p", x_api_key=key["value"]).status == 200


def test_what_is_not_served(region: Region) -> None:
    """An authorizer that nobody asks here lets nobody through; the timeline says so."""
    a_function(region, ECHO)
    url = _allowed(region, rest_api(region, "/p", authorizationType="COGNITO_USER_POOLS"))
    assert fetch(f"{url}/prod/p").status == 500
    assert "authorizers" in lines(region, "drop")[0]


def test_no_proxy(region: Region) -> None:
    """Without a proxy the body is the event and the payload the body; with a header of the integration it is queued."""
    a_function(region, "def handler(event, context):\n    return {'got': event}\n")
    url = _allowed(region, rest_api(region, "/p", type="AWS"))
    assert fetch(f"{url}/prod/p", "POST", b'{"k": 1}').json == {"got": {"k": 1}}
    header = {"integration.request.header.X-Amz-Invocation-Type": "'Event'"}
    url = _allowed(region, rest_api(region, "/p", type="AWS", requestParameters=header))
    assert fetch(f"{url}/prod/p", "POST", b'{"k": 1}').status == 200


def test_a_stage_serves_its_deployment(region: Region) -> None:
    """A resource that is made later is not there before the next deployment."""
    a_function(region, ECHO)
    url = _allowed(region, api := rest_api(region, "/p"))
    client = region.client("apigateway")
    root = next(each for each in client.get_resources(restApiId=api)["items"] if each["path"] == "/")
    later = client.create_resource(restApiId=api, parentId=root["id"], pathPart="later")["id"]
    rest_method(region, api, later, "GET")
    assert fetch(f"{url}/prod/later").status == 403
    client.create_deployment(restApiId=api, stageName="prod")
    assert fetch(f"{url}/prod/later").status == 200


def test_its_address(opens: Opens) -> None:
    """It is told in the timeline, stays the same over a restart, and nothing listens when the API is gone."""
    region = opens()
    a_function(region, ECHO)
    url = _allowed(region, api := rest_api(region, "/p"))
    assert f"REST API {api}, stage prod: {url}/prod" in lines(region, "listen")
    region.close()
    again = opens()
    assert address(again, "rest-api", api) == url
    assert json.loads(fetch(f"{url}/prod/p").json["body"] or "null") is None
    again.client("apigateway").delete_rest_api(restApiId=api)
    with pytest.raises(OSError, match="refused"):
        fetch(f"{url}/prod/p")


def test_through_a_client(served: Clients, region: Region) -> None:
    """It opens as well for who asks over HTTP."""
    client = served("apigateway")
    api = client.create_rest_api(name="mock")["id"]
    root = client.get_resources(restApiId=api)["items"][0]["id"]
    where = {"restApiId": api, "resourceId": root, "httpMethod": "GET"}
    client.put_method(**where, authorizationType="NONE")
    client.put_integration(**where, type="MOCK")
    client.create_deployment(restApiId=api, stageName="s")
    assert fetch(f"{address(region, 'rest-api', api)}/s/").status == 500
    assert "no integration response" in lines(region, "drop")[0]


def test_a_description_in_swagger(region: Region) -> None:
    """An API that is imported as tools write it: AWS's own words, a method for any verb, a path inside another."""
    function = a_function(region, ECHO)["FunctionArn"]
    uri = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{function}/invocations"
    integration = {
        "type": "aws_proxy", "httpMethod": "POST", "uri": uri, "responses": {"default": {"statusCode": "200"}},
    }  # fmt: skip
    method = {"responses": {}, "x-amazon-apigateway-integration": integration}
    document = {
        "swagger": "2.0",
        "info": {"title": "tools", "version": "1.0"},
        "paths": {
            "/": {"get": method},
            "/x/{name}": {"x-amazon-apigateway-any-method": method, "parameters": []},
        },
        "x-amazon-apigateway-binary-media-types": ["image/png"],
    }
    apis = region.client("apigateway")
    made = apis.import_rest_api(body=json.dumps(document).encode())
    assert (made["name"], apis.get_rest_api(restApiId=made["id"])["binaryMediaTypes"]) == ("tools", ["image/png"])
    apis.create_deployment(restApiId=made["id"], stageName="api")
    url = _allowed(region, made["id"])
    assert fetch(f"{url}/api/").json["resource"] == "/"
    assert fetch(f"{url}/api/x/n", "PUT", b"{}").json["pathParameters"] == {"name": "n"}
    apis.put_rest_api(restApiId=made["id"], mode="overwrite", body=json.dumps({**document, "paths": {}}).encode())
    assert [each["path"] for each in apis.get_resources(restApiId=made["id"])["items"]] == ["/"]
    wrong: object
    for wrong in ([], {"/x": []}):
        with pytest.raises(apis.exceptions.BadRequestException):
            apis.put_rest_api(restApiId=made["id"], body=json.dumps({**document, "paths": wrong}).encode())
