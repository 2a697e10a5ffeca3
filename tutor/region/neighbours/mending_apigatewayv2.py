"""moto's API Gateway v2: AWS's statuses, an API made with its target, routes that are none or are there refused.

Source: API Gateway developer guide, http-api-develop (quick create); API reference, CreateApi.
"""

import json
import re
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from tutor.region.neighbours.house import scene
from tutor.region.neighbours.moto_import import moto

_KEY = re.compile(r"(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|ANY) /\S*")
_FORM = (
    "The provided route key is not formatted properly for HTTP protocol. Format should be "
    '"<HTTP METHOD> /<RESOURCE PATH>" or "$default"'
)


def mend_http_apis(module: ModuleType) -> None:
    """Mend ``moto.apigatewayv2.models``."""
    api = module.Api
    created = api.create_route

    def create(
        self: Any, api_key_required: bool, authorization_scopes: Any, route_key: str, *args: Any, **named: Any
    ) -> Any:
        here = scene()
        if here is not None and here.operation == "CreateRoute":
            _check(self, route_key)
        return created(self, api_key_required, authorization_scopes, route_key, *args, **named)

    api.create_route = create


def mend_http_api_answers(module: ModuleType) -> None:
    """Mend ``moto.apigatewayv2.responses``."""
    answers = module.ApiGatewayV2Response
    made = answers.create_api

    def create(self: Any) -> Any:
        parameters = json.loads(self.body)
        _check_quick(parameters)
        status, headers, body = made(self)
        if parameters.get("target"):
            _lead(self.apigatewayv2_backend.get_api(json.loads(body)["apiId"]), parameters)
        return status, headers, body

    answers.create_api = create
    for name, method in list(vars(answers).items()):
        if name.startswith("create_"):
            setattr(answers, name, _with_status(method, 201))
        elif name.startswith("delete_"):
            setattr(answers, name, _with_status(method, 204))


def _with_status(method: Callable[..., Any], success: int) -> Callable[..., Any]:
    def answer(self: Any, *args: Any, **named: Any) -> Any:
        _, headers, body = method(self, *args, **named)  # a refusal is raised; moto reads the status in the headers
        return success, {**headers, "status": success}, "" if success == 204 else body

    return answer


def _check_quick(parameters: Mapping[str, Any]) -> None:
    """Refuse a route that is none, or that leads nowhere: both before anything is made."""
    key, target = parameters.get("routeKey"), parameters.get("target")
    if parameters.get("protocolType") != "HTTP":
        return
    if key and not target:
        raise _refused("BadRequestException", "A target must be given together with a route key.", 400)
    if key and key != "$default" and not _KEY.fullmatch(key):
        raise _refused("BadRequestException", _FORM, 400)


def _lead(api: Any, parameters: Mapping[str, Any]) -> None:
    """Quick create: an integration with the target, a route to it that takes all or is named, a stage that deploys."""
    target, function = parameters["target"], ":function:" in parameters["target"]
    integration = api.create_integration(
        connection_type="INTERNET",
        description=None,
        integration_method="POST" if function else "ANY",
        integration_type="AWS_PROXY" if function else "HTTP_PROXY",
        integration_uri=target,
        credentials_arn=parameters.get("credentialsArn"),
        payload_format_version="2.0" if function else "1.0",
    )
    key = parameters.get("routeKey") or "$default"
    api.create_route(False, [], key, f"integrations/{integration.id}", authorization_type="NONE")
    api.create_stage({"stageName": "$default", "autoDeploy": True})


def _check(api: Any, route_key: str) -> None:
    if api.protocol_type == "HTTP" and route_key != "$default" and not _KEY.fullmatch(route_key or ""):
        raise _refused("BadRequestException", _FORM, 400)
    if any(route.route_key == route_key for route in api.routes.values()):
        raise _refused("ConflictException", f"Route with key {route_key} already exists for this API", 409)


def _refused(code: str, text: str, status: int) -> Exception:
    refusal: Exception = moto("core.exceptions").JsonRESTError(code, text)
    refusal.code = status  # type: ignore[attr-defined]
    return refusal
