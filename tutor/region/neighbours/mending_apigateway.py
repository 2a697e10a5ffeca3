"""moto's API Gateway: the binary media types of a REST API, which it forgets, and the descriptions that it misreads.

It takes OpenAPI 3 in its plainest form; AWS, and the tools that write for it, speak Swagger 2 with AWS's own words too.
"""

import json
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

_PATH = "/binaryMediaTypes/"
_METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch"})
_ANY = "x-amazon-apigateway-any-method"
_INTEGRATION = "x-amazon-apigateway-integration"
_BINARY = "x-amazon-apigateway-binary-media-types"


def mend_rest_apis(module: ModuleType) -> None:
    """Mend ``moto.apigateway.models``: an operation on a media type has it in its path, ``/`` written ``~1``."""
    applied = module.RestAPI.apply_patch_operations

    def apply(self: Any, operations: Sequence[Mapping[str, Any]]) -> None:
        for operation in operations:
            if operation["path"].startswith(_PATH):
                kind = operation["path"].removeprefix(_PATH).replace("~1", "/").replace("~0", "~")
                others = [each for each in self.binaryMediaTypes if each != kind]
                self.binaryMediaTypes = others if operation["op"] == "remove" else [*others, kind]
        applied(self, [each for each in operations if not each["path"].startswith(_PATH)])

    module.RestAPI.apply_patch_operations = apply
    _mend_descriptions(module, module.APIGatewayBackend)


def _mend_descriptions(module: ModuleType, backend: Any) -> None:
    imported, put = backend.import_rest_api, backend.put_rest_api

    def read(document: Mapping[str, Any]) -> dict[str, Any]:
        try:
            return understood(document)
        except (AttributeError, TypeError, ValueError) as error:
            raise module.BadRequestException("Invalid OpenAPI input.") from error

    def import_rest_api(self: Any, api_doc: Mapping[str, Any], fail_on_warnings: bool) -> Any:
        return imported(self, read(api_doc), fail_on_warnings)

    def put_rest_api(
        self: Any, function_id: str, api_doc: Mapping[str, Any], fail_on_warnings: bool, mode: str = "merge"
    ) -> Any:
        api = put(self, function_id, read(api_doc), fail_on_warnings, mode)
        if _BINARY in api_doc:
            api.binaryMediaTypes = list(api_doc[_BINARY])
        return api

    backend.import_rest_api, backend.put_rest_api = import_rest_api, put_rest_api


def understood(document: Mapping[str, Any]) -> dict[str, Any]:
    """The description of an API as moto reads one: OpenAPI 3, with nothing but methods below a path."""
    rest = {name: value for name, value in document.items() if name != "swagger"}
    if str(document.get("swagger", "")).startswith("2"):
        rest["openapi"] = "3.0.1"
    title = {"title": "", "description": "", **document.get("info", {})}
    return {**rest, "info": title, "paths": {path: _methods(each) for path, each in document.get("paths", {}).items()}}


def _methods(described: Mapping[str, Any]) -> dict[str, Any]:
    named = {"any" if name == _ANY else name.lower(): method for name, method in described.items()}
    return {name: _integrated(method) for name, method in named.items() if name in _METHODS or name == "any"}


def _integrated(method: Mapping[str, Any]) -> dict[str, Any]:
    """A method whose integration's type is in capitals, as everywhere else."""
    integration = method.get(_INTEGRATION)
    if not integration:
        return dict(method)
    return {**method, _INTEGRATION: {**integration, "type": str(integration.get("type", "")).upper()}}


def mend_rest_api_requests(module: ModuleType) -> None:
    """Mend ``moto.apigateway.responses``: media types are taken on creation, and AWS answers 201 and 202."""
    answers = module.APIGatewayResponse
    created, deleted = answers.create_rest_api, answers.delete_rest_api

    def create(self: Any) -> Any:
        status, headers, body = created(self)
        if status >= 400:
            return status, headers, body
        wanted = self._get_param("binaryMediaTypes")
        if wanted:
            api = self.backend.apis[json.loads(body)["id"]]
            api.binaryMediaTypes = list(wanted)
            body = json.dumps(api.to_dict())
        return 201, {**headers, "status": 201}, body

    def delete(self: Any) -> Any:
        _, headers, _ = deleted(self)
        return 202, {**headers, "status": 202}, ""

    answers.create_rest_api, answers.delete_rest_api = create, delete
