"""HTTP APIs of API Gateway: a port for each API that has a stage, its requests led to functions."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from tutor.awslambda import function_url, http_event, http_message, rest_event
from tutor.awslambda.http_message import HttpResponse as Answer
from tutor.awslambda.invocation import Json
from tutor.errors import ServiceError
from tutor.region.api.doorkeeper import at_most
from tutor.region.api.message import HttpRequest, HttpResponse
from tutor.region.api.signature import is_signed
from tutor.region.call import ACCOUNT
from tutor.region.triggers.asking import TookTooLong, ask, for_service
from tutor.region.triggers.authorizer import Authorizers, Denied, http_refusal
from tutor.region.triggers.conversation import answered, asked
from tutor.region.triggers.integration import forwarded, function_of, seconds_of
from tutor.region.triggers.route import chosen

if TYPE_CHECKING:
    from tutor.region.region import Region
    from tutor.region.triggers.doors import Doors

_log = logging.getLogger(__name__)
WHAT = "http-api"
DEFAULT = "$default"
_SOURCE = "apigateway.amazonaws.com"


@dataclass(frozen=True)
class _Api:
    """An API as it stands now: AWS deploys each change by itself where a stage says so, and here it always does."""

    aws_region: str
    id: str
    cors: Mapping[str, Any] | None
    stages: Mapping[str, Mapping[str, Any]]
    routes: tuple[tuple[str, str, Mapping[str, Any]], ...]
    integrations: Mapping[str, Mapping[str, Any]]


def _request_id() -> str:
    """An id in the form of API Gateway's, as the event, the answer's header and logs of access tell it."""
    return rest_event.extended_id(str(uuid4()))


@dataclass(frozen=True)
class _Passage:
    """One request on its way: through which stage and route, by which integration."""

    api: _Api
    stage: str
    route: Mapping[str, Any]
    parameters: Mapping[str, str]
    integration: Mapping[str, Any]
    request_id: str = field(default_factory=_request_id)

    @property
    def variables(self) -> Mapping[str, str]:
        """The stage's variables."""
        return self.api.stages[self.stage].get("StageVariables") or {}

    @property
    def source_arn(self) -> str:
        """What the function's resource policy is asked about."""
        method, _, path = str(self.route["RouteKey"]).partition(" ")
        tail = f"*/{DEFAULT}" if method == DEFAULT else f"{'*' if method == 'ANY' else method}{path}"
        return f"arn:aws:execute-api:{self.api.aws_region}:{ACCOUNT}:{self.api.id}/{self.stage}/{tail}"


