"""moto's API Gateway: the binary media types of a REST API, which it forgets."""

import json
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

_PATH = "/binaryMediaTypes/"


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


def mend_rest_api_requests(module: ModuleType) -> None:
    """Mend ``moto.apigateway.responses``: they are taken on creation."""
    created = module.APIGatewayResponse.create_rest_api

    def create(self: Any) -> Any:
        answer = created(self)
        wanted = self._get_param("binaryMediaTypes")
        if not wanted or answer[0] >= 400:
            return answer
        api = self.backend.apis[json.loads(answer[2])["id"]]
        api.binaryMediaTypes = list(wanted)
        return answer[0], answer[1], json.dumps(api.to_dict())

    module.APIGatewayResponse.create_rest_api = create
