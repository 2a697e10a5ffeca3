"""moto's API Gateway v2: a route that is none, or that is there already, is refused."""

import re
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


def _check(api: Any, route_key: str) -> None:
    if api.protocol_type == "HTTP" and route_key != "$default" and not _KEY.fullmatch(route_key or ""):
        raise _refused("BadRequestException", _FORM, 400)
    if any(route.route_key == route_key for route in api.routes.values()):
        raise _refused("ConflictException", f"Route with key {route_key} already exists for this API", 409)


def _refused(code: str, text: str, status: int) -> Exception:
    refusal: Exception = moto("core.exceptions").JsonRESTError(code, text)
    refusal.code = status  # type: ignore[attr-defined]
    return refusal