class HttpApis:
    """Opens a door for every HTTP API with a stage, and answers what comes in."""

    def __init__(self, region: "Region", doors: "Doors") -> None:
        self._region = region
        self._doors = doors
        self._apis: dict[str, _Api] = {}
        self._authorizers = Authorizers(region)

    def refresh(self, aws_region: str) -> None:
        """Look at the APIs as they are now, and open and shut doors accordingly."""
        client = self._region.neighbours.client("apigatewayv2", aws_region)
        there: set[str] = set()
        for listed in client.get_apis()["Items"]:
            if listed["ProtocolType"] != "HTTP":
                continue
            api = _read(client, aws_region, listed)
            if api.stages:
                key = f"{aws_region}/{WHAT}/{api.id}"
                there.add(key)
                self._open(key, api)
        self._doors.shut_all_but(f"{aws_region}/{WHAT}/", there)

    def _open(self, key: str, api: _Api) -> None:
        before = self._apis.get(key)
        self._apis[key] = api
        doorkeeper = at_most(self._region.quotas.api_gateway_payload, answered(_json(413, "Request Entity Too Large")))
        address = self._doors.open(key, lambda request: self._answer(key, request), doorkeeper=doorkeeper)
        for name in api.stages:
            if before is None or name not in before.stages:
                tail = "/" if name == DEFAULT else f"/{name}"
                self._region.triggers.announce(f"HTTP API {api.id}, stage {name}: {address}{tail}", api.aws_region)

    def _answer(self, key: str, request: HttpRequest) -> HttpResponse:
        api = self._apis[key]
        here = asked(request)
        if function_url.is_preflight(here, api.cors):
            return answered(_named(function_url.preflight(here, api.cors or {}), _request_id()))
        found = _passage(api, here)
        answer = _json(404, "Not Found") if found is None else self._through(found, request, here)
        named = _named(answer, _request_id() if found is None else found.request_id)
        return answered(function_url.with_cors(here, named, api.cors))

    def _through(self, passage: _Passage, request: HttpRequest, here: http_message.HttpRequest) -> Answer:
        function = function_of(str(passage.integration.get("IntegrationUri", "")), passage.variables)
        authorization = passage.route.get("AuthorizationType") or "NONE"
        if authorization == "AWS_IAM" and not is_signed(request):
            return _json(403, "Forbidden")
        if authorization == "CUSTOM":
            return self._judged(passage, function, here)
        if authorization not in ("NONE", "AWS_IAM"):
            return self._cannot(passage, f"authorizers ({authorization}) are not served in this region", 401)
        return self._to_function(passage, function, here, None)

    def _judged(self, passage: _Passage, function: str | None, here: http_message.HttpRequest) -> Answer:
        """Through the route's authorizer."""
        client = self._region.neighbours.client("apigatewayv2", passage.api.aws_region)
        id_ = str(passage.route.get("AuthorizerId") or "")
        authorizer = client.get_authorizer(ApiId=passage.api.id, AuthorizerId=id_)
        if authorizer["AuthorizerType"] != "REQUEST":
            return self._cannot(passage, "authorizers (JWT) are not served in this region", 401)
        led = replace(here, headers=forwarded(here.headers, 443))
        first = authorizer.get("AuthorizerPayloadFormatVersion") == "1.0"
        event = self._first_event(passage, led) if first else self._event(passage, led)
        place = f"{passage.api.aws_region}/{passage.api.id}"
        arn = f"arn:aws:execute-api:{passage.api.aws_region}:{ACCOUNT}:{passage.api.id}/{passage.stage}"
        said = self._authorizers.of_http(authorizer, place, f"{arn}/{here.method}{here.path}", event, passage.variables)
        if isinstance(said, Denied):
            if said.how == "broken":
                self._cannot(passage, said.why, 500)
            return http_refusal(said)
        return self._to_function(passage, function, here, said.context)

    def _to_function(
        self,
        passage: _Passage,
        function: str | None,
        here: http_message.HttpRequest,
        authorized: Mapping[str, Any] | None,
    ) -> Answer:
        if passage.integration.get("IntegrationType") != "AWS_PROXY" or function is None:
            return self._cannot(passage, "only functions are served behind an HTTP API here", 500)
        try:
            return self._invoked(passage, function, replace(here, headers=forwarded(here.headers, 443)), authorized)
        except TookTooLong:
            return http_event.api_timed_out()
        except ServiceError as refusal:
            throttled = refusal.code == "TooManyRequestsException"
            return self._cannot(passage, f"{function} was not invoked: {refusal}", 503 if throttled else 500)

    def _invoked(
        self,
        passage: _Passage,
        function: str,
        here: http_message.HttpRequest,
        authorized: Mapping[str, Any] | None,
    ) -> Answer:
        first = passage.integration.get("PayloadFormatVersion") == "1.0"
        event = self._first_event(passage, here) if first else self._event(passage, here)
        if authorized is not None:
            event["requestContext"] = {**event["requestContext"], "authorizer": dict(authorized)}
        caller = for_service(_SOURCE, passage.source_arn, passage.integration.get("CredentialsArn") or None)
        seconds = seconds_of(passage.integration, "TimeoutInMillis", self._region.quotas.http_api_timeout)
        aws_region = passage.api.aws_region
        done = ask(self._region, function, event, caller, aws_region=aws_region, seconds=seconds, source=_SOURCE)
        payload = _as_text(done.payload)
        if first:
            return _first_response(payload, done.function_error)
        return http_event.api_response(payload, done.function_error)

    def _event(self, passage: _Passage, here: http_message.HttpRequest) -> dict[str, Any]:
        api = http_event.HttpApi(
            api_id=passage.api.id,
            domain_name=_domain(passage.api),
            account=ACCOUNT,
            route_key=passage.route["RouteKey"],
            stage=passage.stage,
            path_parameters=passage.parameters,
            stage_variables=passage.variables,
        )
        return http_event.event(here, api, passage.request_id, self._region.clock.datetime())

    def _first_event(self, passage: _Passage, here: http_message.HttpRequest) -> dict[str, Any]:
        """Payload format 1.0: as a REST API's, with its version, and the path with the stage."""
        path = str(passage.route["RouteKey"]).partition(" ")[2] or DEFAULT
        api = rest_event.RestApi(
            api_id=passage.api.id,
            account=ACCOUNT,
            domain_name=_domain(passage.api),
            resource=path,
            resource_id=str(passage.route["RouteKey"]),
            stage=passage.stage,
            path_parameters=passage.parameters,
            stage_variables=passage.variables,
        )
        event = rest_event.event(here, api, passage.request_id, self._region.clock.datetime())
        own = {"extendedRequestId": passage.request_id} | ({"path": here.path} if passage.stage == DEFAULT else {})
        return {"version": "1.0", **event, "requestContext": {**event["requestContext"], **own}}

    def _cannot(self, passage: _Passage, why: str, status: int) -> Answer:
        text = f"HTTP API {passage.api.id}, stage {passage.stage}: {why}"
        self._region.timeline.note("drop", "", text, aws_region=passage.api.aws_region)
        _log.info("%s", text)
        said = {401: "Unauthorized", 503: "Service Unavailable"}.get(status, "Internal Server Error")
        return _json(status, said)


