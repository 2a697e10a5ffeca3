"""Code signing configurations, and which function has which. Nothing here signs code: all code counts as unsigned."""

import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tutor.awslambda.names import FunctionName, code_signing_config_arn, code_signing_config_id
from tutor.errors import ServiceError
from tutor.region.call import Call
from tutor.region.operations.moment import stamp
from tutor.region.operations.page import page
from tutor.region.operations.reference import function, named, place
from tutor.region.operations.refusal import conflict
from tutor.region.operations.tags import check_tags
from tutor.region.state import Document

if TYPE_CHECKING:
    from tutor.region.operations import Operation
    from tutor.region.region import Region


def _answered(document: Document) -> Mapping[str, Any]:
    return {member: value for member, value in document.items() if member[0].isupper()}


def _key(aws_region: str, arn: str) -> str:
    return f"{aws_region}/{arn.rpartition(':')[2]}"


def _found(region: "Region", call: Call) -> Document:
    """The configuration that the call names by its ARN."""
    arn = call.parameters["CodeSigningConfigArn"]
    document = region.state.get("code-signing", _key(call.aws_region, arn))
    if document is None or document["CodeSigningConfigArn"] != arn:
        text = f"The Lambda code signing configuration {arn} can not be found."
        raise ServiceError("ResourceNotFoundException", text, {"Type": ""})  # recorded without a Type
    return document


def create_code_signing_config(region: "Region", call: Call) -> Mapping[str, Any]:
    """Keep who may sign, and what happens to code that they did not sign (by default a warning)."""
    asked = call.parameters
    check_tags({}, asked.get("Tags", {}), region.quotas)
    identifier = code_signing_config_id(secrets.token_hex(16))
    document = {
        "CodeSigningConfigId": identifier,
        "CodeSigningConfigArn": code_signing_config_arn(identifier, place(call)),
        "Description": asked.get("Description", ""),
        "AllowedPublishers": asked["AllowedPublishers"],
        "CodeSigningPolicies": {"UntrustedArtifactOnDeployment": "Warn", **asked.get("CodeSigningPolicies", {})},
        "LastModified": stamp(region.clock),
        "tags": dict(asked.get("Tags", {})),
    }
    region.state.put("code-signing", f"{call.aws_region}/{identifier}", document)
    return {"CodeSigningConfig": _answered(document)}


def get_code_signing_config(region: "Region", call: Call) -> Mapping[str, Any]:
    """One configuration."""
    return {"CodeSigningConfig": _answered(_found(region, call))}


def update_code_signing_config(region: "Region", call: Call) -> Mapping[str, Any]:
    """Change what the call names."""
    asked = call.parameters
    with region.state.transaction():
        document = dict(_found(region, call))
        for member in ("Description", "AllowedPublishers"):
            if member in asked:
                document[member] = asked[member]
        document["CodeSigningPolicies"] = {**document["CodeSigningPolicies"], **asked.get("CodeSigningPolicies", {})}
        document["LastModified"] = stamp(region.clock)
        region.state.put("code-signing", _key(call.aws_region, document["CodeSigningConfigArn"]), document)
    return {"CodeSigningConfig": _answered(document)}


def delete_code_signing_config(region: "Region", call: Call) -> Mapping[str, Any]:
    """Forget a configuration that no function uses."""
    with region.state.transaction():
        arn = _found(region, call)["CodeSigningConfigArn"]
        if _users(region, call.aws_region, arn):
            raise conflict(f"The code signing configuration {arn} is in use by a function and cannot be deleted.")
        region.state.delete("code-signing", _key(call.aws_region, arn))
    return {}


def list_code_signing_configs(region: "Region", call: Call) -> Mapping[str, Any]:
    """All configurations."""
    found = region.state.items("code-signing", f"{call.aws_region}/")
    chosen, more = page(call, found, lambda entry: entry[0], region.quotas.page_size)
    return {"CodeSigningConfigs": [_answered(document) for _, document in chosen], **more}


