"""REST APIs of API Gateway: a port for each API that has a stage, its requests led to functions.

A stage serves what was there when its deployment was made, as on AWS: a method that is added later needs a new one.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from tutor.awslambda import http_message, rest_event
from tutor.awslambda.http_message import HttpResponse as Answer
from tutor.awslambda.invocation import Invocation
from tutor.errors import ServiceError
from tutor.region.api.doorkeeper import at_most
from tutor.region.api.message import HttpRequest, HttpResponse
from tutor.region.api.signature import is_signed
from tutor.region.call import ACCOUNT, Caller
from tutor.region.state import Document
from tutor.region.triggers import method_answer
from tutor.region.triggers.asking import TookTooLong, ask, for_service, hand_over
from tutor.region.triggers.authorizer import Authorizers, Denied, rest_refusal
from tutor.region.triggers.conversation import answered, asked
from tutor.region.triggers.integration import forwarded, function_of, seconds_of
from tutor.region.triggers.mapping_template import NotServedError, Scene, rendered
from tutor.region.triggers.method_answer import chosen_template
from tutor.region.triggers.route import chosen

if TYPE_CHECKING:
    from tutor.region.region import Region
    from tutor.region.triggers.doors import Doors

_log = logging.getLogger(__name__)
WHAT = "rest-api"
_TRACE = "x-amzn-trace-id"
_SOURCE = "apigateway.amazonaws.com"
DEPLOYMENT = "deployment"
"""Documents: ``<aws-region>/<api>/<deployment>`` → the methods that it has, since moto keeps none."""
CHANGES = frozenset(
    {"CreateDeployment", "DeleteDeployment", "CreateStage", "UpdateStage", "DeleteStage", "DeleteRestApi"}
)


@dataclass(frozen=True)
class _Stage:
    """One stage on one request: where it belongs, and what its deployment has."""

    aws_region: str
    api: str
    name: str
    variables: Mapping[str, str]
    deployment_id: str
    deployment: Document


class RestApis:
    """Opens a door for every REST API with a stage, and answers what comes in."""

    def __init__(self, region: "Region", doors: "Doors") -> None:
        self._region = region
        self._doors = doors
        self._stages: dict[str, Mapping[str, _Stage]] = {}
        self._authorizers = Authorizers(region)

    def refresh(self, aws_region: str) -> None:
        """Look at which APIs have which stages now, and open and shut doors accordingly."""
        client = self._region.neighbours.client("apigateway", aws_region)
        there: set[str] = set()
        for api in client.get_rest_apis(limit=500)["items"]:
            stages = {each["stageName"]: each for each in client.get_stages(restApiId=api["id"])["item"]}
            if stages:
                key = f"{aws_region}/{WHAT}/{api['id']}"
                there.add(key)
                self._deployed(client, aws_region, api, stages)
                self._open(key, aws_region, api["id"], stages)
        self._doors.shut_all_but(f"{aws_region}/{WHAT}/", there)

    def _deployed(self, client: Any, aws_region: str, api: Mapping[str, Any], stages: Mapping[str, Any]) -> None:
        """Keep what a new deployment has."""
        for stage in stages.values():
            key = f"{aws_region}/{api['id']}/{stage['deploymentId']}"
            if self._region.state.get(DEPLOYMENT, key) is None:
                listed = client.get_resources(restApiId=api["id"], limit=500, embed=["methods"])["items"]
                methods = [method for resource in listed for method in _methods(resource)]
                binary = api.get("binaryMediaTypes", [])
                self._region.state.put(DEPLOYMENT, key, {"methods": methods, "binary": binary})

    def _open(self, key: str, aws_region: str, api: str, stages: Mapping[str, Any]) -> None:
        before = self._stages.get(key, {})
        self._stages[key] = {
            name: _Stage(
                aws_region,
                api,
                name,
                stage.get("variables") or {},
                stage["deploymentId"],
                self._kept(aws_region, api, stage["deploymentId"]),
            )
            for name, stage in stages.items()
        }
        too_long = answered(_error(413, "Request Too Long", "RequestTooLargeException"))
        doorkeeper = at_most(self._region.quotas.api_gateway_payload, too_long)
        address = self._doors.open(key, lambda request: self._answer(key, request), doorkeeper=doorkeeper)
        for name in stages:
            if name not in before:
                self._region.triggers.announce(f"REST API {api}, stage {name}: {address}/{name}", aws_region)

    def _kept(self, aws_region: str, api: str, deployment: str) -> Document:
        return self._region.state.get(DEPLOYMENT, f"{aws_region}/{api}/{deployment}") or {"methods": []}

    def _answer(self, key: str, request: HttpRequest) -> HttpResponse:
        name, _, rest = request.path.lstrip("/").partition("/")
        stage = self._stages.get(key, {}).get(name)
        if stage is None:
            return answered(_error(403, "Forbidden", "ForbiddenException"))
        here = replace(asked(request), path=f"/{rest.lstrip('/')}")
        if len(here.body) > self._region.quotas.api_gateway_payload:
            return answered(_error(413, "Request Too Long", "RequestTooLargeException"))
        routes = [(each["method"], each["resource"], each) for each in stage.deployment["methods"]]
        found = chosen(here.path, here.method, routes)
        if found is None:
            return answered(_error(403, "Missing Authentication Token", "MissingAuthenticationTokenException"))
        method, parameters = found
        request_id = str(uuid4())
        refusal = self._barred(method, request, stage)
        answer = answered(refusal or self._judged(stage, method, parameters, here, request_id))
        own = (("x-amzn-RequestId", request_id), ("x-amz-apigw-id", rest_event.extended_id(request_id)))
        return replace(answer, headers=(*answer.headers, *own))

    def _barred(self, method: Document, request: HttpRequest, stage: _Stage) -> Answer | None:
        """Why a request does not come through: a signature or a key is missing, an authorizer is not served here."""
        if method["authorization"] == "AWS_IAM" and not is_signed(request):
            return _error(403, "Missing Authentication Token", "MissingAuthenticationTokenException")
        if method["authorization"] not in ("NONE", "AWS_IAM", "CUSTOM"):
            return self._cannot(stage, f"authorizers ({method['authorization']}) are not served in this region")
        if method["key"] and not self._has_key(stage.aws_region, request.headers.get("x-api-key", "")):
            return _error(403, "Forbidden", "ForbiddenException")
        return None

    def _has_key(self, aws_region: str, given: str) -> bool:
        client = self._region.neighbours.client("apigateway", aws_region)
        keys = client.get_api_keys(includeValues=True, limit=500)["items"]
        return any(key["enabled"] and key["value"] == given for key in keys)

    def _judged(
        self,
        stage: _Stage,
        method: Document,
        parameters: Mapping[str, str],
        here: http_message.HttpRequest,
        request_id: str,
    ) -> Answer:
        """Through the authorizer, where the method has one, to the integration."""
        binary = _is_binary(here.header("content-type"), stage.deployment.get("binary", []))
        event = rest_event.event(
            replace(here, headers=_handed_on(here, self._region.clock.now())),
            _told(stage, method, parameters),
            request_id,
            self._region.clock.datetime(),
            binary=binary,
        )
        if method["authorization"] == "CUSTOM":
            client = self._region.neighbours.client("apigateway", stage.aws_region)
            authorizer = client.get_authorizer(restApiId=stage.api, authorizerId=method.get("authorizer", ""))
            place, arn = f"{stage.aws_region}/{stage.api}", _method_arn(stage, here)
            said = self._authorizers.of_rest(authorizer, place, arn, event, stage.variables)
            if isinstance(said, Denied):
                return self._denied(stage, said)
            context: dict[str, Any] = dict(event["requestContext"])
            event["requestContext"] = {**context, "authorizer": dict(said.context)}
        return self._through(stage, method, here, event)

    def _denied(self, stage: _Stage, denied: Denied) -> Answer:
        status, body, kind = rest_refusal(denied)
        if denied.why and denied.how == "broken":
            self._cannot(stage, denied.why)
        return http_message.json_response(status, body, ("x-amzn-ErrorType", kind))

    def _through(
        self, stage: _Stage, method: Document, here: http_message.HttpRequest, event: dict[str, Any]
    ) -> Answer:
        function = function_of(method["uri"], stage.variables)
        try:
            if method["type"] == "MOCK":
                return self._mocked(stage, method, here, event)
            if method["type"] not in ("AWS_PROXY", "AWS") or function is None:
                return self._cannot(stage, "only functions and mocks are served behind a REST API here")
            if method.get("verb", "POST") != "POST":
                return self._cannot(stage, f"a function is called with POST, and the integration says {method['verb']}")
            if method["type"] == "AWS":
                return self._plain(stage, method, function, here, event)
            done = self._asked(stage, method, function, event, here)
        except TookTooLong:
            return rest_event.timed_out()
        except ServiceError as refusal:
            return self._refused(stage, str(function), refusal)
        except NotServedError as why:
            return self._cannot(stage, str(why))
        accepted = _is_binary(here.header("accept").partition(",")[0], stage.deployment.get("binary", []))
        return rest_event.response(done.payload, done.function_error, binary=accepted)

    def _asked(
        self, stage: _Stage, method: Document, function: str, event: Any, here: http_message.HttpRequest
    ) -> Invocation:
        seconds = seconds_of(method, "timeout", self._region.quotas.api_gateway_timeout)
        caller, aws_region = _caller(stage, method, here.method), stage.aws_region
        return ask(self._region, function, event, caller, aws_region=aws_region, seconds=seconds, source=_SOURCE)

    def _mocked(
        self, stage: _Stage, method: Document, here: http_message.HttpRequest, event: Mapping[str, Any]
    ) -> Answer:
        """An integration that asks nobody: its template says the status, its responses say the rest."""
        scene = _scene(stage, here, event)
        template = chosen_template(method.get("request_templates") or {}, here.header("content-type"))
        try:
            status = str(json.loads(rendered(template or "{}", scene)).get("statusCode", ""))
        except (ValueError, AttributeError):
            return self._cannot(stage, "the mock's template gives no JSON with a statusCode")
        made = method_answer.answer(method.get("responses") or {}, status, b"", scene)
        return made or self._cannot(stage, f"no integration response is set up for {status}")

    def _plain(
        self,
        stage: _Stage,
        method: Document,
        function: str,
        here: http_message.HttpRequest,
        event: Mapping[str, Any],
    ) -> Answer:
        """Not a proxy: the body, or what a template makes of it, is the event; the payload is the body."""
        scene = _scene(stage, here, event)
        template = chosen_template(method.get("request_templates") or {}, here.header("content-type"))
        body = here.body if template is None else rendered(template, scene).encode()
        if method["asynchronous"]:
            caller = _caller(stage, method, here.method)
            hand_over(self._region, function, body, caller, aws_region=stage.aws_region, source=_SOURCE)
            made = method_answer.answer(method.get("responses") or {}, "", b"", scene)
            return made or http_message.json_response(200, None)
        done = self._asked(stage, method, function, body, here)
        error = str(done.payload.get("errorMessage", "")) if isinstance(done.payload, dict) else ""
        failed = bool(done.function_error)
        told = error if failed else ""
        made = method_answer.answer(method.get("responses") or {}, told, done.body, scene, failed=failed)
        return made or http_message.json_response(200, done.payload)

    def _refused(self, stage: _Stage, function: str, refusal: ServiceError) -> Answer:
        return self._cannot(stage, f"{function} was not invoked: {refusal}")

    def _cannot(self, stage: _Stage, why: str) -> Answer:
        """What API Gateway cannot do is 500 to its client; why stands in the timeline."""
        text = f"REST API {stage.api}, stage {stage.name}: {why}"
        self._region.timeline.note("drop", "", text, aws_region=stage.aws_region)
        _log.info("%s", text)
        return _error(500, "Internal server error", "InternalServerErrorException")


def _methods(resource: Mapping[str, Any]) -> list[Document]:
    """The methods of a resource as a deployment keeps them."""
    return [
        {
            "method": name,
            "resource": resource["path"],
            "resource_id": resource["id"],
            "authorization": method.get("authorizationType") or "NONE",
            "authorizer": method.get("authorizerId") or "",
            "key": bool(method.get("apiKeyRequired")),
            **_integration(method.get("methodIntegration") or {}),
        }
        for name, method in (resource.get("resourceMethods") or {}).items()
    ]


def _integration(given: Mapping[str, Any]) -> Document:
    header = (given.get("requestParameters") or {}).get("integration.request.header.X-Amz-Invocation-Type", "")
    return {
        "type": str(given.get("type") or "").upper(),  # a definition that was imported may have it in small letters
        "verb": given.get("httpMethod") or "POST",
        "uri": given.get("uri") or "",
        "timeout": given.get("timeoutInMillis"),
        "credentials": given.get("credentials"),
        "request_templates": given.get("requestTemplates") or {},
        "responses": given.get("integrationResponses") or {},
        "asynchronous": header.strip("'") == "Event",
    }


def _method_arn(stage: _Stage, here: http_message.HttpRequest) -> str:
    """The ARN of what is asked for, as an authorizer gets it."""
    place = f"arn:aws:execute-api:{stage.aws_region}:{ACCOUNT}:{stage.api}/{stage.name}"
    return f"{place}/{here.method}{here.path}"


def _scene(stage: _Stage, here: http_message.HttpRequest, event: Mapping[str, Any]) -> Scene:
    """What a mapping template can look at."""
    names = {"path": "pathParameters", "querystring": "queryStringParameters", "header": "headers"}
    parameters = {kind: event.get(name) or {} for kind, name in names.items()}
    return Scene(here.body, parameters, event["requestContext"], stage.variables)


def _caller(stage: _Stage, method: Document, verb: str) -> Caller:
    arn = f"arn:aws:execute-api:{stage.aws_region}:{ACCOUNT}:{stage.api}/{stage.name}/{verb}{method['resource']}"
    return for_service(_SOURCE, arn, method["credentials"])


def _told(stage: _Stage, method: Document, parameters: Mapping[str, str]) -> rest_event.RestApi:
    domain = f"{stage.api}.execute-api.{stage.aws_region}.amazonaws.com"
    return rest_event.RestApi(
        api_id=stage.api,
        account=ACCOUNT,
        domain_name=domain,
        resource=method["resource"],
        resource_id=method["resource_id"],
        stage=stage.name,
        deployment_id=stage.deployment_id,
        path_parameters=parameters,
        stage_variables=stage.variables,
    )


def _handed_on(here: http_message.HttpRequest, now: float) -> tuple[tuple[str, str], ...]:
    """The headers that a function is told: with who asked and a trace, without the body's length, as recorded."""
    trace = here.header(_TRACE) or f"Root=1-{int(now):08x}-{uuid4().hex[:24]}"
    kept = tuple(pair for pair in forwarded(here.headers, 80) if pair[0].lower() not in ("content-length", _TRACE))
    return (*kept, ("X-Amzn-Trace-Id", trace))


def _is_binary(content_type: str, media_types: list[str]) -> bool:
    """Whether a type is among those an API takes for binary; ``*/*`` is all, and no other begins with a star."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind.startswith("*/"):
        return "*/*" in media_types
    return any(one in ("*/*", kind) or (one.endswith("/*") and kind.startswith(one[:-1])) for one in media_types)


def _error(status: int, message: str, kind: str) -> Answer:
    return http_message.json_response(status, {"message": message}, ("x-amzn-ErrorType", kind))