def _read(client: Any, aws_region: str, listed: Mapping[str, Any]) -> _Api:
    id_ = listed["ApiId"]
    integrations = {each["IntegrationId"]: each for each in client.get_integrations(ApiId=id_)["Items"]}
    routes = client.get_routes(ApiId=id_)["Items"]
    return _Api(
        aws_region=aws_region,
        id=id_,
        cors=listed.get("CorsConfiguration"),
        stages={each["StageName"]: each for each in client.get_stages(ApiId=id_)["Items"]},
        routes=tuple((*_parted(each["RouteKey"]), each) for each in routes),
        integrations=integrations,
    )


def _parted(route_key: str) -> tuple[str, str]:
    method, _, path = route_key.partition(" ")
    return method, path


def _passage(api: _Api, here: http_message.HttpRequest) -> _Passage | None:
    """The stage that the path begins with, else the default one; in it the best route, else the default one."""
    first, _, rest = here.path.lstrip("/").partition("/")
    stage, path = (first, f"/{rest}") if first in api.stages else (DEFAULT, here.path)
    if stage not in api.stages:
        return None
    found = chosen(path, here.method, (route for route in api.routes if route[0] != DEFAULT))
    default = next((leads_to for method, _, leads_to in api.routes if method == DEFAULT), None)
    route, parameters = found or (default, {})
    integration = api.integrations.get(str((route or {}).get("Target", "")).rpartition("/")[2])
    return None if route is None or integration is None else _Passage(api, stage, route, parameters, integration)


def _domain(api: _Api) -> str:
    return f"{api.id}.execute-api.{api.aws_region}.amazonaws.com"


def _named(answer: Answer, request_id: str) -> Answer:
    """Every answer of an HTTP API tells its request's id."""
    return replace(answer, headers=(*answer.headers, ("Apigw-Requestid", request_id)))


def _as_text(payload: Json) -> Json:
    """A response with a status is plain text where its function names no type; what AWS infers is JSON."""
    if not isinstance(payload, dict) or "statusCode" not in payload:
        return payload
    headers, several = payload.get("headers") or {}, payload.get("multiValueHeaders") or {}
    if not isinstance(headers, dict) or not isinstance(several, dict):
        return payload
    if any(str(name).lower() == "content-type" for name in (*headers, *several)):
        return payload
    return {**payload, "headers": {**headers, "Content-Type": "text/plain; charset=utf-8"}}


def _first_response(payload: Json, function_error: str | None) -> Answer:
    """An answer in format 1.0: the members of a REST API's, and none but those."""
    made = rest_event.response(payload, function_error, binary=True)
    return _json(500, "Internal Server Error") if made.status == 502 else made


def _json(status: int, message: str) -> Answer:
    return http_message.json_response(status, {"message": message})