def list_functions_by_code_signing_config(region: "Region", call: Call) -> Mapping[str, Any]:
    """The ARNs of the functions with one configuration."""
    found = _users(region, call.aws_region, _found(region, call)["CodeSigningConfigArn"])
    chosen, more = page(call, found, str, region.quotas.page_size)
    return {"FunctionArns": chosen, **more}


def _users(region: "Region", aws_region: str, arn: str) -> list[str]:
    documents = region.state.items("code-signing-of", f"{aws_region}/")
    return [document["FunctionArn"] for _, document in documents if document["CodeSigningConfigArn"] == arn]


def sign_with(region: "Region", name: FunctionName, arn: str | None) -> None:
    """Give a function a code signing configuration, where one is named. Raises ``ServiceError`` where it is gone."""
    if not arn:
        return
    kept = region.state.get("code-signing", _key(name.place.aws_region, arn))
    if kept is None or kept["CodeSigningConfigArn"] != arn:
        text = "The code signing configuration cannot be found. Check that the provided configuration is not deleted: "
        raise ServiceError("CodeSigningConfigNotFoundException", f"{text}{arn}.")
    document = {"FunctionArn": name.unqualified_arn, "CodeSigningConfigArn": arn}
    region.state.put("code-signing-of", f"{name.place.aws_region}/{name.name}", document)


def check_signature(region: "Region", name: FunctionName) -> None:
    """Refuse new code of a function whose configuration enforces signatures."""
    aws_region = name.place.aws_region
    of = region.state.get("code-signing-of", f"{aws_region}/{name.name}")
    kept = of and region.state.get("code-signing", _key(aws_region, of["CodeSigningConfigArn"]))
    if kept and kept["CodeSigningPolicies"]["UntrustedArtifactOnDeployment"] == "Enforce":
        raise ServiceError(
            "CodeVerificationFailedException",
            "Lambda cannot deploy the function. The function or layer might be signed using a signature that the "
            f"client is not configured to accept. Check the provided signature for {name.name}.",
        )


def put_function_code_signing_config(region: "Region", call: Call) -> Mapping[str, Any]:
    """Have a function's next code checked."""
    name = named(call)
    arn = call.parameters["CodeSigningConfigArn"]
    with region.state.transaction():
        if region.state.get("code-signing", _key(call.aws_region, arn)) is not None:
            function(region, call, name)
        sign_with(region, name, arn)
    return {"CodeSigningConfigArn": arn, "FunctionName": name.name}


def get_function_code_signing_config(region: "Region", call: Call) -> Mapping[str, Any]:
    """Which configuration a function has; without one AWS answers with nothing."""
    name = named(call)
    function(region, call, name)
    document = region.state.get("code-signing-of", f"{call.aws_region}/{name.name}")
    if document is None:
        return {}
    return {"CodeSigningConfigArn": document["CodeSigningConfigArn"], "FunctionName": name.name}


def delete_function_code_signing_config(region: "Region", call: Call) -> Mapping[str, Any]:
    """Have a function's code no longer checked."""
    name = named(call)
    with region.state.transaction():
        function(region, call, name)
        region.state.delete("code-signing-of", f"{call.aws_region}/{name.name}")
    return {}


OPERATIONS: Mapping[str, "Operation"] = {
    "CreateCodeSigningConfig": create_code_signing_config,
    "GetCodeSigningConfig": get_code_signing_config,
    "UpdateCodeSigningConfig": update_code_signing_config,
    "DeleteCodeSigningConfig": delete_code_signing_config,
    "ListCodeSigningConfigs": list_code_signing_configs,
    "ListFunctionsByCodeSigningConfig": list_functions_by_code_signing_config,
    "PutFunctionCodeSigningConfig": put_function_code_signing_config,
    "GetFunctionCodeSigningConfig": get_function_code_signing_config,
    "DeleteFunctionCodeSigningConfig": delete_function_code_signing_config,
}
