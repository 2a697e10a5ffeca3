"""APIs and balancers in front of functions, as tests set them up, and a client for what listens."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from typing import Any

from tutor.region.region import Region

ACCOUNT = "123456789012"
ECHO = """
import json

def handler(event, context):
    return {"statusCode": 200, "headers": {"X-From": "f"}, "body": json.dumps(event)}
"""


@dataclass(frozen=True)
class Answer:
    """What came back; the names of headers are in title case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


def fetch(url: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
    """Ask over HTTP; no status is an error."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(url, body, named, method=method)
    try:
        with urllib.request.build_opener(_Staying).open(request, timeout=60) as answer:
            return Answer(answer.status, _titled(answer.headers), answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, _titled(error.headers), error.read())


def _titled(headers: Message) -> dict[str, str]:
    """By names in one way of writing, whichever came."""
    return {name.title(): value for name, value in headers.items()}


class _Staying(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def function_arn(name: str = "f") -> str:
    """The ARN of a function."""
    return f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:{name}"


def permit(region: Region, service: str, source: str, name: str = "f") -> None:
    """Let a service invoke the function on behalf of a resource."""
    region.client("lambda").add_permission(
        FunctionName=name,
        StatementId=f"s{abs(hash((service, source)))}",
        Action="lambda:InvokeFunction",
        Principal=service,
        SourceArn=source,
    )


def rest_api(region: Region, *paths: str, method: str = "ANY", stage: str = "prod", **integration: Any) -> str:
    """A REST API that leads paths to the function ``f``, deployed. Its id."""
    client = region.client("apigateway")
    api = str(client.create_rest_api(name="api", binaryMediaTypes=["image/png"])["id"])
    ids = {"/": client.get_resources(restApiId=api)["items"][0]["id"]}
    for path in paths:
        parent = "/"
        for part in filter(None, path.split("/")):
            here = f"{parent.rstrip('/')}/{part}"
            if here not in ids:
                made = client.create_resource(restApiId=api, parentId=ids[parent], pathPart=part)
                ids[here] = made["id"]
            parent = here
        rest_method(region, api, ids[parent], method, **integration)
    client.create_deployment(restApiId=api, stageName=stage, variables={"color": "red"})
    return api


_OF_A_METHOD = ("authorizationType", "authorizerId", "apiKeyRequired")


def rest_method(region: Region, api: str, resource: str, method: str, **integration: Any) -> None:
    """A method of a resource that leads to the function ``f``."""
    client = region.client("apigateway")
    more = {name: integration.pop(name) for name in _OF_A_METHOD if name in integration}
    settings = {"authorizationType": "NONE", **more}
    client.put_method(restApiId=api, resourceId=resource, httpMethod=method, **settings)
    uri = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{function_arn()}/invocations"
    given = {"type": "AWS_PROXY", "integrationHttpMethod": "POST", "uri": uri, **integration}
    client.put_integration(restApiId=api, resourceId=resource, httpMethod=method, **given)


def http_api(region: Region, *routes: str, stage: str = "$default", **integration: Any) -> str:
    """An HTTP API that leads routes to the function ``f``. Its id."""
    client = region.client("apigatewayv2")
    api = str(client.create_api(Name="api", ProtocolType="HTTP")["ApiId"])
    given = {"IntegrationType": "AWS_PROXY", "PayloadFormatVersion": "2.0", **integration}
    made = client.create_integration(ApiId=api, IntegrationUri=function_arn(), **given)["IntegrationId"]
    for route in routes:
        client.create_route(ApiId=api, RouteKey=route, Target=f"integrations/{made}")
    client.create_stage(ApiId=api, StageName=stage, AutoDeploy=True)
    return api


def address(region: Region, what: str, id_: str) -> str:
    """Where it listens."""
    return region.triggers.doors.addresses[f"us-east-1/{what}/{id_}"]


def lines(region: Region, kind: str) -> list[str]:
    """The timeline's lines of a kind."""
    return [entry.text for entry in region.timeline.entries() if entry.kind == kind]
